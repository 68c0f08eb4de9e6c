/**
 * Another priority sets another response in motion: its plan is frozen in beside what is under way, its disciplines are engaged.
 * A person may set any; rules only raise, and never touch what a person set (`decide` refuses or ignores it).
 */
import type { EntityManager } from 'typeorm';
import type { Priority } from '../domain/config/specs.js';
import { nextDeadline } from '../domain/incident/deadline.js';
import type { PriorityWeight } from '../domain/incident/commands.js';
import type { IncidentResponse, ResponseTrack } from '../domain/incident/response.js';
import type { Actor, IncidentState } from '../domain/incident/state.js';
import { buildResponse, engagedTracks } from '../domain/response/build-response.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { type LockedIncident, lockIncident } from './incident-row.js';
import type { Recorder, RecordOutcome } from './record.js';

export interface PriorityWish {
  incidentId: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
  idempotencyKey?: string;
  idempotencyDigest?: string;
  seen?: string | undefined;
  unseen?: boolean;
  /** The person whose priority it is; null for the rules. */
  by: string | null;
  decide: (state: IncidentState) => { priority: Priority; reasons: string[] };
}

interface Weighing {
  recorder: Recorder;
  snapshots: ConfigSnapshots;
}

/** In the caller's transaction. */
export async function applyPriority(
  tx: EntityManager,
  by: Weighing,
  { decide, ...asked }: PriorityWish,
): Promise<RecordOutcome> {
  const locked = await lockIncident(tx, asked.incidentId);
  if (locked === null) return { kind: 'not_found' };
  const { weight, response } = await weigh(tx, by, locked, { ...decide(locked.state), by: asked.by });
  const outcome = await by.recorder.recordLocked(tx, locked, {
    ...asked,
    command: { type: 'set_priority', ...weight },
  });
  if (outcome.kind === 'accepted') await saveResponse(tx, outcome.state, response);
  return outcome;
}

export interface Weighed {
  weight: PriorityWeight;
  /** In force for the incident once the weight is recorded. */
  response: IncidentResponse;
}

/** What a priority would set in motion for this incident. `besides`: tracks of another incident that is merged into it. */
export async function weigh(
  tx: EntityManager,
  { snapshots }: Pick<Weighing, 'snapshots'>,
  { state, response: current, configVersion }: LockedIncident,
  decided: { priority: Priority; reasons: string[]; by: string | null; besides?: ResponseTrack[] },
): Promise<Weighed> {
  const { besides = [], ...wanted } = decided;
  const snapshot = await snapshots.at(tx, configVersion);
  const planned = buildResponse(snapshot, state.service, wanted.priority);
  const named = new Set(planned.tracks.map(({ name }) => name));
  const tracks = [...planned.tracks, ...besides.filter(({ name }) => !named.has(name))];
  const response = widened(current, { ...planned, tracks }, state);
  const weight: PriorityWeight = {
    ...wanted,
    engaged: engagedTracks(response),
    ackTimeoutMs: response.ackTimeoutMs,
    wakes: current.urgency === 'low' && response.urgency === 'high',
  };
  return { weight, response };
}

/** What it owes is due when the new response says so. */
export const saveResponse = (
  tx: EntityManager,
  state: IncidentState,
  response: IncidentResponse,
): Promise<unknown> =>
  tx.query('UPDATE incident SET response = $2, next_deadline = $3 WHERE id = $1', [
    state.id,
    JSON.stringify(response),
    nextDeadline(state, response.settleMs),
  ]);

/**
 * The response of the new priority, on top of what is under way: a track keeps the policy it began with, and becomes required
 * where the new plan says so.
 */
function widened(
  current: IncidentResponse,
  planned: IncidentResponse,
  state: IncidentState,
): IncidentResponse {
  const engaged = new Set(state.tracks.map(({ name }) => name));
  const added = planned.tracks.filter(({ name }) => !engaged.has(name) && name !== 'organisation');
  const required = new Set(planned.tracks.flatMap((track) => (track.required ? [track.name] : [])));
  const kept = current.tracks.map((track) => ({
    ...track,
    required: track.required || required.has(track.name),
  }));
  return {
    ...planned,
    tracks: [...kept, ...added],
    diagnostics: current.diagnostics,
    postmortem: current.postmortem,
  };
}
