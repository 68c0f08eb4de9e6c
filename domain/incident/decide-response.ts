/** Paging, answering, resolving: the commands of domain.md's incident table, each with its refusals. */
import {
  type Asking,
  type Decision,
  type ResponseCommand,
  accepted,
  refused,
  unchanged,
} from './commands.js';
import { isKey } from './actors.js';
import { decline, escalate, unacknowledge } from './decide-escalation.js';
import { personLeft } from './decide-left.js';
import { marked } from '../people/spoken.js';
import { prioritySet, raisedByJoining, setPriority } from './decide-priority-change.js';
import type { IncidentFact } from './events.js';
import { holderOf, isPerson } from './holder.js';
import { isQuiet } from './quiet.js';
import type { IncidentState, TrackState } from './state.js';
import { answeredBy, findTrack, isCatchAll, isPaging, nextRung, sameRung } from './tracks.js';

/** A closed incident may come back for this long; later it is a new incident (domain.md, reopen). */
export const REOPEN_WINDOW_MS = 7 * 86_400_000;

export function decideResponse(state: IncidentState, command: ResponseCommand, asking: Asking): Decision {
  switch (command.type) {
    case 'note':
      return accepted({ kind: 'noted', data: { text: command.text } });
    case 'finish_diagnostic': {
      const { type: _type, ...data } = command;
      return accepted({ kind: 'diagnostic_finished', data });
    }
    case 'assign_role':
      return state.roles[command.role] === command.person
        ? unchanged
        : accepted({ kind: 'role_assigned', data: { role: command.role, person: command.person } });
    case 'reopen':
      return reopen(state, command.reason, asking);
    case 'absorb':
      return ifActive(state, () => absorb(state, command));
    case 'set_priority': {
      const { type: _type, ...weight } = command;
      return setPriority(state, weight);
    }
    case 'resolve_quiet':
      return resolveQuiet(state, asking);
    case 'page':
      return page(state, command);
    case 'leave_step':
      return leaveStep(state, command);
    case 'expire_acknowledgement':
      return expireAcknowledgement(state, asking);
    case 'person_left':
      return personLeft(state, command);
    case 'end_snooze':
      return state.snoozedUntil === null ||
        isQuiet(state) ||
        Date.parse(asking.now) < Date.parse(state.snoozedUntil)
        ? unchanged
        : accepted({ kind: 'snooze_ended', data: {} });
    case 'acknowledge':
    case 'unacknowledge':
    case 'escalate':
    case 'decline':
    case 'snooze':
    case 'resolve':
    case 'merge':
      return ifActive(state, () => decideActive(state, command, asking));
  }
}

type ActiveCommand = Extract<
  ResponseCommand,
  { type: 'acknowledge' | 'unacknowledge' | 'escalate' | 'decline' | 'snooze' | 'resolve' | 'merge' }
>;

function decideActive(state: IncidentState, command: ActiveCommand, asking: Asking): Decision {
  switch (command.type) {
    case 'acknowledge':
      return acknowledge(state, command, asking);
    case 'unacknowledge':
      return unacknowledge(state, command, asking);
    case 'escalate':
      return escalate(state, command, asking);
    case 'decline':
      return decline(state, command, asking);
    case 'snooze':
      return snooze(command.until, asking.now);
    case 'resolve':
      return resolve(state, command);
    case 'merge':
      return merge(state, command);
  }
}

function ifActive(state: IncidentState, then: () => Decision): Decision {
  switch (state.status) {
    case 'resolved':
      return refused(
        'already_resolved',
        `${state.number} was resolved by ${state.resolvedBy === null ? 'nobody' : marked(state.resolvedBy)} at ${state.resolvedAt ?? '?'}`,
      );
    case 'closed':
      return refused('already_closed', `${state.number} was closed at ${state.closedAt ?? '?'}`);
    case 'triggered':
    case 'acknowledged':
      return then();
  }
}

/** What still fires is closed with it: an alert of an incident that is over would be heard by nobody. */
function resolve(
  { alertsOpen }: IncidentState,
  { comment, because }: Extract<ResponseCommand, { type: 'resolve' }>,
): Decision {
  const data = { comment, because, ...(alertsOpen > 0 ? { stillFiring: alertsOpen } : {}) };
  return accepted({ kind: 'resolved', data });
}

function resolveQuiet(state: IncidentState, { now }: Asking): Decision {
  const { resolvesAt = null } = state;
  // Something fired again, somebody did something, or it is resolved already: the newer truth counts.
  if (resolvesAt === null || Date.parse(now) < Date.parse(resolvesAt)) return unchanged;
  return accepted({ kind: 'resolved', data: { comment: null, because: 'quiet' } });
}

/** As long as `for` takes; a slip of a digit would keep an incident silent for years. */
const SNOOZE_MAX_DAYS = 30;

function snooze(until: string, now: string): Decision {
  const forMs = Date.parse(until) - Date.parse(now);
  if (forMs <= 0) return refused('snooze_in_the_past', `${until} has passed already (it is ${now})`);
  return forMs <= SNOOZE_MAX_DAYS * 86_400_000
    ? accepted({ kind: 'snoozed', data: { until } })
    : refused('snooze_too_long', `${until} is more than ${SNOOZE_MAX_DAYS} days from now (it is ${now})`);
}

/** A real incident in a drill would page under the words "this is an exercise", and end with the drill. */
function merge(
  state: IncidentState,
  { into, number, drill }: Extract<ResponseCommand, { type: 'merge' }>,
): Decision {
  if (into === state.id) return refused('merge_into_itself', `${state.number} cannot be merged into itself`);
  if (state.drill !== drill) {
    const [practice, other] = drill === null ? [state.number, number] : [number, state.number];
    return refused('merge_with_drill', `${practice} is a drill: it is not merged with ${other}`);
  }
  return accepted(
    { kind: 'merged', data: { into, number } },
    { kind: 'closed', data: { because: 'merged' } },
  );
}

function absorb(
  state: IncidentState,
  { type: _type, unowned = false, weight = null, ...data }: Extract<ResponseCommand, { type: 'absorb' }>,
): Decision {
  const merged = { kind: 'merged_from', data } as const;
  // The higher priority stays, whoever set the lower one: whoever merges sees both.
  if (weight === null || weight.priority >= state.priority) return accepted(merged);
  if (!unowned) return accepted(merged, prioritySet(state, weight));
  const why = `${data.number}, which nobody has, is ${weight.priority} and was merged into this`;
  return accepted(merged, ...raisedByJoining(state, weight, why));
}

function acknowledge(
  state: IncidentState,
  { person, teams }: Extract<ResponseCommand, { type: 'acknowledge' }>,
  asking: Asking,
): Decision {
  if (isKey(asking.actor)) return acknowledgeFor(state, person, asking);
  const answered = answeredBy(state, { person, ...(teams === undefined ? {} : { teams }) });
  const hasAnswered =
    (state.acknowledgedBy === person && state.acknowledgedVia == null) ||
    state.responders.some((one) => one.person === person && one.acknowledgedAt !== null);
  // Who has answered may be waited for again: a further step, another team's track.
  const isAwaited = answered.length > 0 || state.tracks.some((track) => track.awaiting.includes(person));
  if (state.status === 'acknowledged' && hasAnswered && !isAwaited) return unchanged;
  const expiresAt = acknowledgementEnd(state, isPerson(person), asking.now);
  return accepted({
    kind: 'acknowledged',
    data: { person, answered, expiresAt, ...(teams === undefined ? {} : { teams }) },
  });
}

/** The acknowledgement of a machine (API key, source) ends after this long also where a plan lets acknowledgements last (ADR 13). */
const MACHINE_ACKNOWLEDGEMENT_MS = 30 * 60_000;

/** ISO 8601, or null for never. Of two people who acknowledge, the later end counts: both are still on it. A machine extends nothing. */
function acknowledgementEnd(state: IncidentState, isOfPerson: boolean, now: string): string | null {
  const { ackTimeoutMs, ackExpiresAt } = state;
  const isHeld = holderOf(state) !== null;
  if (!isOfPerson && isHeld) return ackExpiresAt;
  const lastsMs = ackTimeoutMs > 0 || isOfPerson ? ackTimeoutMs : MACHINE_ACKNOWLEDGEMENT_MS;
  const own = lastsMs > 0 ? new Date(Date.parse(now) + lastsMs).toISOString() : null;
  if (!isHeld || state.acknowledgedVia != null) return own;
  return own === null || ackExpiresAt === null ? null : own > ackExpiresAt ? own : ackExpiresAt;
}

/**
 * By a key, for a person: escalation stops, and nothing that waits for this person's own answer takes it for one (a step
 * that waits for everyone, a team that is required).
 */
function acknowledgeFor(state: IncidentState, person: string, asking: Asking): Decision {
  const answered = answeredBy(state, { person: asking.actor });
  if (state.status === 'acknowledged' && answered.length === 0) return unchanged;
  const expiresAt = acknowledgementEnd(state, false, asking.now);
  return accepted({ kind: 'acknowledged', data: { person, answered, expiresAt } });
}

function expireAcknowledgement(state: IncidentState, asking: Asking): Decision {
  if (state.status !== 'acknowledged' || state.ackExpiresAt === null || isQuiet(state)) return unchanged;
  // Somebody showed a sign of life since the timer was set: the newer deadline counts.
  if (Date.parse(asking.now) < Date.parse(state.ackExpiresAt)) return unchanged;
  return accepted({ kind: 'acknowledgement_expired', data: {} });
}

function page(state: IncidentState, command: Extract<ResponseCommand, { type: 'page' }>): Decision {
  const track = findTrack(state, command.track);
  if (track === undefined || !isPaging(state, track)) {
    return refused('not_paging', `${state.number} pages nobody on ${command.track} now`);
  }
  const next = nextRung(track, track);
  const isDue = track.phase === 'to_page' && sameRung(track, command.due);
  const isNext = track.phase === 'waiting' && next !== null && sameRung(next, command.due);
  if (!isDue && !isNext)
    return refused('stale_step', `${command.track} stands at step ${track.step} of cycle ${track.cycle}`);

  const facts: IncidentFact[] = [];
  if (isNext) {
    facts.push({ kind: 'escalated', data: { track: track.name, ...command.due, reason: command.reason } });
  }
  for (const skip of command.skipped)
    facts.push({ kind: 'step_skipped', data: { track: track.name, ...skip } });
  const { paged } = command;
  const [answerer] = paged?.people ?? [];
  if (paged?.everyone === true && answerer !== undefined && isAnsweredBefore(track, paged.people)) {
    const data = { person: answerer, answered: [track.name], expiresAt: state.ackExpiresAt, earlier: true };
    return accepted(...facts, { kind: 'acknowledged', data });
  }
  if (paged !== null) facts.push({ kind: 'paged', data: { track: track.name, ...paged } });
  if (paged === null || paged.catchAll || isCatchAll(track, paged)) {
    facts.push({ kind: 'exhausted', data: { track: track.name, catchAll: paged?.people ?? [] } });
  }
  return accepted(...facts);
}

/** A step that waits for everyone is over when each of them has answered, at whichever step that was. */
const isAnsweredBefore = (track: TrackState, people: readonly string[]): boolean =>
  people.every((person) => track.answers?.includes(person));

function leaveStep(
  state: IncidentState,
  { track: name, rung, reason }: Extract<ResponseCommand, { type: 'leave_step' }>,
): Decision {
  const track = findTrack(state, name);
  if (track === undefined || track.phase !== 'waiting' || !isPaging(state, track) || !sameRung(track, rung))
    return unchanged;
  const next = nextRung(track, track);
  return next === null ? unchanged : accepted({ kind: 'escalated', data: { track: name, ...next, reason } });
}

function reopen(state: IncidentState, reason: string | null, asking: Asking): Decision {
  if (state.status === 'triggered' || state.status === 'acknowledged') return unchanged;
  const closedMs = state.closedAt === null ? null : Date.parse(asking.now) - Date.parse(state.closedAt);
  if (closedMs !== null && closedMs > REOPEN_WINDOW_MS) {
    return refused(
      'reopen_window_over',
      `${state.number} was closed at ${state.closedAt ?? '?'}; declare a new incident and link it`,
    );
  }
  return accepted({ kind: 'reopened', data: { reason } });
}
