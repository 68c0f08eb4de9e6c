/**
 * The order of a runbook's steps as a pure cursor: the next step, and the step that follows an ended one (docs/wire.md §5;
 * docs/runbooks.md). Execution, waiting and recording belong to the workflow; this file uses neither clock nor effects.
 */
import { isAnswered, kindOf, readStep } from '../../steps/registry.js';
import type { RunbookSpec, RunbookStep, StepState } from './definition.js';
import { isTrue, type TemplateScope } from './expressions.js';

/** A `goto` may go back; a run that loops is stopped at this number. */
export const MAX_EXECUTIONS = 500;

/** `executions`: number of steps started so far. */
export interface Cursor {
  at: number;
  executions: number;
}

export type RunEnd = { kind: 'finished'; state: 'succeeded' | 'failed' | 'cancelled'; reason: string };

/** `broken`: an expression of the step cannot be evaluated, so the step fails without being tried. */
export type Action =
  | { kind: 'do'; step: RunbookStep }
  | { kind: 'skip'; step: RunbookStep; reason: string }
  | { kind: 'branch'; step: RunbookStep; goto: string | null; text: string }
  | { kind: 'broken'; step: RunbookStep; error: string }
  | RunEnd;

/** `escalate`: the incident is escalated; then the step is started again, or the run ends. */
export type Move = { kind: 'go'; to: number } | { kind: 'escalate'; again: boolean; reason: string } | RunEnd;

/** `simulated`: external effects are skipped, so results may be missing; an expression that needs one counts as false. */
export function nextAction(
  spec: RunbookSpec,
  cursor: Cursor,
  scope: TemplateScope,
  simulated: boolean,
): Action {
  const step = spec.steps[cursor.at];
  if (step === undefined) return { kind: 'finished', state: 'succeeded', reason: 'all steps are done' };
  if (cursor.executions >= MAX_EXECUTIONS) {
    const reason = `stopped at ${step.id}: ${MAX_EXECUTIONS} steps were run, so this runbook goes in circles`;
    return { kind: 'finished', state: 'failed', reason };
  }
  try {
    if (step.if !== undefined && !holds(step.if, scope, simulated)) {
      return { kind: 'skip', step, reason: `its condition is false: ${step.if}` };
    }
    const { fields, rules } = readStep(step);
    return rules.endedBy === 'branch'
      ? branch(step, rules.cases(fields), scope, simulated)
      : { kind: 'do', step };
  } catch (error) {
    return { kind: 'broken', step, error: error instanceof Error ? error.message : String(error) };
  }
}

function branch(
  step: RunbookStep,
  cases: readonly { if: string; goto: string }[],
  scope: TemplateScope,
  simulated: boolean,
): Action {
  const match = cases.find((one) => holds(one.if, scope, simulated));
  return match === undefined
    ? { kind: 'branch', step, goto: null, text: 'no case holds; on to the next step' }
    : { kind: 'branch', step, goto: match.goto, text: `${match.if}; on to ${match.goto}` };
}

function holds(expression: string, scope: TemplateScope, simulated: boolean): boolean {
  try {
    return isTrue(expression, scope);
  } catch (error) {
    if (simulated) return false;
    throw error;
  }
}

/** The move after an ended step. `skipped` here means by a person; a step skipped by its `if` leads to the next one. */
export function moveAfter(spec: RunbookSpec, at: number, end: { state: StepState; text: string }): Move {
  const step = spec.steps[at];
  if (step === undefined) return { kind: 'finished', state: 'failed', reason: `there is no step ${at + 1}` };
  switch (end.state) {
    case 'succeeded':
    case 'skipped':
      return step.end === true
        ? { kind: 'finished', state: 'succeeded', reason: `ends at ${step.id}` }
        : { kind: 'go', to: at + 1 };
    case 'failed':
      return handled(spec, at, step['on-failure'] ?? 'abort', `${step.id} failed: ${end.text}`);
    case 'timed_out':
      return handled(
        spec,
        at,
        step['on-timeout'] ?? step['on-failure'] ?? 'abort',
        `${step.id} timed out: ${end.text}`,
      );
    case 'cancelled':
      return { kind: 'finished', state: 'cancelled', reason: end.text };
    case 'pending':
    case 'waiting':
    case 'running':
    case 'undone':
      return {
        kind: 'finished',
        state: 'failed',
        reason: `${step.id} is ${end.state} and cannot be followed`,
      };
  }
}

/** `handler`: abort, continue, escalate or goto:<id>. */
function handled(spec: RunbookSpec, at: number, handler: string, reason: string): Move {
  const step = spec.steps[at];
  if (handler === 'continue') return { kind: 'go', to: at + 1 };
  if (handler === 'escalate') {
    return { kind: 'escalate', again: step !== undefined && isAnswered(kindOf(step)), reason };
  }
  return handler.startsWith('goto:')
    ? goTo(spec, handler.slice('goto:'.length))
    : { kind: 'finished', state: 'failed', reason };
}

/** The step with this id. An unknown one ends the run; documents are validated on application. */
export function goTo(spec: RunbookSpec, id: string): Move {
  const to = spec.steps.findIndex((step) => step.id === id);
  return to < 0
    ? { kind: 'finished', state: 'failed', reason: `there is no step ${id} to go to` }
    : { kind: 'go', to };
}
