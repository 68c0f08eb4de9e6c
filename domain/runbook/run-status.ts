/** Current status of a run, read from the record before each action. */
import type { IncidentState, RunSummary } from '../incident/state.js';
import { isOver } from './decide-run.js';

/** `stopping`: a person cancelled it, or its incident was closed or merged. `retries`: failed steps to repeat. */
export interface RunStatus {
  run: 'going' | 'stopping' | 'over';
  reason: string;
  retries: string[];
}

/** One execution of a step: `goto`, a retry and a repeated approval request start a new one. */
export interface Execution {
  runId: string;
  step: string;
  execution: number;
}

/** Permission of an attempt to act. `ended`: this execution already has its outcome. `stop`: the run is over or stopping. */
export type Claim =
  | { kind: 'go' }
  | { kind: 'ended' }
  | { kind: 'stop'; reason: string }
  | { kind: 'waits_for_people'; step: string };

export function runStatus(state: IncidentState, runId: string): RunStatus {
  const run = ownRun(state, runId);
  if (run === undefined) return { run: 'over', reason: `there is no run ${runId}`, retries: [] };
  if (isOver(run)) return { run: 'over', reason: `the run has ${run.state}`, retries: [] };
  if (run.cancelRequested) return { run: 'stopping', reason: 'the run was cancelled', retries: [] };
  if (state.mergedInto !== null) {
    return { run: 'stopping', reason: 'the incident was merged into another one', retries: [] };
  }
  if (state.status === 'closed') return { run: 'stopping', reason: 'the incident was closed', retries: [] };
  const retries = Object.entries(run.steps).flatMap(([id, step]) => (step.requested === 'retry' ? [id] : []));
  return { run: 'going', reason: '', retries };
}

/** Checked immediately before acting: an activity may be repeated, late, or started by a forged signal (docs/security.md §1). */
export function claimStep(state: IncidentState, { runId, step: id, execution }: Execution): Claim {
  const run = ownRun(state, runId);
  const step = run !== undefined && Object.hasOwn(run.steps, id) ? run.steps[id] : undefined;
  if (run === undefined || step === undefined)
    return { kind: 'stop', reason: `run ${runId} has no step ${id}` };
  const ended = step.state !== 'pending' && step.state !== 'waiting' && step.execution >= execution;
  if (ended) return { kind: 'ended' };
  if (execution !== step.execution + 1 && !(step.state === 'waiting' && execution === step.execution)) {
    return {
      kind: 'stop',
      reason: `${id} has been begun ${step.execution} times, so ${execution} is not its next`,
    };
  }
  const status = runStatus(state, runId);
  if (status.run !== 'going') return { kind: 'stop', reason: status.reason };
  // Continuing past an unanswered question would make it a formality; a retry that a person requested is permitted.
  const waiting = Object.entries(run.steps).find(([, one]) => one.state === 'waiting');
  return waiting === undefined || step.requested === 'retry'
    ? { kind: 'go' }
    : { kind: 'waits_for_people', step: waiting[0] };
}

const ownRun = (state: IncidentState, runId: string): RunSummary | undefined =>
  Object.hasOwn(state.runs, runId) ? state.runs[runId] : undefined;
