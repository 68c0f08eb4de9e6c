/** The values of watches in buckets of five minutes and of an hour: for baselines and pictures. */
import type { EntityManager } from 'typeorm';
import type { ValueBucket } from '../../domain/watch/buckets.js';
import type { Bucket, HistoryNeed } from '../../domain/watch/expected.js';

type Querying = Pick<EntityManager, 'query'>;

export interface WatchBuckets {
  watch: string;
  buckets: readonly ValueBucket[];
}

/** Adds the values to what the buckets hold already. */
export async function addToBuckets(tx: Querying, all: readonly WatchBuckets[]): Promise<void> {
  const rows = all.flatMap(({ watch, buckets }) => buckets.map((bucket) => ({ watch, ...bucket })));
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO watch_bucket AS b (watch, width, at, n, mean, m2, low, high)
     SELECT * FROM unnest($1::text[], $2::int[], $3::timestamptz[], $4::int[], $5::float8[], $6::float8[], $7::float8[], $8::float8[])
     ON CONFLICT (watch, width, at) DO UPDATE SET n = b.n + excluded.n,
       mean = b.mean + (excluded.mean - b.mean) * excluded.n / (b.n + excluded.n),
       m2 = b.m2 + excluded.m2 + (excluded.mean - b.mean) * (excluded.mean - b.mean) * b.n / (b.n + excluded.n) * excluded.n,
       low = least(b.low, excluded.low), high = greatest(b.high, excluded.high)`,
    [
      rows.map(({ watch }) => watch),
      rows.map(({ width }) => width / 1000),
      rows.map(({ at }) => new Date(at).toISOString()),
      rows.map(({ n }) => n),
      rows.map(({ mean }) => mean),
      rows.map(({ m2 }) => m2),
      rows.map(({ low }) => low),
      rows.map(({ high }) => high),
    ],
  );
}

export async function hasBuckets(from: Querying, watch: string): Promise<boolean> {
  const rows: unknown[] = await from.query('SELECT 1 FROM watch_bucket WHERE watch = $1 LIMIT 1', [watch]);
  return rows.length > 0;
}

/** The buckets that an expected value needs. */
export async function readHistory(from: Querying, watch: string, need: HistoryNeed): Promise<Bucket[]> {
  const rows: { at: Date; n: number; mean: number; m2: number }[] = await from.query(
    `SELECT at, n, mean, m2 FROM watch_bucket WHERE watch = $1 AND width = $2 AND ${
      'from' in need ? 'at >= $3 AND at < $4' : 'at = ANY ($3::timestamptz[])'
    } ORDER BY at`,
    [
      watch,
      need.width / 1000,
      ...('from' in need
        ? [new Date(need.from).toISOString(), new Date(need.to).toISOString()]
        : [need.at.map((at) => new Date(at).toISOString())]),
    ],
  );
  return rows.map(({ at, ...bucket }) => ({ at: at.getTime(), ...bucket }));
}
