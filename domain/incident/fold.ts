/** `state = fold(events)`: the one function that computes both the database row and the workflow's state. */
import { foldReview, isReviewEvent, noPostmortem, plannedPostmortem } from '../postmortem/fold-review.js';
import { foldRun, isRunEvent } from '../runbook/fold-run.js';
import type { IncidentEvent } from './events.js';
import { endsFlapping } from './flapping.js';
import { foldResponse } from './fold-response.js';
import { updatesAfter } from './owed-updates.js';
import { isQuiet, restartedQuiet } from './quiet.js';
import { openEscalation } from './escalations.js';
import type { IncidentState } from './state.js';

function opened(id: string, event: Extract<IncidentEvent, { kind: 'opened' }>): IncidentState {
  const { data } = event;
  return {
    id,
    seq: event.seq,
    number: data.number,
    title: data.title,
    service: data.service,
    team: data.team,
    severity: data.severity,
    priority: data.priority,
    priorityReasons: data.priorityReasons,
    priorityBy: null,
    status: 'triggered',
    drill: data.drill,
    commander: null,
    roles: {},
    responders: [],
    escalations: data.escalations.map(openEscalation),
    ackTimeoutMs: data.ackTimeoutMs,
    ackExpiresAt: null,
    snoozedUntil: null,
    alertsOpen: data.alert === null ? 0 : 1,
    alertsTotal: data.alert === null ? 0 : 1,
    resolutionProposed: false,
    ...(data.quietMs === undefined ? {} : { quietMs: data.quietMs }),
    runs: {},
    postmortem: plannedPostmortem(noPostmortem, data.postmortem),
    mergedInto: null,
    createdAt: event.at,
    acknowledgedAt: null,
    acknowledgedBy: null,
    resolvedAt: null,
    resolvedBy: null,
    closedAt: null,
  };
}

/** Applies one event. A repeated event (a `seq` already applied) changes nothing, so delivery may be at least once. */
export function applyEvent(id: string, state: IncidentState | null, event: IncidentEvent): IncidentState {
  if (event.kind === 'opened') return state ?? withUpdates(null, opened(id, event), event);
  if (state === null) throw new Error(`Incident ${id} has no opened event before seq ${event.seq}`);
  if (event.seq <= state.seq) return state;
  const next = isRunEvent(event)
    ? { ...state, runs: foldRun(state.runs, event) }
    : isReviewEvent(event)
      ? { ...state, postmortem: foldReview(state.postmortem, event) }
      : foldResponse(state, event);
  const folded = {
    ...next,
    seq: event.seq,
    ackExpiresAt: restartedAckClock(next, event),
    ...(next.pagesFrom != null && endsFlapping(event) ? { pagesFrom: null } : {}),
    ...(isQuiet(next) ? { resolvesAt: restartedQuiet(next, event) } : {}),
  };
  return withUpdates(state, folded, event);
}

function withUpdates(before: IncidentState | null, next: IncidentState, event: IncidentEvent): IncidentState {
  const updates = updatesAfter(before, next, event);
  return updates === undefined ? next : { ...next, updates };
}

/** Any recorded action of the holder restarts the acknowledgement clock, because it shows that the holder is active. */
function restartedAckClock(state: IncidentState, event: IncidentEvent): string | null {
  const active =
    state.status === 'acknowledged' && event.actor === state.acknowledgedBy && state.ackTimeoutMs > 0;
  return active ? new Date(Date.parse(event.at) + state.ackTimeoutMs).toISOString() : state.ackExpiresAt;
}

/** Folds events in `seq` order onto a state (or null). */
export function foldEvents(
  id: string,
  state: IncidentState | null,
  events: readonly IncidentEvent[],
): IncidentState {
  const folded = events.reduce<IncidentState | null>(
    (current, event) => applyEvent(id, current, event),
    state,
  );
  if (folded === null) throw new Error(`Incident ${id} has no events`);
  return folded;
}
