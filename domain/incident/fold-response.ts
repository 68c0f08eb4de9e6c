/** How paging, answering, priority and alerts change an incident's state. Runs and reviews fold in their own files. */
import type { EngagedTrack, FactData, IncidentEvent } from './events.js';
import { reopenedPostmortem } from '../postmortem/fold-review.js';
import type { IncidentState, Responder, TrackState } from './state.js';
import { answeredBy, openTrack, restartedTrack } from './tracks.js';

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
    awaiting: data.everyone ? data.people : [],
  }));
  return { ...next, responders: [...next.responders, ...joined] };
}

function acknowledged(
  state: IncidentState,
  at: string,
  { person, answered, expiresAt }: FactData<'acknowledged'>,
): IncidentState {
  const { stillAwaited } = answeredBy(state, person);
  const first = state.acknowledgedBy === null || state.status === 'triggered';
  return {
    ...state,
    status: 'acknowledged',
    acknowledgedAt: state.acknowledgedAt ?? at,
    acknowledgedBy: first ? person : state.acknowledgedBy,
    commander: state.commander ?? person,
    ackExpiresAt: first ? expiresAt : state.ackExpiresAt,
    snoozedUntil: null,
    responders: state.responders.map((one) =>
      one.person === person && one.acknowledgedAt === null ? { ...one, acknowledgedAt: at } : one,
    ),
    tracks: state.tracks.map((track) =>
      answered.includes(track.name)
        ? { ...track, phase: 'answered', nextAt: null, awaiting: [] }
        : { ...track, awaiting: stillAwaited[track.name] ?? track.awaiting },
    ),
  };
}

function prioritySet(state: IncidentState, data: FactData<'priority_set'>): IncidentState {
  const known = new Set(state.tracks.map((track) => track.name));
  // Somebody has it: only those who must answer by themselves are paged for the new priority.
  const joined = (engaged: EngagedTrack): TrackState =>
    state.status === 'acknowledged' && !engaged.required
      ? { ...openTrack(engaged), phase: 'answered' }
      : openTrack(engaged);
  return {
    ...state,
    priority: data.priority,
    priorityReasons: data.reasons,
    priorityBy: data.by,
    ackTimeoutMs: data.ackTimeoutMs,
    tracks: [...state.tracks, ...data.engaged.filter((engaged) => !known.has(engaged.name)).map(joined)],
  };
}

export function foldResponse(state: IncidentState, event: IncidentEvent): IncidentState {
  switch (event.kind) {
    case 'alert_joined':
      return {
        ...state,
        alertsOpen: state.alertsOpen + 1,
        alertsTotal: state.alertsTotal + 1,
        resolutionProposed: false,
      };
    case 'alert_closed':
      return { ...state, alertsOpen: Math.max(0, state.alertsOpen - 1) };
    case 'priority_set':
      return prioritySet(state, event.data);
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
        awaiting: [],
      }));
    }
    case 'exhausted':
      return onTrack(state, event.data.track, (track) => ({ ...track, phase: 'exhausted', nextAt: null }));
    case 'acknowledged':
      return acknowledged(state, event.at, event.data);
    case 'acknowledgement_expired':
    case 'unacknowledged':
    case 'snooze_ended':
      return triggeredAnew(state);
    case 'reopened':
      return {
        ...triggeredAnew(state),
        postmortem: reopenedPostmortem(state.postmortem),
        resolvedAt: null,
        resolvedBy: null,
        closedAt: null,
        resolutionProposed: false,
      };
    case 'snoozed':
      return { ...state, snoozedUntil: event.data.until };
    case 'resolved':
      return {
        ...state,
        status: 'resolved',
        resolvedAt: event.at,
        resolvedBy: event.actor,
        ackExpiresAt: null,
        snoozedUntil: null,
        resolutionProposed: false,
        tracks: state.tracks.map((track) => ({ ...track, nextAt: null, awaiting: [] })),
      };
    case 'resolution_proposed':
      return { ...state, resolutionProposed: true };
    case 'role_assigned': {
      const { role, person } = event.data;
      const roles = { ...state.roles, [role]: person };
      return { ...state, roles, commander: role === 'commander' ? person : state.commander };
    }
    case 'merged':
      return { ...state, mergedInto: event.data.into };
    case 'merged_from':
      return {
        ...state,
        alertsOpen: state.alertsOpen + event.data.alertsOpen,
        alertsTotal: state.alertsTotal + event.data.alertsTotal,
      };
    case 'closed':
      return { ...state, status: 'closed', closedAt: event.at };
    default:
      // Narrative facts (noted, declined, diagnostic_finished): the timeline shows them, no decision depends on them.
      return state;
  }
}
