/** Decides what a joining or closing alert does to its incident. Dedup and grouping were decided before (domain/alert). */
import { actorWords } from './actors.js';
import {
  type AlertCommand,
  type CommandContext,
  accepted,
  type Decision,
  type PriorityWeight,
  refused,
} from './commands.js';
import { mayRaise, prioritySet, raisedByJoining, startsAnew } from './decide-priority-change.js';
import type { IncidentFact } from './events.js';
import { isPerson, noticeRecipient } from './holder.js';
import { isOpenIncident } from './is-open.js';
import { proposal } from './quiet.js';
import type { IncidentState } from './state.js';

export function decideAlert(state: IncidentState, command: AlertCommand, context: CommandContext): Decision {
  switch (command.type) {
    case 'join_alert':
      return join(state, command);
    case 'release_alert':
      return release(state, command);
    case 'close_alert':
      return close(state, command, context);
  }
}

type Joining = Extract<AlertCommand, { type: 'join_alert' }>;

function join(
  state: IncidentState,
  { type: _type, weight = null, page = 'higher', ...data }: Joining,
): Decision {
  const joined = { kind: 'alert_joined', data } as const;
  // A condition that returns within the reopen window belongs to the same incident.
  const isOver = !isOpenIncident(state);
  const reopened = { kind: 'reopened', data: { reason: `${data.title} ${reopening(state, data)}` } } as const;
  const facts = isOver ? [joined, reopened] : [joined];
  // What opens an incident again pages whatever the group says: nobody has it.
  return accepted(...facts, ...pagesAnew(state, { ...data, weight, page: isOver ? 'higher' : page }));
}

/** What an alert that joins an open incident changes besides: its priority, and whether it pages again. */
function pagesAnew(
  state: IncidentState,
  {
    title,
    weight,
    page,
  }: { title: string; weight: PriorityWeight | null; page: NonNullable<Joining['page']> },
): IncidentFact[] {
  if (weight !== null && mayRaise(state, weight)) {
    const why = `${title} fires as ${weight.priority}, and this was ${state.priority}`;
    return page === 'never'
      ? [prioritySet({ ...state, snoozedUntil: null }, { ...weight, engaged: [], wakes: false })]
      : raisedByJoining(state, weight, why);
  }
  // Where nobody has the incident, it is being paged already: starting over with each alert would never reach the second step.
  const again =
    page === 'always' ? startsAnew(state, `${title} joined, and every alert of this group pages`) : null;
  return again === null ? [] : [again];
}

/** The last open alert stays: without it the incident would be open and be about nothing. */
function release(
  state: IncidentState,
  { type: _type, ...data }: Extract<AlertCommand, { type: 'release_alert' }>,
): Decision {
  const { number, alertsOpen } = state;
  if (!isOpenIncident(state))
    return refused(`already_${state.status}`, `${number} is ${state.status}; its alerts stay with it`);
  if (alertsOpen <= 1)
    return data.isNew
      ? refused('only_alert', `${number} has no other open alert: it is the incident of this alert already`)
      : refused('only_alert', `${number} has no other open alert; merge it into ${data.into} instead`);
  return accepted({ kind: 'alert_moved', data });
}

/** The reason names the person who resolved it, because people who were paged before want to know. */
function reopening(
  { resolvedBy, resolvedAt, firedWhenResolved = 0 }: IncidentState,
  { folded = false }: Pick<Joining, 'folded'>,
): string {
  if (folded)
    return `is of the same group and fires${resolvedBy === null ? '' : `; ${actorWords(resolvedBy)} resolved this at ${resolvedAt ?? '?'}`}`;
  if (resolvedBy === null || (firedWhenResolved === 0 && !isPerson(resolvedBy))) return 'fired again';
  const still = firedWhenResolved > 0 ? 'still fires' : 'fired again';
  return `${still}; ${actorWords(resolvedBy)} resolved this at ${resolvedAt ?? '?'}`;
}

function close(
  state: IncidentState,
  { type: _type, ...data }: Extract<AlertCommand, { type: 'close_alert' }>,
  context: CommandContext,
): Decision {
  const closed = { kind: 'alert_closed', data } as const;
  if (state.alertsOpen > 1) return accepted(closed);
  // The person who snoozed the incident counts as its holder: an alert that returns before the snooze ends stays snoozed.
  const holder = noticeRecipient(state);
  if (holder !== null) return accepted(closed, proposal(state, holder, context.now));
  return isOpenIncident(state)
    ? accepted(closed, { kind: 'resolved', data: { comment: null, because: 'alerts_closed' } })
    : accepted(closed);
}
