/** Decides what a joining or closing alert does to its incident. Dedup and grouping were decided before (domain/alert). */
import { actorWords } from './actors.js';
import { type AlertCommand, type CommandContext, accepted, type Decision } from './commands.js';
import { mayRaise, raisedByJoining } from './decide-priority-change.js';
import { isPerson, noticeRecipient } from './holder.js';
import { isOpenIncident } from './is-open.js';
import { proposal } from './quiet.js';
import type { IncidentState } from './state.js';

export function decideAlert(state: IncidentState, command: AlertCommand, context: CommandContext): Decision {
  return command.type === 'join_alert' ? join(state, command) : close(state, command, context);
}

function join(
  state: IncidentState,
  { type: _type, weight = null, ...data }: Extract<AlertCommand, { type: 'join_alert' }>,
): Decision {
  const joined = { kind: 'alert_joined', data } as const;
  const why = `${data.title} fires as ${weight?.priority ?? ''}, and this was ${state.priority}`;
  // A condition that returns within the reopen window belongs to the same incident.
  const reopened = { kind: 'reopened', data: { reason: `${data.title} ${reopening(state)}` } } as const;
  const facts = isOpenIncident(state) ? [joined] : [joined, reopened];
  return weight !== null && mayRaise(state, weight)
    ? accepted(...facts, ...raisedByJoining(state, weight, why))
    : accepted(...facts);
}

/** The reason names the person who resolved it, because people who were paged before want to know. */
function reopening({ resolvedBy, resolvedAt, firedWhenResolved = 0 }: IncidentState): string {
  if (resolvedBy === null || (firedWhenResolved === 0 && !isPerson(resolvedBy))) return 'fired again';
  const still = firedWhenResolved > 0 ? 'still fires' : 'fired again';
  return `${still}; ${actorWords(resolvedBy)} resolved this at ${resolvedAt ?? '?'}`;
}

function close(
  state: IncidentState,
  { alert, title }: Extract<AlertCommand, { type: 'close_alert' }>,
  context: CommandContext,
): Decision {
  const closed = { kind: 'alert_closed', data: { alert, title } } as const;
  if (state.alertsOpen > 1) return accepted(closed);
  // The person who snoozed the incident counts as its holder: an alert that returns before the snooze ends stays snoozed.
  const holder = noticeRecipient(state);
  if (holder !== null) return accepted(closed, proposal(state, holder, context.now));
  return isOpenIncident(state)
    ? accepted(closed, { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } })
    : accepted(closed);
}
