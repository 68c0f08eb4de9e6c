/** How paging, answering, priority and alerts change an incident's state. Runs and reviews fold in their own files. */
import type { EngagedTrack, FactData, IncidentEvent } from './events.js';
import { isKey } from './actors.js';
import { reopenedPostmortem } from '../postmortem/fold-review.js';
import { holderOf, isPerson } from './holder.js';
import { fellQuiet, firesAgain } from './quiet.js';
import type { IncidentState, Responder, TrackState } from './state.js';
import { withoutResponder } from './left.js';
import { acknowledgedTrack, openTrack, restartedTrack } from './tracks.js';

const onTrack = (
  state: IncidentState,
  name: string,
  change: (track: TrackState) => TrackState,
): IncidentState => ({
  ...state,
  tracks: state.tracks.map((track) => (track.name === name ? change(track) : track)),
});

/** Everybody's escalation starts over, on a new cycle. */
const triggeredAnew = (state: IncidentState): IncidentState => ({
  ...state,
  status: 'triggered',
  ackExpiresAt: null,
  snoozedUntil: null,
  tracks: state.tracks.map(restartedTrack),
});

/** Who commands because they acknowledged first commands no longer when they give it back; who was made commander stays it. */
const commanderAfter = ({ commander, roles }: IncidentState, actor: string): string | null =>
  actor === commander && roles['commander'] === undefined ? null : commander;

function paged(state: IncidentState, at: string, data: FactData<'paged'>): IncidentState {
  const track = state.tracks.find((candidate) => candidate.name === data.track);
  if (track === undefined) return state;
  const known = new Set(state.responders.filter((one) => one.team === track.team).map((one) => one.person));
  const joined: Responder[] = data.people
    .filter((person) => !known.has(person))
    .map((person) => ({
      person,
      team: track.team,
      discipline: track.discipline,
      required: track.required,
      pagedAt: at,
      acknowledgedAt: null,
    }));
  const next = onTrack(state, data.track, (current) => ({
    ...current,
    cycle: data.cycle,
    step: data.step,
    phase: data.catchAll ? 'exhausted' : 'waiting',
    nextAt: data.nextAt,
    asked: data.people,
    awaiting: data.everyone ? data.people : [],
  }));
  return { ...next, responders: [...next.responders, ...joined] };
}

function acknowledged(
  state: IncidentState,
  { at, actor, data }: Extract<IncidentEvent, { kind: 'acknowledged' }>,
): IncidentState {
  const { person, expiresAt } = data;
  const byKey = isKey(actor);
  const own = !byKey && state.acknowledgedVia != null && state.acknowledgedBy === person;
  // Whom a source named before is nobody: the first person to answer has it.
  const first =
    state.acknowledgedBy === null || state.status === 'triggered' || own || holderOf(state) === null;
  return {
    ...state,
    status: 'acknowledged',
    acknowledgedAt: state.acknowledgedAt ?? at,
    acknowledgedBy: first ? person : state.acknowledgedBy,
    ...(first && (byKey || state.acknowledgedVia != null) ? { acknowledgedVia: byKey ? actor : null } : {}),
    commander: state.commander ?? (isPerson(person) ? person : null),
    ackExpiresAt: expiresAt,
    // Who joins somebody that has it and sleeps on it takes their alarm clock from nobody.
    snoozedUntil: state.status === 'triggered' ? null : state.snoozedUntil,
    responders: [...state.responders, ...joinedBy(state, data)].map((one) =>
      !byKey && one.person === person && one.acknowledgedAt === null ? { ...one, acknowledgedAt: at } : one,
    ),
    tracks: state.tracks.map((track) =>
      acknowledgedTrack(state, track, byKey ? { ...data, person: actor } : data),
    ),
  };
}

/** Who answers without having been paged is a responder from then on: for their teams that are engaged, else for none. */
function joinedBy(state: IncidentState, { person, teams }: FactData<'acknowledged'>): Responder[] {
  if (teams === undefined) return [];
  const known = state.responders.filter((one) => one.person === person);
  const own = state.tracks.filter(
    ({ team }) => teams.includes(team) && !known.some((one) => one.team === team),
  );
  const isStranger = known.length === 0 && own.length === 0;
  const joins = isStranger ? [{ team: teams[0] ?? '', discipline: '', required: false }] : own;
  return joins.map(({ team, discipline, required }) => ({
    person,
    team,
    discipline,
    required,
    pagedAt: null,
    acknowledgedAt: null,
  }));
}

/** A team that is engaged already may become required; then it has to answer by itself, whoever answered for it before. */
function requiredNow(state: IncidentState, track: TrackState, engaged: readonly EngagedTrack[]): TrackState {
  if (track.required || !engaged.some(({ name, required }) => name === track.name && required)) return track;
  const hasAnswered = state.responders.some(
    ({ team, acknowledgedAt }) => team === track.team && acknowledgedAt !== null,
  );
  return { ...(track.phase === 'answered' && !hasAnswered ? restartedTrack(track) : track), required: true };
}

/** Who had it under the old priority has it under the new one, for as long as that one lets an acknowledgement last. */
const reclocked = (state: IncidentState, at: string, ackTimeoutMs: number): string | null => {
  if (state.status !== 'acknowledged' || ackTimeoutMs === state.ackTimeoutMs) return state.ackExpiresAt;
  return ackTimeoutMs > 0 ? new Date(Date.parse(at) + ackTimeoutMs).toISOString() : null;
};

function prioritySet(state: IncidentState, at: string, data: FactData<'priority_set'>): IncidentState {
  const known = new Set(state.tracks.map((track) => track.name));
  // Somebody has it: only those who must answer by themselves are paged for the new priority.
  const joined = (engaged: EngagedTrack): TrackState =>
    state.status === 'acknowledged' && !engaged.required
      ? { ...openTrack(engaged), phase: 'answered' }
      : openTrack(engaged);
  const required = new Set(data.engaged.flatMap((engaged) => (engaged.required ? [engaged.name] : [])));
  const next: IncidentState = {
    ...state,
    priority: data.priority,
    priorityReasons: data.reasons,
    priorityBy: data.by,
    ackTimeoutMs: data.ackTimeoutMs,
    ackExpiresAt: reclocked(state, at, data.ackTimeoutMs),
    responders: state.responders.map((one) => (required.has(one.team) ? { ...one, required: true } : one)),
    tracks: [
      ...state.tracks.map((track) => requiredNow(state, track, data.engaged)),
      ...data.engaged.filter((engaged) => !known.has(engaged.name)).map(joined),
    ],
  };
  return data.startsOver === true ? startedOver(state, next) : next;
}

/** What nobody has answered, or somebody sleeps on, is paged anew; what somebody has is left with them. */
function startedOver(before: IncidentState, state: IncidentState): IncidentState {
  const known = new Set(before.tracks.map((track) => track.name));
  if (holderOf(before) !== null && before.snoozedUntil === null) {
    const tracks = state.tracks.map((track) =>
      known.has(track.name) && track.phase !== 'answered' && track.phase !== 'stopped'
        ? restartedTrack(track)
        : track,
    );
    return { ...state, tracks };
  }
  const tracks = state.tracks.map((track): TrackState =>
    known.has(track.name) ? restartedTrack(track) : { ...track, phase: 'to_page' },
  );
  return { ...state, status: 'triggered', ackExpiresAt: null, snoozedUntil: null, tracks };
}

export function foldResponse(state: IncidentState, event: IncidentEvent): IncidentState {
  switch (event.kind) {
    case 'alert_joined':
      return {
        ...firesAgain(state, event.at),
        alertsOpen: state.alertsOpen + 1,
        alertsTotal: state.alertsTotal + 1,
      };
    case 'alert_closed':
      return { ...state, alertsOpen: Math.max(0, state.alertsOpen - 1) };
    case 'priority_set':
      return prioritySet(state, event.at, event.data);
    case 'paged':
      return paged(state, event.at, event.data);
    case 'step_skipped':
    case 'escalated': {
      const { track, cycle, step } = event.data;
      return onTrack(state, track, (current) => ({
        ...current,
        cycle,
        step,
        phase: 'to_page',
        nextAt: null,
        named: event.kind === 'escalated' ? (event.data.to ?? null) : null,
        ...(event.kind === 'escalated'
          ? { escalatedAt: event.at, escalatedByClock: event.actor === 'tocsin' }
          : {}),
        asked: [],
        awaiting: [],
      }));
    }
    case 'exhausted':
      return onTrack(state, event.data.track, (track) => ({ ...track, phase: 'exhausted', nextAt: null }));
    case 'declined':
      return onTrack(state, event.data.track, (track) => ({
        ...track,
        declinedAt: { ...track.declinedAt, [event.data.person]: event.at },
      }));
    case 'acknowledged':
      return acknowledged(state, event);
    case 'unacknowledged':
      return { ...triggeredAnew(state), commander: commanderAfter(state, event.onBehalfOf ?? event.actor) };
    case 'acknowledgement_expired':
    case 'snooze_ended':
      return triggeredAnew(state);
    case 'reopened':
      return {
        ...triggeredAnew(state),
        // A person who opens it again has looked; an alert that comes and goes may settle once more.
        ...(event.actor.startsWith('source:') ? { settlesFrom: event.at } : {}),
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
        resolvedAt: event.at,
        resolvedBy: event.actor,
        ackExpiresAt: null,
        snoozedUntil: null,
        alertsOpen: 0,
        firedWhenResolved: event.data.stillFiring ?? 0,
        resolutionProposed: false,
        resolvesAt: null,
        tracks: state.tracks.map((track) => ({ ...track, nextAt: null, awaiting: [] })),
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
      // What a person declared is not over because alerts are.
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
