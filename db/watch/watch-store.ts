/**
 * Watches that are due: claimed by one worker at a time, evaluated, saved. What a watch tells, its state and its next time are
 * committed together, and only by its newest claim: nothing is told twice and nothing is lost when a worker ends between the two
 * (docs/adr/0034-watches-are-due-work.md).
 */
import type { DataSource, EntityManager } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import { durationMs } from '../../domain/shared/duration.js';
import type { TimedValue, ValueBucket } from '../../domain/watch/buckets.js';
import { tellsOfDeleted } from '../../domain/watch/decide-tells.js';
import type { WatchState } from '../../domain/watch/watch-state.js';
import { watchSource } from '../../domain/watch/watched-facts.js';
import type { Intake } from '../alert/intake.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { addToBuckets } from './watch-history.js';

/** Longer than any evaluation takes. */
const LEASE = '60 seconds';

export interface WatchClaim {
  name: string;
  version: number;
  /** Null: never evaluated. */
  state: WatchState | null;
  /** Epoch milliseconds: when it was due, and when it was claimed. */
  dueAt: number;
  now: number;
}

export interface Evaluated {
  name: string;
  version: number;
  state: WatchState;
  nextAt: number;
  buckets: ValueBucket[];
  /** Pushed values that were judged. */
  taken: TimedValue[];
}

export class WatchStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: Intake,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }

  /** Rows for new documents; those of deleted ones end their alerts and go. */
  async sync(): Promise<void> {
    await retryingTransaction(this.dataSource, async (tx) => {
      const documents = (await this.snapshots.latest(tx)).list('Watch');
      const names = documents.map(({ name }) => name);
      await tx.query(
        `INSERT INTO watch_state (name, next_at) SELECT name, tocsin_now() FROM unnest($1::text[]) AS name ORDER BY name
         ON CONFLICT DO NOTHING`,
        [names],
      );
      // An interval that became shorter counts from now on.
      await tx.query(
        `UPDATE watch_state w SET next_at = tocsin_now() + d.every * interval '1 ms'
           FROM unnest($1::text[], $2::float8[]) AS d (name, every)
          WHERE w.name = d.name AND w.next_at > tocsin_now() + d.every * interval '1 ms'`,
        [names, documents.map(({ spec }) => durationMs(spec.every))],
      );
      const gone: { name: string; state: WatchState | null; now: Date }[] = await tx.query(
        `SELECT name, state, tocsin_now() AS now FROM watch_state WHERE name <> ALL ($1) ORDER BY name LIMIT 100
            FOR UPDATE SKIP LOCKED`,
        [names],
      );
      for (const { name, state, now } of gone) await this.remove(tx, name, state, now.getTime());
    });
  }

  private async remove(
    tx: EntityManager,
    name: string,
    state: WatchState | null,
    now: number,
  ): Promise<void> {
    const ends = state === null ? [] : tellsOfDeleted(state, now);
    await this.tell(
      tx,
      name,
      ends.map(({ condition, sentence }): AlertSignal => ({
        action: 'resolve',
        dedupKey: condition,
        title: sentence,
        severity: 'info',
        labels: {},
        links: [],
        occurredAt: new Date(now).toISOString(),
        detail: null,
      })),
    );
    for (const table of ['watch_bucket', 'pushed_value'])
      await tx.query(`DELETE FROM ${table} WHERE watch = $1`, [name]);
    await tx.query('DELETE FROM watch_state WHERE name = $1', [name]);
  }

  async claim(limit: number): Promise<WatchClaim[]> {
    const [rows]: [
      { name: string; version: number; state: WatchState | null; next_at: Date; now: Date }[],
      number,
    ] = await this.dataSource.query(
      `UPDATE watch_state w SET leased_until = tocsin_now() + interval '${LEASE}', version = w.version + 1
         FROM (SELECT name FROM watch_state
                WHERE next_at <= tocsin_now() AND (leased_until IS NULL OR leased_until < tocsin_now())
                ORDER BY next_at LIMIT $1 FOR UPDATE SKIP LOCKED) due
        WHERE w.name = due.name RETURNING w.name, w.version, w.state, w.next_at, tocsin_now() AS now`,
      [limit],
    );
    return rows.map(({ next_at, now, ...row }) => ({
      ...row,
      dueAt: next_at.getTime(),
      now: now.getTime(),
    }));
  }

  /** Saves evaluations that tell nothing, in one transaction. */
  async save(evaluated: readonly Evaluated[]): Promise<void> {
    await retryingTransaction(this.dataSource, async (tx) => void (await saveIn(tx, evaluated)));
  }

  /** False: another worker has claimed the watch since; nothing is told. */
  async saveAndTell(one: Evaluated, signals: AlertSignal[]): Promise<boolean> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const saved = await saveIn(tx, [one]);
      if (!saved.has(one.name)) return false;
      await this.tell(tx, one.name, signals);
      return true;
    });
  }

  private async tell(tx: EntityManager, name: string, signals: AlertSignal[]): Promise<void> {
    if (signals.length === 0) return;
    const source = watchSource(name);
    // The alert's label names the service.
    await this.intake.ingestIn(tx, { source, spec: { format: 'generic' }, signals, raw: null });
  }
}

/** Names of those whose claim still was the newest one. */
async function saveIn(tx: EntityManager, evaluated: readonly Evaluated[]): Promise<Set<string>> {
  const ordered = evaluated.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const [rows]: [{ name: string }[], number] = await tx.query(
    `UPDATE watch_state w SET state = e.state, next_at = e.next_at, leased_until = NULL
       FROM unnest($1::text[], $2::int[], $3::jsonb[], $4::timestamptz[]) AS e (name, version, state, next_at)
      WHERE w.name = e.name AND w.version = e.version AND w.leased_until IS NOT NULL RETURNING w.name`,
    [
      ordered.map(({ name }) => name),
      ordered.map(({ version }) => version),
      ordered.map(({ state }) => JSON.stringify(state)),
      ordered.map(({ nextAt }) => new Date(nextAt).toISOString()),
    ],
  );
  const saved = new Set(rows.map(({ name }) => name));
  const kept = ordered.filter(({ name }) => saved.has(name));
  await addToBuckets(
    tx,
    kept.map(({ name, buckets }) => ({ watch: name, buckets })),
  );
  const taken = kept.flatMap(({ name, taken: values }) => values.map((value) => ({ name, ...value })));
  if (taken.length > 0)
    await tx.query(
      `DELETE FROM pushed_value p USING unnest($1::text[], $2::timestamptz[], $3::float8[]) AS t (watch, at, value)
        WHERE p.watch = t.watch AND p.at = t.at AND p.value = t.value`,
      [
        taken.map(({ name }) => name),
        taken.map(({ at }) => new Date(at).toISOString()),
        taken.map(({ value }) => value),
      ],
    );
  return saved;
}
