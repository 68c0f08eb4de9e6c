/**
 * The one decision about an incident, asked under its row lock: what a wish makes true, or why it is refused.
 * Rules: domain.md (Incident, Runbooks, Post-mortem gate).
 */
import { decideReview } from '../postmortem/decide-review.js';
import { decideRun } from '../runbook/decide-run.js';
import { withStepTitles } from '../runbook/step-titles.js';
import { type Asking, type Decision, type IncidentCommand, refused } from './commands.js';
import { decideAlert } from './decide-alert.js';
import { decideResponse } from './decide-response.js';
import { movedOn } from './position.js';
import type { IncidentState } from './state.js';

/** What a run still does after its incident has been merged away: it comes to its end. */
const endsRun = new Set<IncidentCommand['type']>([
  'finish_step',
  'expire_approval',
  'cancel_run',
  'finish_run',
]);

export function decide(state: IncidentState, command: IncidentCommand, asking: Asking): Decision {
  const decision = withStepTitles(state.runs, decideNow(state, command, asking));
  if (decision.kind === 'refused' || asking.seen === undefined) return decision;
  const isTheirs =
    state.status === 'acknowledged' && state.acknowledgedBy === (asking.onBehalfOf ?? asking.actor);
  if (decision.kind === 'unchanged' && isTheirs) return decision;
  const changed = movedOn(asking.seen, state, command);
  return changed === null ? decision : refused('moved_on', changed);
}

function decideNow(state: IncidentState, command: IncidentCommand, asking: Asking): Decision {
  if (state.mergedInto !== null && !endsRun.has(command.type)) {
    return refused('merged', `${state.number} was merged into another incident; act on that one`);
  }
  switch (command.type) {
    case 'join_alert':
    case 'close_alert':
      return decideAlert(state, command, asking);
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
      return decideRun(state, command, asking);
    case 'draft_postmortem':
    case 'edit_postmortem':
    case 'submit_postmortem':
    case 'decide_review':
    case 'remind_review':
    case 'waive_postmortem':
      return decideReview(state, command, asking);
    default:
      return decideResponse(state, command, asking);
  }
}
