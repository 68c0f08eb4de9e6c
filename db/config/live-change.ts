/**
 * The one way to change live data (overrides, contacts, preferences): under the configuration lock, with an audit
 * entry, and announced to every process.
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { ScheduleSpec } from '../../domain/oncall/schedule-spec.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import type { Actor } from '../../domain/incident/state.js';
import { CONFIG_STAMP, type ConfigSnapshots } from './config-snapshot.js';
import { liveDataChanged } from './live-data.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { type AuditedAction, writeAudit } from '../audit/write-audit.js';

interface SpecOf {
  Person: PersonSpec;
  Schedule: ScheduleSpec;
}

export interface LiveChange<K extends keyof SpecOf> {
  tx: EntityManager;
  snapshot: ConfigSnapshot;
  /** From the document. */
  spec: SpecOf[K];
  /** Database time, ISO 8601. */
  now: string;
  /**
   * Writes the audit entry and makes every process reload live data. `data` must contain no addresses and no codes.
   */
  changed: (action: string, actor: Actor, data: object) => Promise<void>;
}

/** Null when there is no such document. Runs `work` under the lock, so its decision holds until it is written. */
export function liveChange<K extends keyof SpecOf, T>(
  dataSource: DataSource,
  snapshots: ConfigSnapshots,
  { kind, name }: { kind: K; name: string },
  work: (change: LiveChange<K>) => Promise<T>,
): Promise<T | null> {
  return liveEdit(dataSource, snapshots, async ({ changed, ...edit }) => {
    const spec: SpecOf[K] | undefined = edit.snapshot.get(kind, name)?.spec;
    if (spec === undefined) return null;
    return work({
      ...edit,
      spec,
      changed: (action, actor, data) =>
        changed({ action, actor, subject: `${kind.toLowerCase()}/${name}`, data }),
    });
  });
}

export interface LiveEdit {
  tx: EntityManager;
  snapshot: ConfigSnapshot;
  /** Database time, ISO 8601. */
  now: string;
  changed: (action: AuditedAction) => Promise<void>;
}

/** A change of live data that belongs to no document, such as a silence. Runs `work` under the lock. */
export function liveEdit<T>(
  dataSource: DataSource,
  snapshots: ConfigSnapshots,
  work: (edit: LiveEdit) => Promise<T>,
): Promise<T> {
  return retryingTransaction(dataSource, async (tx) => {
    const rows: { stamp: string; now: Date }[] = await tx.query(
      `SELECT ${CONFIG_STAMP} AS stamp, tocsin_now() AS now FROM config_head FOR UPDATE`,
    );
    const head = rows[0];
    if (head === undefined) throw new Error('config_head has no row');
    return work({
      tx,
      snapshot: await snapshots.at(tx, Number(head.stamp)),
      now: head.now.toISOString(),
      async changed(action) {
        await writeAudit(tx, action);
        await liveDataChanged(tx);
      },
    });
  });
}
