/**
 * The one door for live data (who stands in for whom, how people are reached): under the lock of the configuration, with its
 * audit entry, and told to every process.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigSnapshot, PersonSpec, ScheduleSpec } from '../domain/config/specs.js';
import type { Actor } from '../domain/incident/state.js';
import { CONFIG_STAMP, type ConfigSnapshots } from './config-snapshot.js';
import { liveDataChanged } from './live-data.js';
import { retryingTransaction } from './retrying-transaction.js';

interface SpecOf {
  Person: PersonSpec;
  Schedule: ScheduleSpec;
}

export interface LiveChange<K extends keyof SpecOf> {
  tx: EntityManager;
  snapshot: ConfigSnapshot;
  /** As the document has it. */
  spec: SpecOf[K];
  /** Database time, ISO 8601. */
  now: string;
  /** Keeps the audit entry, and makes every process read live data anew. Addresses and codes are no part of `data`. */
  changed: (action: string, actor: Actor, data: object) => Promise<void>;
}

/** Null when there is no such document. What `work` decides holds until it is written: nobody else changes anything. */
export function liveChange<K extends keyof SpecOf, T>(
  dataSource: DataSource,
  snapshots: ConfigSnapshots,
  { kind, name }: { kind: K; name: string },
  work: (change: LiveChange<K>) => Promise<T>,
): Promise<T | null> {
  return retryingTransaction(dataSource, async (tx) => {
    const rows: { stamp: string; now: Date }[] = await tx.query(
      `SELECT ${CONFIG_STAMP} AS stamp, tocsin_now() AS now FROM config_head FOR UPDATE`,
    );
    const head = rows[0];
    if (head === undefined) throw new Error('config_head has no row');
    const snapshot = await snapshots.at(tx, Number(head.stamp));
    const spec: SpecOf[K] | undefined = snapshot.get(kind, name)?.spec;
    if (spec === undefined) return null;
    return work({
      tx,
      snapshot,
      spec,
      now: head.now.toISOString(),
      async changed(action, actor, data) {
        await tx.query(
          'INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), $1, $2, $3, $4)',
          [actor, action, `${kind.toLowerCase()}/${name}`, JSON.stringify(data)],
        );
        await liveDataChanged(tx);
      },
    });
  });
}
