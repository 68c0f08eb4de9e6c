/** One cause, two incidents: the alerts move, the merged one closes pointing at the other (domain.md, merge). */
import type { EntityManager } from 'typeorm';
import type { Actor } from '../domain/incident/state.js';
import { lockIncident } from './incident-row.js';
import type { Recorder, RecordOutcome } from './record.js';

export interface MergeIncidents {
  incidentId: string;
  into: string;
  actor: Actor;
  idempotencyKey?: string;
}

/** In the caller's transaction, which is rolled back by the caller when the outcome is not `accepted`. */
export async function mergeIncidents(
  tx: EntityManager,
  recorder: Recorder,
  { incidentId, into, actor, idempotencyKey }: MergeIncidents,
): Promise<RecordOutcome> {
  // Both rows are locked in the order of their ids, so that two merges never wait for each other.
  for (const id of [incidentId, into].sort())
    if ((await lockIncident(tx, id)) === null) return { kind: 'not_found' };
  const [source, target] = [await lockIncident(tx, incidentId), await lockIncident(tx, into)];
  if (source === null || target === null) return { kind: 'not_found' };

  const { alertsOpen, alertsTotal, number } = source.state;
  const command = { type: 'merge', into, number: target.state.number } as const;
  const merged = await recorder.recordLocked(tx, source, { incidentId, actor, idempotencyKey, command });
  if (merged.kind !== 'accepted') return merged;
  const absorbed = await recorder.recordLocked(tx, target, {
    incidentId: into,
    actor,
    command: { type: 'absorb', incident: incidentId, number, alertsOpen, alertsTotal },
  });
  if (absorbed.kind === 'refused') return { ...absorbed, state: source.state };
  await tx.query('UPDATE alert SET incident_id = $2 WHERE incident_id = $1', [incidentId, into]);
  return merged;
}
