/**
 * Another priority sets another response in motion: its plan is frozen in beside what is under way, its disciplines are engaged.
 * A person may set any; rules only raise, and never touch what a person set (`decide` refuses or ignores it).
 */
import type { EntityManager } from 'typeorm';
import type { Priority } from '../domain/config/specs.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { Actor, IncidentState } from '../domain/incident/state.js';
import { buildResponse, engagedTracks } from '../domain/response/build-response.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { lockIncident } from './incident-row.js';
import type { Recorder, RecordOutcome } from './record.js';

export interface PriorityWish {
  incidentId: string;
  actor: Actor;
  onBehalfOf?: string | undefined;
  idempotencyKey?: string;
  idempotencyDigest?: string;
  seen?: string | undefined;
  /** The person whose priority it is; null for the rules. */
  by: string | null;
  decide: (state: IncidentState) => { priority: Priority; reasons: string[] };
}

/** In the caller's transaction. */
export async function applyPriority(
  tx: EntityManager,
  { recorder, snapshots }: { recorder: Recorder; snapshots: ConfigSnapshots },
  { decide, by, ...asked }: PriorityWish,
): Promise<RecordOutcome> {
  const locked = await lockIncident(tx, asked.incidentId);
  if (locked === null) return { kind: 'not_found' };
  const { priority, reasons } = decide(locked.state);
  const snapshot = await snapshots.at(tx, locked.configVersion);
  const response = widened(
    locked.response,
    buildResponse(snapshot, locked.state.service, priority),
    locked.state,
  );
  const outcome = await recorder.recordLocked(tx, locked, {
    ...asked,
    command: {
      type: 'set_priority',
      priority,
      reasons,
      by,
      engaged: engagedTracks(response),
      ackTimeoutMs: response.ackTimeoutMs,
      wakes: locked.response.urgency === 'low' && response.urgency === 'high',
    },
  });
  if (outcome.kind === 'accepted') {
    await tx.query('UPDATE incident SET response = $2 WHERE id = $1', [
      asked.incidentId,
      JSON.stringify(response),
    ]);
  }
  return outcome;
}

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
