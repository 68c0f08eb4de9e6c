/** Values that were sent to watches. They wait here for the next evaluation, which takes them in the order of their times. */
import type { DataSource } from 'typeorm';
import type { TimedValue } from '../../domain/watch/buckets.js';

/** Values that one evaluation takes. */
const AT_ONCE = 2_000;

export interface PushedValue extends TimedValue {
  watch: string;
}

/** A second value for the same instant replaces the first. */
export async function storePushedValues(
  dataSource: Pick<DataSource, 'query'>,
  values: readonly PushedValue[],
): Promise<void> {
  const newest = new Map(values.map((value) => [`${value.watch} ${value.at}`, value]));
  const rows = [...newest.values()].sort((a, b) =>
    a.watch === b.watch ? a.at - b.at : a.watch < b.watch ? -1 : 1,
  );
  await dataSource.query(
    `INSERT INTO pushed_value (watch, at, value, received_at)
     SELECT v.*, tocsin_now() FROM unnest($1::text[], $2::timestamptz[], $3::float8[]) AS v (watch, at, value)
     ON CONFLICT (watch, at) DO UPDATE SET value = excluded.value, received_at = excluded.received_at`,
    [
      rows.map(({ watch }) => watch),
      rows.map(({ at }) => new Date(at).toISOString()),
      rows.map(({ value }) => value),
    ],
  );
}

/** Oldest first. */
export async function readPushedValues(
  dataSource: Pick<DataSource, 'query'>,
  watch: string,
): Promise<TimedValue[]> {
  const rows: { at: Date; value: number }[] = await dataSource.query(
    'SELECT at, value FROM pushed_value WHERE watch = $1 ORDER BY at LIMIT $2',
    [watch, AT_ONCE],
  );
  return rows.map(({ at, value }) => ({ at: at.getTime(), value }));
}
