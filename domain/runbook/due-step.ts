/**
 * Evaluates the due step of a run from the record: its condition, its branch, and its exact effect or question. Activities use
 * this instead of trusting their caller (docs/adr/0027).
 */
import { readStep, type RenderedStep } from '../../steps/registry.js';
import type { RunbookSpec, RunbookStep, StepState } from './definition.js';
import type { TemplateScope } from './expressions.js';
import { nextAction } from './interpret.js';
import { renderStep } from './render-step.js';

/** A run as recorded: the pinned runbook, its inputs, the facts as of its start, and the state of its steps. */
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
  /** A person requested a retry; the condition is then skipped. */
  isRetry: boolean;
}

/** `pass`: the step ends without being executed, with a reason. */
export type DueStep =
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
export function dueStepOf(run: PinnedRun, id: string): DueStep | null {
  const { spec, simulated } = run;
  const at = spec.steps.findIndex((one) => one.id === id);
  const step = spec.steps[at];
  if (step === undefined) return null;
  const { kind, rules } = readStep(step);
  const scope = scopeOf(run);
  const isRetry = Object.hasOwn(run.steps, id) && run.steps[id]?.isRetry === true;
  if (rules.endedBy === 'branch' || !isRetry) {
    const action = nextAction(spec, { at, executions: 0 }, scope, simulated);
    if (action.kind === 'skip') return { kind: 'pass', state: 'skipped', text: action.reason };
    if (action.kind === 'branch') return { kind: 'pass', state: 'succeeded', text: action.text };
    if (action.kind === 'broken') return { kind: 'pass', state: 'failed', text: action.error };
  }
  if (rules.endedBy === 'branch') return { kind: 'pass', state: 'failed', text: `a ${kind} only branches` };
  const act = (rendered: RenderedStep): DueStep => ({
    kind: 'act',
    step,
    rendered,
    simulated: simulated && rules.isExternal === true && step.drill !== true,
  });
  try {
    return act(renderStep(step, scope, spec.hosts));
  } catch (error) {
    // A simulation lacks the results of skipped steps.
    if (simulated && rules.needsValues !== true) return act(renderStep(step, null));
    return { kind: 'pass', state: 'failed', text: error instanceof Error ? error.message : String(error) };
  }
}

/** Time limit of a waiting step; null when it waits for as long as the run lasts. */
export const timeLimitMs = (rendered: RenderedStep): number | null =>
  'ms' in rendered ? rendered.ms : rendered.timeoutMs;

/** Checks a claimed end of a run: it succeeded only when no step waits and the path through the runbook reached an end. */
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
