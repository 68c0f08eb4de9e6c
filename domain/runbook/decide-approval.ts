/**
 * Approvals: a yes or no by entitled people about exactly the content shown, once (docs/reliability.md I8, R19; docs/security.md
 * §3.1). All clients and the timer decide here under one row lock: the first recorded decision wins.
 */
import {
  type CommandContext,
  type Decision,
  type RunCommand,
  accepted,
  refused,
  unchanged,
} from '../incident/commands.js';
import type { IncidentFact } from '../incident/events.js';
import { marked, markedDocument } from '../people/spoken.js';
import type { ApprovalState, RunStepState, RunSummary } from '../incident/state.js';
import { startedIt, approvalsNeeded } from './two-person.js';

type Of<T extends RunCommand['type']> = Extract<RunCommand, { type: T }>;

export function requestApproval(
  run: RunSummary,
  step: RunStepState,
  command: Of<'request_approval'>,
): Decision {
  const over = run.state !== 'running' && run.state !== 'waiting';
  if (over || command.execution <= step.execution) return unchanged;
  const { type: _type, authors = [], ...asked } = command;
  const data = { ...asked, min: approvalsNeeded(asked, run, authors) };
  return accepted({ kind: 'approval_requested', data });
}

export function decideApproval(
  run: RunSummary,
  step: RunStepState,
  command: Of<'decide_approval'>,
  context: CommandContext,
): Decision {
  const { approval } = step;
  if (approval === null)
    return refused('not_waiting', `${command.step} is ${step.state}; it requests no approval`);
  const earlier = approval.decisions.find((one) => one.person === command.person);
  if (earlier?.decision === command.decision) return unchanged;
  const refusal = whyNot(run, step, approval, command, context);
  if (refusal !== null) return refusal;
  if (earlier !== undefined) {
    return refused(
      'already_decided',
      `${marked(command.person)} answered "${earlier.decision}" at ${earlier.at}; the first answer is final`,
    );
  }
  const outcome = outcomeOf(approval, command.decision);
  const { run: runId, step: id, person, decision, comment } = command;
  const decided: IncidentFact = {
    kind: 'approval_decided',
    data: { run: runId, step: id, approval: approval.id, person, decision, comment, outcome },
  };
  if (outcome === 'pending') return accepted(decided);
  const text = `${outcome} by ${namesOf(approval, outcome, person)}${comment === null ? '' : `: ${comment}`}`;
  const state = outcome === 'approved' ? 'succeeded' : 'failed';
  const data = { run: runId, step: id, execution: step.execution, state, text, by: person } as const;
  return accepted(decided, { kind: 'step_finished', data });
}

function whyNot(
  run: RunSummary,
  step: RunStepState,
  approval: ApprovalState,
  command: Of<'decide_approval'>,
  context: CommandContext,
): Decision | null {
  if (approval.outcome !== 'pending') return refused('already_decided', inWords(approval));
  if (step.state !== 'waiting' || run.cancelRequested) {
    return refused(
      'run_cancelled',
      `This run of ${markedDocument('Runbook', run.runbook)} is being cancelled`,
    );
  }
  // The timer may be late (no worker), and a yes must not be accepted after the deadline.
  if (approval.expiresAt !== null && Date.parse(context.now) >= Date.parse(approval.expiresAt)) {
    return refused(
      'approval_expired',
      `This approval could be answered until ${approval.expiresAt}; it is ${context.now}`,
    );
  }
  if (!command.entitled) {
    return refused(
      'not_entitled',
      `${marked(command.person)} may not answer this approval; it is requested from ${approval.from.join(', ')}`,
    );
  }
  if (approval.twoPerson && startedIt(run, command.person)) {
    return refused('two_person', `${marked(command.person)} started this run; another person has to answer`);
  }
  if (approval.twoPerson && command.isAuthor === true) {
    return refused(
      'two_person',
      `${marked(command.person)} wrote revision ${run.revision} of ${markedDocument('Runbook', run.runbook)} or one since it was last approved; another person has to answer`,
    );
  }
  // A no needs no digest: it stops the request whatever its content.
  if (command.decision === 'approve' && command.digest === null) {
    return refused(
      'digest_required',
      'An approval needs the digest of what was shown: approval.digest of the step',
    );
  }
  if (command.digest !== null && command.digest !== approval.digest) {
    return refused(
      'content_changed',
      'The content of this approval has changed since it was shown; review it again',
    );
  }
  return null;
}

/** One no rejects; a yes needs the quorum. */
function outcomeOf(
  approval: ApprovalState,
  decision: 'approve' | 'reject',
): 'pending' | 'approved' | 'rejected' {
  if (decision === 'reject') return 'rejected';
  const approvals = approval.decisions.filter((one) => one.decision === 'approve').length + 1;
  return approvals >= approval.min ? 'approved' : 'pending';
}

/** The timer's request. After a decision it is stale: nothing happens, and the caller continues with the decision. */
export function expireApproval(step: RunStepState, command: Of<'expire_approval'>): Decision {
  const { approval } = step;
  // A late repeat must not end an approval that was requested anew since.
  if (approval?.outcome !== 'pending' || command.execution !== step.execution) return unchanged;
  const { run, step: id } = command;
  return accepted(
    { kind: 'approval_expired', data: { run, step: id, approval: approval.id } },
    {
      kind: 'step_finished',
      data: {
        run,
        step: id,
        execution: step.execution,
        state: 'timed_out',
        text: 'nobody decided in time',
        by: null,
      },
    },
  );
}

function namesOf(approval: ApprovalState, outcome: 'approved' | 'rejected', last: string): string {
  const earlier =
    outcome === 'approved' ? approval.decisions.filter((one) => one.decision === 'approve') : [];
  return [...earlier.map((one) => one.person), last].join(', ');
}

function inWords(approval: ApprovalState): string {
  const last = approval.decisions.at(-1);
  return approval.outcome === 'expired' || last === undefined
    ? `This approval has expired (${approval.expiresAt ?? 'the run ended'})`
    : `This approval was ${approval.outcome} by ${approval.decisions.map((one) => one.person).join(', ')} at ${last.at}`;
}
