/** A body with any number of alerts is stored in parts, so that no transaction needs more locks than the database has. */
import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore } from '../connection/store.js';

const resolve = (dedupKey: string): AlertSignal => ({
  action: 'resolve',
  dedupKey,
  title: dedupKey,
  severity: 'info',
  labels: {},
  links: [],
  occurredAt: null,
  detail: null,
});
const source = { source: 'prometheus', spec: { format: 'alertmanager' as const } };

it('many alerts of one body are stored by several transactions, the body once', () =>
  withDatabase(async (db) => {
    const store = createStore(db, randomBytes(32));
    const signals = Array.from({ length: 1_100 }, (_, n) => resolve(`key ${n}`));
    const taken = await store.intake.ingest({ ...source, signals, raw: Buffer.from('the body') });
    expect(taken.map(({ dedupKey }) => dedupKey).toSorted()).toEqual(
      signals.map(({ dedupKey }) => dedupKey).toSorted(),
    );
    const [stored] = await db.query(
      'SELECT count(*)::int AS keys, count(DISTINCT xmin::text)::int AS transactions FROM parked_resolve',
    );
    expect(stored).toEqual({ keys: 1_100, transactions: 22 });
    expect(await db.query('SELECT signals FROM ingest_log')).toEqual([{ signals: 1_100 }]);
  }));

it('the end of a group closes as many alerts as it has, but those that its notification names as firing', () =>
  withDatabase(async (db) => {
    const store = createStore(db, randomBytes(32));
    await db.query(
      `INSERT INTO alert (id, source, dedup_key, status, title, severity, labels, links, detail, count, reasons, first_at, last_at,
         triggered_at, group_key)
       SELECT gen_random_uuid(), 'prometheus', 'key ' || n, 'open', 't', 'error', '{}', '[]', '{}', 1, '[]', tocsin_now(),
         tocsin_now(), tocsin_now(), 'g' FROM generate_series(1, 1200) AS n`,
    );
    const firing: AlertSignal = { ...resolve('key 7'), action: 'trigger' };
    const group = { key: 'g', isOver: true, truncated: 0 };
    await store.intake.ingest({ ...source, signals: [firing], group, raw: null });
    expect(await db.query(`SELECT dedup_key FROM alert WHERE status = 'open'`)).toEqual([
      { dedup_key: 'key 7' },
    ]);
  }));
