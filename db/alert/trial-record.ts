/** What the record holds, for a sample message: read in one transaction that cannot write. */
import type { DataSource, EntityManager } from 'typeorm';
import type { TrialRecord } from '../../domain/alert/trial/tried.js';
import { readKeys } from './alert-rows.js';
import { groupId, incidentOfGroup } from './group-rows.js';
import { triggersOfKey } from './held-rows.js';
import { firingFor } from './inhibiting-alerts.js';
import { nothingKnown } from './signal-batch.js';

/** PostgreSQL refuses every write inside: what looks at the record for a "what if" stores nothing. */
export function readOnly<T>(dataSource: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  return dataSource.transaction('REPEATABLE READ', async (tx) => {
    await tx.query('SET TRANSACTION READ ONLY');
    return work(tx);
  });
}

export const trialRecord = (tx: EntityManager): TrialRecord => ({
  keyFacts: async (source, dedupKey) =>
    (await readKeys(tx, source, [dedupKey])).facts.get(dedupKey) ?? nothingKnown,
  triggers: (source, dedupKey) => triggersOfKey(tx, source, dedupKey),
  incidentOfGroup: (group) => incidentOfGroup(tx, groupId(group)),
  firing: (muting) => firingFor(tx, muting),
});

/** Numbers of incidents of the record. */
export async function numbersOf(tx: EntityManager, ids: readonly string[]): Promise<Map<string, string>> {
  const rows: { id: string; number: string }[] = await tx.query(
    `SELECT id, state->>'number' AS number FROM incident WHERE id = ANY ($1::uuid[])`,
    [ids],
  );
  return new Map(rows.map(({ id, number }) => [id, number]));
}
