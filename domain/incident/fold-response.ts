/**
 * Folds events of paging, acknowledgement, priority and alerts into an incident's state. Runs and reviews fold in their own
 * files.
 */
import type { EngagedEscalation, FactData, IncidentEvent } from './events.js';
import { isKey } from './actors.js';
import { reopenedPostmortem, replannedPostmortem, resolvedPostmortem } from '../postmortem/fold-review.js';
import { onReturn } from './flapping.js';
import { holderOf, isPerson } from './holder.js';
import { fellQuiet, firesAgain } from './quiet.js';
import type { IncidentState, Responder, EscalationState } from './state.js';
import { withoutResponder } from './responder-left.js';
import { acknowledgedEscalation, openEscalation, restartedEscalation } from './escalations.js';
import { triggeredAnew } from './restart-paging.js';

const onEscalation = (
  state: IncidentState,
  name: string,
  change: (escalation: EscalationState) => EscalationState,
): IncidentState => ({
  ...state,
  escalations: state.escalations.map((escalation) =>
    escalation.name === name ? change(escalation) : escalation,
  ),
});

/*
 * decide-commander.ts decides who becomes commander and who stops being it, and the events carry it. Events stored before they did
 * keep their meaning by the defaults below: the first person to acknowledge became commander, and stopped being it by unacknowledging
 * unless the role had been assigned. These defaults never change, whatever decide-commander.ts decides later.
 */
const commanderAfterAcknowledging = (
  { commander }: IncidentState,
  { person, becomesCommander = commander === null && isPerson(person) }: FactData<'acknowledged'>,
): string | null => (becomesCommander ? person : commander);

const commanderAfterUnacknowledging = (
  { commander, roles }: IncidentState,
  actor: string,
  {
    stopsBeingCommander = actor === commander && roles['commander'] === undefined,
  }: FactData<'unacknowledged'>,
): string | null => (stopsBeingCommander ? null : commander);

/** Null is never. */
const earlier = (a: string | null, b: string | null): string | null =>
  a === null || b === null ? (a ?? b) : a < b ? a : b;

function paged(state: IncidentState, at: string, data: FactData<'paged'>): IncidentState {
  const escalation = state.escalations.find((candidate) => candidate.name === data.escalation);
  if (escalation === undefined) return state;
  const known = new Set(
    state.responders.filter((one) => one.team === escalation.team).map((one) => one.person),
  );
  const joined: Responder[] = data.people
    .filter((person) => !known.has(person))
    .map((person) => ({
      person,
      team: escalation.team,
      discipline: escalation.discipline,
      required: escalation.required,
      pagedAt: at,
      acknowledgedAt: null,
    }));
  const next = onEscalation(state, data.escalation, (current) => ({
    ...current,
    cycle: data.cycle,
    step: data.step,
    phase: data.catchAll ? 'exhausted' : 'waiting',
    nextAt: earlier(data.nextAt, current.passesOnAt ?? null),
    passesOnAt: null,
    paged: data.people,
    awaiting: data.everyone ? data.people : [],
  }));
  return { ...next, lastPagedAt: at, responders: [...next.responders, ...joined] };
}

function acknowledged(
  state: IncidentState,
  { at, actor, data }: Extract<IncidentEvent, { kind: 'acknowledged' }>,
): IncidentState {
  const { person, expiresAt } = data;
  const byKey = isKey(actor);
  const own = !byKey && state.acknowledgedVia != null && state.acknowledgedBy === person;
  // An acknowledgement by a source has no holder: the first person to acknowledge becomes the holder.
  const first =
    state.acknowledgedBy === null || state.status === 'triggered' || own || holderOf(state) === null;
  return {
    ...state,
    status: 'acknowledged',
    acknowledgedAt: state.acknowledgedAt ?? at,
    acknowledgedBy: first ? person : state.acknowledgedBy,
    ...(first && (byKey || state.acknowledgedVia != null) ? { acknowledgedVia: byKey ? actor : null } : {}),
    commander: commanderAfterAcknowledging(state, data),
    ackExpiresAt: expiresAt,
    // A second acknowledgement does not end the first person's snooze.
    snoozedUntil: state.status === 'triggered' ? null : state.snoozedUntil,
    responders: [...state.responders, ...joinedBy(state, data)].map((one) =>
      !byKey && one.person === person && one.acknowledgedAt === null ? { ...one, acknowledgedAt: at } : one,
    ),
    escalations: state.escalations.map((escalation) =>
      acknowledgedEscalation(state, escalation, byKey ? { ...data, person: actor } : data),
    ),
  };
}

/** A person who acknowledges without being paged becomes a responder: for their engaged teams, else for none. */
function joinedBy(state: IncidentState, { person, teams }: FactData<'acknowledged'>): Responder[] {
  if (teams === undefined) return [];
  const known = state.responders.filter((one) => one.person === person);
  const own = state.escalations.filter(
    ({ team }) => teams.includes(team) && !known.some((one) => one.team === team),
  );
  const isOutsider = known.length === 0 && own.length === 0;
  const joins = isOutsider ? [{ team: teams[0] ?? '', discipline: '', required: false }] : own;
  return joins.map(({ team, discipline, required }) => ({
    person,
    team,
    discipline,
    required,
    pagedAt: null,
    acknowledgedAt: null,
  }));
}

/** An engaged team may become required; it must then acknowledge itself, even if a person outside the team has acknowledged. */
function requiredNow(
  state: IncidentState,
  escalation: EscalationState,
  engaged: readonly EngagedEscalation[],
): EscalationState {
  if (escalation.required || !engaged.some(({ name, required }) => name === escalation.name && required))
    return escalation;
  const hasAnswered = state.responders.some(
    ({ team, acknowledgedAt }) => team === escalation.team && acknowledgedAt !== null,
  );
  return {
    ...(escalation.phase === 'answered' && !hasAnswered ? restartedEscalation(escalation) : escalation),
    required: true,
  };
}

/** The holder under the old priority stays the holder, for as long as the new priority's acknowledgement lasts. */
const reclocked = (state: IncidentState, at: string, ackTimeoutMs: number): string | null => {
  if (state.status !== 'acknowledged' || ackTimeoutMs === state.ackTimeoutMs) return state.ackExpiresAt;
  return ackTimeoutMs > 0 ? new Date(Date.parse(at) + ackTimeoutMs).toISOString() : null;
};

function prioritySet(state: IncidentState, at: string, data: FactData<'priority_set'>): IncidentState {
  const known = new Set(state.escalations.map((escalation) => escalation.name));
  // With a holder, only teams that must acknowledge themselves are paged for the new priority.
  const joined = (engaged: EngagedEscalation): EscalationState =>
    state.status === 'acknowledged' && !engaged.required
      ? { ...openEscalation(engaged), phase: 'answered' }
      : openEscalation(engaged);
  const required = new Set(data.engaged.flatMap((engaged) => (engaged.required ? [engaged.name] : [])));
  const next: IncidentState = {
    ...state,
    priority: data.priority,
    priorityReasons: data.reasons,
    priorityBy: data.by,
    ackTimeoutMs: data.ackTimeoutMs,
    ackExpiresAt: reclocked(state, at, data.ackTimeoutMs),
    postmortem: replannedPostmortem(state, at, data),
    responders: state.responders.map((one) => (required.has(one.team) ? { ...one, required: true } : one)),
    escalations: [
      ...state.escalations.map((escalation) => requiredNow(state, escalation, data.engaged)),
      ...data.engaged.filter((engaged) => !known.has(engaged.name)).map(joined),
    ],
  };
  return data.startsOver === true ? startedOver(state, next) : next;
}

/** Unacknowledged or snoozed escalations restart; a held incident stays with its holder. */
function startedOver(before: IncidentState, state: IncidentState): IncidentState {
  const known = new Set(before.escalations.map((escalation) => escalation.name));
  if (holderOf(before) !== null && before.snoozedUntil === null) {
    const escalations = state.escalations.map((escalation) =>
      known.has(escalation.name) && escalation.phase !== 'answered' && escalation.phase !== 'stopped'
        ? restartedEscalation(escalation)
        : escalation,
    );
    return { ...state, escalations };
  }
  const escalations = state.escalations.map((escalation): EscalationState =>
    known.has(escalation.name) ? restartedEscalation(escalation) : { ...escalation, phase: 'to_page' },
  );
  return { ...state, status: 'triggered', ackExpiresAt: null, snoozedUntil: null, escalations };
}

export function foldResponse(state: IncidentState, event: IncidentEvent): IncidentState {
  switch (event.kind) {
    case 'alert_joined':
      return {
        ...firesAgain(state, event.at),
        alertsOpen: state.alertsOpen + 1,
        alertsTotal: state.alertsTotal + 1,
      };
    case 'alert_moved':
      return {
        ...state,
        alertsOpen: Math.max(0, state.alertsOpen - 1),
        alertsTotal: Math.max(0, state.alertsTotal - 1),
      };
    case 'alert_closed':
      return { ...state, alertsOpen: Math.max(0, state.alertsOpen - 1) };
    case 'priority_set':
      return prioritySet(state, event.at, event.data);
    case 'paged':
      return paged(state, event.at, event.data);
    case 'step_skipped':
    case 'escalated': {
      const { escalation, cycle, step } = event.data;
      return onEscalation(state, escalation, (current) => ({
        ...current,
        cycle,
        step,
        phase: 'to_page',
        nextAt: null,
        named: event.kind === 'escalated' ? (event.data.to ?? null) : null,
        ...(event.kind === 'escalated'
          ? { escalatedAt: event.at, escalatedByClock: event.actor === 'tocsin' }
          : {}),
        paged: [],
        awaiting: [],
      }));
    }
    case 'exhausted':
      return onEscalation(state, event.data.escalation, (escalation) => ({
        ...escalation,
        phase: 'exhausted',
        nextAt: null,
      }));
    case 'declined':
      return onEscalation(state, event.data.escalation, (escalation) => ({
        ...escalation,
        declinedAt: { ...escalation.declinedAt, [event.data.person]: event.at },
      }));
    case 'acknowledged':
      return acknowledged(state, event);
    case 'unacknowledged':
      return {
        ...triggeredAnew(state),
        commander: commanderAfterUnacknowledging(state, event.onBehalfOf ?? event.actor, event.data),
      };
    case 'acknowledgement_expired':
    case 'snooze_ended':
      return triggeredAnew(state);
    case 'reopened':
      return {
        ...triggeredAnew(state),
        // A person who reopens has looked at the incident: paging starts over. An alert that returns gets a new settle time.
        ...(event.actor.startsWith('source:') ? onReturn(state, event.at) : {}),
        postmortem: reopenedPostmortem(state.postmortem),
        resolvedAt: null,
        resolvedBy: null,
        firedWhenResolved: 0,
        closedAt: null,
        resolutionProposed: false,
      };
    case 'responder_left':
      return withoutResponder(state, event.data.person);
    case 'snoozed':
      return { ...state, snoozedUntil: event.data.until, snoozedBy: event.onBehalfOf ?? event.actor };
    case 'resolved':
      return {
        ...state,
        status: 'resolved',
        postmortem: resolvedPostmortem(state.postmortem, event.data),
        resolvedAt: event.at,
        resolvedBy: event.actor,
        ackExpiresAt: null,
        snoozedUntil: null,
        alertsOpen: 0,
        firedWhenResolved: event.data.stillFiring ?? 0,
        resolutionProposed: false,
        resolvesAt: null,
        escalations: state.escalations.map((escalation) => ({
          ...escalation,
          nextAt: null,
          passesOnAt: escalation.nextAt ?? escalation.passesOnAt ?? null,
          awaiting: [],
        })),
      };
    case 'resolution_proposed':
      return fellQuiet(state, event.data.resolvesAt ?? null);
    case 'role_assigned': {
      const { role, person } = event.data;
      const roles = { ...state.roles, [role]: person };
      return { ...state, roles, commander: role === 'commander' ? person : state.commander };
    }
    case 'merged':
      return { ...state, mergedInto: event.data.into };
    case 'merged_from': {
      const { alertsOpen, alertsTotal } = event.data;
      // An incident that a person declared is not over when its alerts are.
      const fires = alertsOpen > 0 || alertsTotal === 0;
      return {
        ...(fires ? firesAgain(state, event.at) : state),
        alertsOpen: state.alertsOpen + alertsOpen,
        alertsTotal: state.alertsTotal + alertsTotal,
      };
    }
    case 'closed':
      return { ...state, status: 'closed', closedAt: event.at };
    default:
      // Narrative facts (noted, diagnostic_finished): the timeline shows them, no decision depends on them.
      return state;
  }
}
