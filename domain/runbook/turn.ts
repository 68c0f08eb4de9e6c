/**
 * What the record says about one step whose turn it is: whether its condition holds, where it branches, what exactly it does or
 * asks. Activities ask this instead of believing their caller (ADR 27).
 */
import type { RunbookSpec, RunbookStep, StepState } from './definition.js';
import type { TemplateScope } from './expressions.js';
import { nextAction } from './interpret.js';
import { type RenderedStep, renderStep } from './render-step.js';
import { isExternal } from './step-kind.js';

/** A run as the record keeps it: the pinned runbook, its inputs, the facts as of its start, and what its steps have become. */
export interface PinnedRun {
  spec: RunbookSpec;
  inputs: Record<string, string | number | boolean>;
  context: { incident: Record<string, unknown>; alert: Record<string, unknown> | null };
  simulated: boolean;
  steps: Record<string, PinnedStep>;
}

export interface PinnedStep {
  state: StepState;
  outputs: Record<string, unknown>;
  /** A person wants it done again; then its condition is not asked. */
  isRetry: boolean;
}

/** `pass`: it ends without being done, and says why. */
export type Turn =
  | { kind: 'act'; step: RunbookStep; rendered: RenderedStep; simulated: boolean }
  | { kind: 'pass'; state: 'succeeded' | 'skipped' | 'failed'; text: string };

export const scopeOf = ({ inputs, context, steps }: PinnedRun): TemplateScope => ({
  inputs,
  ...context,
  steps: Object.fromEntries(
    Object.entries(steps).map(([id, { state, outputs }]) => [id, { state, outputs }]),
  ),
});

/** Null when the runbook has no such step. */
export function turnOf(run: PinnedRun, id: string): Turn | null {
  const { spec, simulated } = run;
  const at = spec.steps.findIndex((one) => one.id === id);
  const step = spec.steps[at];
  if (step === undefined) return null;
  const scope = scopeOf(run);
  const isRetry = Object.hasOwn(run.steps, id) && run.steps[id]?.isRetry === true;
  if ('switch' in step || !isRetry) {
    const action = nextAction(spec, { at, executions: 0 }, scope, simulated);
    if (action.kind === 'skip') return { kind: 'pass', state: 'skipped', text: action.reason };
    if (action.kind === 'branch') return { kind: 'pass', state: 'succeeded', text: action.text };
    if (action.kind === 'broken') return { kind: 'pass', state: 'failed', text: action.error };
  }
  if ('switch' in step) return { kind: 'pass', state: 'failed', text: 'a switch only branches' };
  const act = (rendered: RenderedStep): Turn => ({
    kind: 'act',
    step,
    rendered,
    simulated: simulated && isExternal(step) && step.drill !== true,
  });
  try {
    return act(renderStep(step, scope, spec.hosts));
  } catch (error) {
    // A simulation lacks the results of what it left out.
    if (simulated && !('check' in step)) return act(renderStep(step, null));
    return { kind: 'pass', state: 'failed', text: error instanceof Error ? error.message : String(error) };
  }
}

/** After how long a step that waits is over; null when it waits for as long as the run goes on. */
export const patienceMs = (rendered: RenderedStep): number | null =>
  rendered.kind === 'wait' ? rendered.ms : rendered.timeoutMs;

/** What a run may say it has ended as: succeeded only when nothing waits and the way through the runbook has come to an end. */
export function endOfRun(
  { spec, steps }: Pick<PinnedRun, 'spec' | 'steps'>,
  claimed: 'succeeded' | 'failed' | 'cancelled',
): 'succeeded' | 'failed' | 'cancelled' {
  if (claimed !== 'succeeded') return claimed;
  const stateOf = (id: string): StepState =>
    (Object.hasOwn(steps, id) ? steps[id]?.state : undefined) ?? 'pending';
  const isDone = (state: StepState): boolean =>
    state !== 'pending' && state !== 'waiting' && state !== 'running';
  const waits = Object.values(steps).some(({ state }) => state === 'waiting');
  const last = spec.steps.at(-1);
  const cameToAnEnd = spec.steps.some(
    (step) => (step === last || step.end === true) && isDone(stateOf(step.id)),
  );
  return !waits && cameToAnEnd ? 'succeeded' : 'failed';
}
