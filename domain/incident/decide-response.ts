/** Decides paging, acknowledging and resolving: the commands of the incident table in docs/domain.md, each with its refusals. */
import {
  type CommandContext,
  type Decision,
  type ResponseCommand,
  accepted,
  refused,
  unchanged,
} from './commands.js';
import { isKey } from './actors.js';
import { decline, escalate, unacknowledge } from './decide-escalation-request.js';
import { personLeft } from './decide-responder-left.js';
import { marked, markedDocument } from '../people/spoken.js';
import { prioritySet, raisedByJoining, setPriority } from './decide-priority-change.js';
import type { IncidentFact } from './events.js';
import { holderOf, isPerson } from './holder.js';
import { isOpenIncident } from './is-open.js';
import { isQuiet } from './quiet.js';
import { nextUpdateDue, nextUpdateReminder } from './owed-updates.js';
import type { IncidentState, EscalationState } from './state.js';
import { answeredBy, findEscalation, isCatchAll, isPaging, nextStepRef, isSameStep } from './escalations.js';

/** A closed incident may be reopened within this time; later it is a new incident (docs/domain.md, Incident: reopen). */
const REOPEN_WINDOW_MS = 7 * 86_400_000;

export function decideResponse(
  state: IncidentState,
  command: ResponseCommand,
  context: CommandContext,
): Decision {
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
      return reopen(state, command.reason, context);
    case 'absorb':
      return ifActive(state, () => absorb(state, command));
    case 'set_priority': {
      const { type: _type, ...weight } = command;
      return setPriority(state, weight);
    }
    case 'resolve_quiet':
      return resolveQuiet(state, context);
    case 'remind_update':
      return remindUpdate(state, command, context);
    case 'page':
      return page(state, command);
    case 'leave_step':
      return abandonStep(state, command);
    case 'expire_acknowledgement':
      return expireAcknowledgement(state, context);
    case 'person_left':
      return personLeft(state, command);
    case 'end_snooze':
      return state.snoozedUntil === null ||
        isQuiet(state) ||
        Date.parse(context.now) < Date.parse(state.snoozedUntil)
        ? unchanged
        : accepted({ kind: 'snooze_ended', data: {} });
    case 'acknowledge':
    case 'unacknowledge':
    case 'escalate':
    case 'decline':
    case 'snooze':
    case 'resolve':
    case 'merge':
      return ifActive(state, () => decideActive(state, command, context));
  }
}

type ActiveCommand = Extract<
  ResponseCommand,
  { type: 'acknowledge' | 'unacknowledge' | 'escalate' | 'decline' | 'snooze' | 'resolve' | 'merge' }
>;

function decideActive(state: IncidentState, command: ActiveCommand, context: CommandContext): Decision {
  switch (command.type) {
    case 'acknowledge':
      return acknowledge(state, command, context);
    case 'unacknowledge':
      return unacknowledge(state, command, context);
    case 'escalate':
      return escalate(state, command, context);
    case 'decline':
      return decline(state, command, context);
    case 'snooze':
      return snooze(command.until, context.now);
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

/** Alerts that still fire are closed with the incident: an open alert of a finished incident would page no one. */
function resolve(
  { alertsOpen }: IncidentState,
  { comment, because }: Extract<ResponseCommand, { type: 'resolve' }>,
): Decision {
  const data = { comment, because, ...(alertsOpen > 0 ? { stillFiring: alertsOpen } : {}) };
  return accepted({ kind: 'resolved', data });
}

function resolveQuiet(state: IncidentState, { now }: CommandContext): Decision {
  const { resolvesAt = null } = state;
  // Something fired again, a person acted, or it is resolved already: the newer state wins.
  if (resolvesAt === null || Date.parse(now) < Date.parse(resolvesAt)) return unchanged;
  return accepted({ kind: 'resolved', data: { comment: null, because: 'quiet' } });
}

/** An update was written, nobody has it any more, or another process was faster: the newer state wins. */
function remindUpdate(
  state: IncidentState,
  { reminder, people }: Extract<ResponseCommand, { type: 'remind_update' }>,
  { now }: CommandContext,
): Decision {
  const [next, due] = [nextUpdateReminder(state), nextUpdateDue(state)];
  if (next === null || due === null || next.reminder !== reminder || now < next.at) return unchanged;
  return accepted({ kind: 'update_overdue', data: { reminder, people, due } });
}

/** The limit of `for` as well; a typing error would keep an incident silent for years. */
const SNOOZE_MAX_DAYS = 30;

function snooze(until: string, now: string): Decision {
  const forMs = Date.parse(until) - Date.parse(now);
  if (forMs <= 0) return refused('snooze_in_the_past', `${until} has passed already (it is ${now})`);
  return forMs <= SNOOZE_MAX_DAYS * 86_400_000
    ? accepted({ kind: 'snoozed', data: { until } })
    : refused('snooze_too_long', `${until} is more than ${SNOOZE_MAX_DAYS} days from now (it is ${now})`);
}

/** A real incident merged into a drill would page under the words "this is an exercise", and end with the drill. */
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
  // The higher priority stays even if a person set the lower one: the person who merges sees both.
  if (weight === null || weight.priority >= state.priority) return accepted(merged);
  if (!unowned) return accepted(merged, prioritySet(state, weight));
  const why = `${data.number}, which nobody has, is ${weight.priority} and was merged into this`;
  return accepted(merged, ...raisedByJoining(state, weight, why));
}

function acknowledge(
  state: IncidentState,
  { person, teams }: Extract<ResponseCommand, { type: 'acknowledge' }>,
  context: CommandContext,
): Decision {
  if (isKey(context.actor)) return acknowledgeFor(state, person, context);
  const answered = answeredBy(state, { person, ...(teams === undefined ? {} : { teams }) });
  const hasAnswered =
    (state.acknowledgedBy === person && state.acknowledgedVia == null) ||
    state.responders.some((one) => one.person === person && one.acknowledgedAt !== null);
  // A person who has acknowledged may be awaited again: by a further step, or another team's escalation.
  const isAwaited =
    answered.length > 0 || state.escalations.some((escalation) => escalation.awaiting.includes(person));
  if (state.status === 'acknowledged' && hasAnswered && !isAwaited) return unchanged;
  const expiresAt = acknowledgementEnd(state, isPerson(person), context.now);
  return accepted({
    kind: 'acknowledged',
    data: { person, answered, expiresAt, ...(teams === undefined ? {} : { teams }) },
  });
}

/** An acknowledgement by a machine (API key, source) expires after this time, even when the plan sets no expiry (ADR 13). */
const MACHINE_ACKNOWLEDGEMENT_MS = 30 * 60_000;

/** ISO 8601, or null for never. Of two people's acknowledgements the later end counts. A machine extends nothing. */
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
 * An API key acknowledges for a person: escalation stops, but the acknowledgement does not count where that person's own one is
 * required (a step that waits for everyone, a required team).
 */
function acknowledgeFor(state: IncidentState, person: string, context: CommandContext): Decision {
  const answered = answeredBy(state, { person: context.actor });
  if (state.status === 'acknowledged' && answered.length === 0) return unchanged;
  const expiresAt = acknowledgementEnd(state, false, context.now);
  return accepted({ kind: 'acknowledged', data: { person, answered, expiresAt } });
}

function expireAcknowledgement(state: IncidentState, context: CommandContext): Decision {
  if (state.status !== 'acknowledged' || state.ackExpiresAt === null || isQuiet(state)) return unchanged;
  // The holder was active after the timer was set: the newer deadline wins.
  if (Date.parse(context.now) < Date.parse(state.ackExpiresAt)) return unchanged;
  return accepted({ kind: 'acknowledgement_expired', data: {} });
}

function page(state: IncidentState, command: Extract<ResponseCommand, { type: 'page' }>): Decision {
  const escalation = findEscalation(state, command.escalation);
  if (escalation === undefined || !isPaging(state, escalation)) {
    return refused(
      'not_paging',
      `${state.number} pages nobody on ${markedDocument('Team', command.escalation)} now`,
    );
  }
  const next = nextStepRef(escalation, escalation);
  const isDue = escalation.phase === 'to_page' && isSameStep(escalation, command.due);
  const isNext = escalation.phase === 'waiting' && next !== null && isSameStep(next, command.due);
  if (!isDue && !isNext)
    return refused(
      'stale_step',
      `${markedDocument('Team', command.escalation)} is at step ${escalation.step} of cycle ${escalation.cycle}`,
    );

  const facts: IncidentFact[] = [];
  if (isNext) {
    facts.push({
      kind: 'escalated',
      data: { escalation: escalation.name, ...command.due, reason: command.reason },
    });
  }
  for (const skip of command.skipped)
    facts.push({ kind: 'step_skipped', data: { escalation: escalation.name, ...skip } });
  const { paged } = command;
  const [answerer] = paged?.people ?? [];
  if (paged?.everyone === true && answerer !== undefined && isAnsweredBefore(escalation, paged.people)) {
    const data = {
      person: answerer,
      answered: [escalation.name],
      expiresAt: state.ackExpiresAt,
      earlier: true,
    };
    return accepted(...facts, { kind: 'acknowledged', data });
  }
  if (paged !== null) facts.push({ kind: 'paged', data: { escalation: escalation.name, ...paged } });
  if (paged === null || paged.catchAll || isCatchAll(escalation, paged)) {
    facts.push({ kind: 'exhausted', data: { escalation: escalation.name, catchAll: paged?.people ?? [] } });
  }
  return accepted(...facts);
}

/** A step that waits for everyone is complete when each person has acknowledged, at any step. */
const isAnsweredBefore = (escalation: EscalationState, people: readonly string[]): boolean =>
  people.every((person) => escalation.answers?.includes(person));

function abandonStep(
  state: IncidentState,
  { escalation: name, stepRef, reason }: Extract<ResponseCommand, { type: 'leave_step' }>,
): Decision {
  const escalation = findEscalation(state, name);
  if (
    escalation === undefined ||
    escalation.phase !== 'waiting' ||
    !isPaging(state, escalation) ||
    !isSameStep(escalation, stepRef)
  )
    return unchanged;
  const next = nextStepRef(escalation, escalation);
  return next === null
    ? unchanged
    : accepted({ kind: 'escalated', data: { escalation: name, ...next, reason } });
}

function reopen(state: IncidentState, reason: string | null, context: CommandContext): Decision {
  if (isOpenIncident(state)) return unchanged;
  const closedMs = state.closedAt === null ? null : Date.parse(context.now) - Date.parse(state.closedAt);
  if (closedMs !== null && closedMs > REOPEN_WINDOW_MS) {
    return refused(
      'reopen_window_over',
      `${state.number} was closed at ${state.closedAt ?? '?'}; declare a new incident and link it`,
    );
  }
  return accepted({ kind: 'reopened', data: { reason } });
}
