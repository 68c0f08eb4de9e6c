/** A person (or, later, a rule) sets the priority: the response of the new one is frozen in, new disciplines are engaged. */
import type { EntityManager } from 'typeorm';
import type { Priority } from '../domain/config/specs.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { Actor } from '../domain/incident/state.js';
import { buildResponse, engagedTracks } from '../domain/response/build-response.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { lockIncident } from './incident-row.js';
import type { Recorder, RecordOutcome } from './record.js';

export interface SetPriority {
  incidentId: string;
  priority: Priority;
  actor: Actor;
  comment: string | null;
  idempotencyKey?: string;
}

/** In the caller's transaction. Tracks that run go on with the policy they began with (frozen at trigger). */
export async function setPriority(
  tx: EntityManager,
  { recorder, snapshots }: { recorder: Recorder; snapshots: ConfigSnapshots },
  { incidentId, priority, actor, comment, idempotencyKey }: SetPriority,
): Promise<RecordOutcome> {
  const locked = await lockIncident(tx, incidentId);
  if (locked === null) return { kind: 'not_found' };
  const wanted = buildResponse(await snapshots.at(tx, locked.configVersion), locked.state.service, priority);
  const response = merged(locked.response, wanted);
  const outcome = await recorder.recordLocked(
    tx,
    { ...locked, response },
    {
      incidentId,
      actor,
      idempotencyKey,
      command: {
        type: 'set_priority',
        priority,
        reasons: [`set to ${priority} by ${actor}${comment === null ? '' : `: ${comment}`}`],
        by: actor,
        engaged: engagedTracks(response),
        ackTimeoutMs: response.ackTimeoutMs,
      },
    },
  );
  if (outcome.kind === 'accepted') {
    await tx.query('UPDATE incident SET response = $2 WHERE id = $1', [incidentId, JSON.stringify(response)]);
  }
  return outcome;
}

function merged(current: IncidentResponse, wanted: IncidentResponse): IncidentResponse {
  const running = new Set(current.tracks.map((track) => track.name));
  return {
    ...wanted,
    tracks: [...current.tracks, ...wanted.tracks.filter((track) => !running.has(track.name))],
    diagnostics: current.diagnostics,
    runbooks: [
      ...current.runbooks,
      ...wanted.runbooks.filter((one) => !current.runbooks.some((known) => known.name === one.name)),
    ],
  };
}
