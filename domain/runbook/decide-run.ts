/**
 * Decides commands on a run: start, wait, cancel and finish by the engine; complete, skip and retry of steps by people
 * (docs/domain.md, Runbooks). Approvals are decided in decide-approval.ts. Runs under the incident's row lock.
 */
import {
  type CommandContext,
  type Decision,
  type RunCommand,
  accepted,
  refused,
  unchanged,
} from '../incident/commands.js';
import { endedBy, isAnswered, kindsEndedBy } from '../../steps/registry.js';
import type { IncidentFact } from '../incident/events.js';
import type { IncidentState, RunStepState, RunSummary } from '../incident/state.js';
import { decideApproval, expireApproval, requestApproval } from './decide-approval.js';
import { markedDocument } from '../people/spoken.js';

export function decideRun(state: IncidentState, command: RunCommand, context: CommandContext): Decision {
  if (command.type === 'start_run') return startRun(state, command);
  const run = Object.hasOwn(state.runs, command.run) ? state.runs[command.run] : undefined;
  if (run === undefined) return refused('no_such_run', `${state.number} has no run ${command.run}`);
  if (command.type === 'cancel_run') return cancelRun(run, command.reason);
  if (command.type === 'finish_run') return finishRun(run, command.state);
  const step = Object.hasOwn(run.steps, command.step) ? run.steps[command.step] : undefined;
  const tooLong = textTooLong(command);
  if (tooLong !== null) return tooLong;
  if (step === undefined) {
    return refused(
      'no_such_step',
      `Run ${run.id} has the steps ${Object.keys(run.steps).join(', ')}, not ${command.step}`,
    );
  }
  switch (command.type) {
    case 'wait_for_step': {
      const { type: _type, ...data } = command;
      return isOver(run) || command.execution <= step.execution
        ? unchanged
        : accepted({ kind: 'step_waiting', data });
    }
    case 'request_approval':
      return requestApproval(run, step, command);
    case 'decide_approval':
      return decideApproval(run, step, command, context);
    case 'expire_approval':
      return expireApproval(step, command);
    case 'complete_step':
      return completeStep(run, step, command);
    case 'skip_step':
      return skipStep(run, step, command);
    case 'retry_step':
      return retryStep(run, step, command);
    case 'finish_step':
      return finishStep(run, step, command);
  }
}

type Of<T extends RunCommand['type']> = Extract<RunCommand, { type: T }>;

/** Steps with an effect can be retried. */
const isRetryable = (step: RunStepState): boolean => endedBy(step.kind) === 'effect';

/** Approvals are decided by entitled people only. */
const isApproval = (step: RunStepState): boolean => endedBy(step.kind) === 'approval';

export const isOver = (run: RunSummary): boolean => run.state !== 'running' && run.state !== 'waiting';

/** Reason why people can no longer change this run, or null. */
function runIsOver(run: RunSummary): Decision | null {
  if (isOver(run))
    return refused(
      'run_finished',
      `This run of ${markedDocument('Runbook', run.runbook)} has ${run.state}; start the runbook again`,
    );
  return run.cancelRequested
    ? refused('run_cancelled', `This run of ${markedDocument('Runbook', run.runbook)} is being cancelled`)
    : null;
}

function startRun(state: IncidentState, command: Of<'start_run'>): Decision {
  if (state.runs[command.run] !== undefined) return unchanged;
  if (state.status === 'closed')
    return refused('already_closed', `${state.number} was closed at ${state.closedAt ?? '?'}`);
  const { type: _type, ...data } = command;
  return accepted({ kind: 'runbook_started', data });
}

function cancelRun(run: RunSummary, reason: string | null): Decision {
  if (run.cancelRequested || run.state === 'cancelled') return unchanged;
  if (isOver(run))
    return refused(
      'run_finished',
      `This run of ${markedDocument('Runbook', run.runbook)} has ${run.state} already`,
    );
  return accepted({ kind: 'run_cancel_requested', data: { run: run.id, reason } });
}

/** The end of a run also closes every step that waits for people. */
function finishRun(run: RunSummary, state: RunSummary['state']): Decision {
  if (isOver(run)) return unchanged;
  const waiting = Object.entries(run.steps).filter(([, step]) => step.state === 'waiting');
  const closed = waiting.flatMap(([id, step]): IncidentFact[] => [
    ...closeApproval(run.id, id, step),
    stepFinished(run, id, step, { state: 'cancelled', text: 'the run ended', by: null }),
  ]);
  return accepted(...closed, {
    kind: 'runbook_finished',
    data: { run: run.id, runbook: run.runbook, state },
  });
}

function completeStep(run: RunSummary, step: RunStepState, command: Of<'complete_step'>): Decision {
  if (isApproval(step)) return approvalRequired(command.step);
  if (step.state === 'succeeded') return unchanged;
  const over = runIsOver(run);
  if (over !== null) return over;
  if (step.state !== 'waiting') return notWaiting(command.step, step);
  const text = command.comment ?? `done by ${command.person}`;
  return accepted(stepFinished(run, command.step, step, { state: 'succeeded', text, by: command.person }));
}

function skipStep(run: RunSummary, step: RunStepState, command: Of<'skip_step'>): Decision {
  // Skipping an approval would approve without entitlement.
  if (isApproval(step)) return approvalRequired(command.step);
  if (step.state === 'skipped') return unchanged;
  const over = runIsOver(run);
  if (over !== null) return over;
  if (command.reason.trim() === '')
    return refused('reason_required', 'Skipping a step needs a reason: say why');
  if (step.state !== 'waiting' && !hasFailed(step)) return notWaiting(command.step, step);
  return accepted(
    stepFinished(run, command.step, step, { state: 'skipped', text: command.reason, by: command.person }),
  );
}

function retryStep(run: RunSummary, step: RunStepState, command: Of<'retry_step'>): Decision {
  const over = runIsOver(run);
  if (over !== null) return over;
  if (step.requested === 'retry') return unchanged;
  if (!isRetryable(step)) {
    return refused(
      'cannot_retry',
      `${command.step} is a step of kind ${step.kind}; only ${kindsEndedBy('effect').join(', ')} can be retried`,
    );
  }
  if (!hasFailed(step))
    return refused('not_failed', `${command.step} is ${step.state}; only a failed step is retried`);
  return accepted({ kind: 'step_retried', data: { run: run.id, step: command.step } });
}

/** The engine's end of a step; an earlier end of this execution (by a person or an earlier attempt) wins. */
function finishStep(run: RunSummary, step: RunStepState, command: Of<'finish_step'>): Decision {
  const { execution, state, text } = command;
  const ended = step.state !== 'waiting' && step.state !== 'pending' && execution <= step.execution;
  if (isOver(run) || ended || execution < step.execution || execution > step.execution + 1) return unchanged;
  if (state === 'succeeded' && isAnswered(step.kind)) {
    return refused('answer_required', `${command.step} succeeds by a person's answer, not by itself`);
  }
  return accepted(...closeApproval(run.id, command.step, step), {
    kind: 'step_finished',
    data: { run: run.id, step: command.step, execution, state, text, by: null },
  });
}

/** Characters of a comment or reason, so that an event stays small. */
const TEXT_LIMIT = 2000;

function textTooLong(command: RunCommand): Decision | null {
  const text = 'comment' in command ? command.comment : command.type === 'skip_step' ? command.reason : null;
  if (text === null || text.length <= TEXT_LIMIT) return null;
  return refused(
    'text_too_long',
    `The text has ${text.length} characters; at most ${TEXT_LIMIT} are allowed`,
  );
}

const hasFailed = (step: RunStepState): boolean => step.state === 'failed' || step.state === 'timed_out';

const approvalRequired = (step: string): Decision =>
  refused(
    'approval_required',
    `${step} requests an approval: it is approved or rejected, not completed or skipped`,
  );

const notWaiting = (id: string, step: RunStepState): Decision =>
  refused('not_waiting', `${id} is ${step.state}; it does not wait for a person`);

const stepFinished = (
  run: RunSummary,
  id: string,
  step: RunStepState,
  end: { state: RunStepState['state']; text: string; by: string | null },
): IncidentFact => ({
  kind: 'step_finished',
  data: { run: run.id, step: id, execution: step.execution, ...end },
});

const closeApproval = (run: string, id: string, { approval }: RunStepState): IncidentFact[] =>
  approval?.outcome === 'pending'
    ? [{ kind: 'approval_expired', data: { run, step: id, approval: approval.id } }]
    : [];
