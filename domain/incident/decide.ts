/**
 * The single decision about an incident under its row lock: the facts that a command makes true, or the reason for refusing it.
 * Rules: docs/domain.md (Incident, Runbooks, Post-mortem gate).
 */
import { decideReview } from '../postmortem/decide-review.js';
import { withReviewKind } from '../postmortem/decide-review-kind.js';
import { decideRun } from '../runbook/decide-run.js';
import { withStepTitles } from '../runbook/step-titles.js';
import { type CommandContext, type Decision, type IncidentCommand, refused } from './commands.js';
import { decideAlert } from './decide-alert.js';
import { withCommander } from './decide-commander.js';
import { decideResponse } from './decide-response.js';
import { movedOn } from './position.js';
import type { IncidentState } from './state.js';

/** Commands that end a run; they are accepted even after the incident was merged into another. */
const endsRun = new Set<IncidentCommand['type']>([
  'finish_step',
  'expire_approval',
  'cancel_run',
  'finish_run',
]);

export function decide(state: IncidentState, command: IncidentCommand, context: CommandContext): Decision {
  const decided = withStepTitles(state.runs, decideNow(state, command, context));
  const decision = withReviewKind(state, withCommander(state, decided, context));
  if (decision.kind === 'refused' || context.seen === undefined) return decision;
  const isTheirs =
    state.status === 'acknowledged' && state.acknowledgedBy === (context.onBehalfOf ?? context.actor);
  if (decision.kind === 'unchanged' && isTheirs) return decision;
  const changed = movedOn(context.seen, state, command);
  return changed === null ? decision : refused('moved_on', changed);
}

function decideNow(state: IncidentState, command: IncidentCommand, context: CommandContext): Decision {
  if (state.mergedInto !== null && !endsRun.has(command.type)) {
    return refused('merged', `${state.number} was merged into another incident; act on that one`);
  }
  switch (command.type) {
    case 'join_alert':
    case 'release_alert':
    case 'close_alert':
      return decideAlert(state, command, context);
    case 'start_run':
    case 'wait_for_step':
    case 'request_approval':
    case 'decide_approval':
    case 'expire_approval':
    case 'complete_step':
    case 'skip_step':
    case 'retry_step':
    case 'finish_step':
    case 'cancel_run':
    case 'finish_run':
      return decideRun(state, command, context);
    case 'draft_postmortem':
    case 'edit_postmortem':
    case 'submit_postmortem':
    case 'decide_review':
    case 'remind_review':
    case 'waive_postmortem':
    case 'approve_in_digest':
    case 'pull_out':
      return decideReview(state, command, context);
    default:
      return decideResponse(state, command, context);
  }
}
