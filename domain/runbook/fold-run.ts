/** Folds events of runbook runs into an incident's state. */
import type { IncidentEvent } from '../incident/events.js';
import type { ApprovalState, RunStepState, RunSummary } from '../incident/state.js';

type RunEventKind =
  | 'runbook_started'
  | 'step_waiting'
  | 'approval_requested'
  | 'approval_decided'
  | 'approval_expired'
  | 'step_retried'
  | 'step_finished'
  | 'run_cancel_requested'
  | 'runbook_finished';

export type RunEvent = Extract<IncidentEvent, { kind: RunEventKind }>;

const runEventKinds: Record<RunEventKind, true> = {
  runbook_started: true,
  step_waiting: true,
  approval_requested: true,
  approval_decided: true,
  approval_expired: true,
  step_retried: true,
  step_finished: true,
  run_cancel_requested: true,
  runbook_finished: true,
};

/** True when the event belongs to a run (its data names the run). */
export const isRunEvent = (event: IncidentEvent): event is RunEvent =>
  Object.hasOwn(runEventKinds, event.kind);

/** The runs after one event. An event of an unknown run, step or approval changes nothing. */
export function foldRun(runs: Record<string, RunSummary>, event: RunEvent): Record<string, RunSummary> {
  if (event.kind === 'runbook_started') return { ...runs, [event.data.run]: started(event) };
  const run = runs[event.data.run];
  return run === undefined ? runs : { ...runs, [run.id]: foldOne(run, event) };
}

function started({ data, actor, onBehalfOf }: Extract<RunEvent, { kind: 'runbook_started' }>): RunSummary {
  const pending = ({ id, kind, title }: (typeof data.steps)[number]): [string, RunStepState] => [
    id,
    {
      kind,
      ...(title === undefined ? {} : { title }),
      state: 'pending',
      execution: 0,
      approval: null,
      requested: null,
    },
  ];
  return {
    id: data.run,
    runbook: data.runbook,
    revision: data.revision,
    state: 'running',
    startedBy: actor,
    ...(onBehalfOf === undefined ? {} : { onBehalfOf }),
    dryRun: data.dryRun,
    cancelRequested: false,
    steps: Object.fromEntries(data.steps.map(pending)),
  };
}

function foldOne(run: RunSummary, event: Exclude<RunEvent, { kind: 'runbook_started' }>): RunSummary {
  switch (event.kind) {
    case 'step_waiting':
      return onStep(run, event.data.step, (step) => ({
        ...step,
        state: 'waiting',
        execution: event.data.execution,
        approval: null,
        requested: null,
      }));
    case 'approval_requested': {
      const {
        run: _run,
        step: stepId,
        title: _title,
        execution,
        approval: id,
        people: _people,
        ...content
      } = event.data;
      const approval: ApprovalState = { id, ...content, decisions: [], outcome: 'pending' };
      return onStep(run, stepId, (step) => ({
        ...step,
        state: 'waiting',
        execution,
        approval,
        requested: null,
      }));
    }
    case 'approval_decided': {
      const { person, decision, comment, outcome } = event.data;
      return onApproval(run, event.data, (approval) => ({
        ...approval,
        decisions: [...approval.decisions, { person, decision, comment, at: event.at }],
        outcome,
      }));
    }
    case 'approval_expired':
      return onApproval(run, event.data, (approval) => ({ ...approval, outcome: 'expired' }));
    case 'step_retried':
      return onStep(run, event.data.step, (step) => ({ ...step, requested: 'retry' }));
    case 'step_finished': {
      const { state, execution } = event.data;
      return onStep(run, event.data.step, (step) => ({ ...step, state, execution, requested: null }));
    }
    case 'run_cancel_requested':
      return { ...run, cancelRequested: true };
    case 'runbook_finished':
      return { ...run, state: event.data.state };
  }
}

/** Changes one step; the run is `waiting` exactly while one of its steps is. */
function onStep(run: RunSummary, id: string, change: (step: RunStepState) => RunStepState): RunSummary {
  const step = run.steps[id];
  if (step === undefined) return run;
  const steps = { ...run.steps, [id]: change(step) };
  const waits = Object.values(steps).some((one) => one.state === 'waiting');
  return { ...run, steps, state: waits ? 'waiting' : 'running' };
}

/** The first outcome wins: a later decision or expiry of the same approval changes nothing. */
function onApproval(
  run: RunSummary,
  { step: stepId, approval: id }: { step: string; approval: string },
  change: (approval: ApprovalState) => ApprovalState,
): RunSummary {
  return onStep(run, stepId, (step) =>
    step.approval?.id === id && step.approval.outcome === 'pending'
      ? { ...step, approval: change(step.approval) }
      : step,
  );
}
