/** Inputs of on-call resolution besides the documents in force: dated schedule revisions and overrides. */
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Override, ScheduleHistory, ScheduleRevision } from '../../domain/oncall/schedule.js';
import { revisionsInForce, type WrittenRevision } from '../../domain/oncall/revisions.js';
import type { Querying } from '../connection/querying.js';

/** SQL: an override ends at its `to`, or when it was cancelled; one cancelled before its start never applied. */
const TO = 'least(to_at, cancelled_at)';
/** `previous` searches back for the last other person; no rotation by overrides alone is slower than this. */
const OVERRIDES_KEPT = "interval '60 days'";
/**
 * A script that edits a schedule all day must not make every snapshot large. The revisions nearest to the instant are
 * read.
 */
const REVISIONS_KEPT = 100;

interface OverrideRow {
  schedule: string;
  person: string;
  from_at: Date;
  to_at: Date;
}

/**
 * All schedules that have overrides or revisions; a schedule with one undated revision is left out. For the snapshot,
 * or for a past instant (ISO 8601).
 */
export async function readScheduleTimes(
  tx: Querying,
  at: string | null = null,
): Promise<{ overrides: Map<string, Override[]>; schedules: Map<string, ScheduleRevision[]> }> {
  const rows: OverrideRow[] = await tx.query(
    `SELECT schedule, person, from_at, ${TO} AS to_at FROM schedule_override
      WHERE from_at < ${TO} AND ${TO} > least($1::timestamptz, tocsin_now()) - ${OVERRIDES_KEPT} ORDER BY seq`,
    [at],
  );
  const overrides = new Map<string, Override[]>();
  for (const row of rows)
    overrides.set(row.schedule, [...(overrides.get(row.schedule) ?? []), overrideOf(row)]);
  const edited: { name: string; revisions: WrittenRevision[] }[] = await tx.query(
    `SELECT name, jsonb_agg(jsonb_build_object('at', at, 'spec', nullif(spec, 'null'::jsonb)) ORDER BY revision) AS revisions
       FROM (SELECT *, row_number() OVER (PARTITION BY name, at <= moment
                         ORDER BY CASE WHEN at <= moment THEN -revision ELSE revision END) AS away
               FROM config_object, (SELECT coalesce($2::timestamptz, 'infinity') AS moment) asked
              WHERE kind = 'Schedule') revised
      WHERE away <= $1 GROUP BY name HAVING count(*) > 1 OR bool_or(spec ? 'from')`,
    [REVISIONS_KEPT, at],
  );
  const schedules = new Map(edited.map(({ name, revisions }) => [name, revisionsInForce(revisions)]));
  return { overrides, schedules };
}

/**
 * The current configuration with the on-call data around a past instant: the ordinary snapshot drops what is long
 * past.
 */
export async function asOf(tx: Querying, snapshot: ConfigSnapshot, at: string): Promise<ConfigSnapshot> {
  return { ...snapshot, live: { ...snapshot.live, ...(await readScheduleTimes(tx, at)) } };
}

/**
 * One schedule over any range: all its revisions, and the overrides that touch the range. Null when it never existed.
 */
export async function readHistory(
  tx: Querying,
  schedule: string,
  { from, to }: { from: string; to: string },
): Promise<ScheduleHistory | null> {
  const written: { at: Date; spec: WrittenRevision['spec'] }[] = await tx.query(
    `SELECT at, nullif(spec, 'null'::jsonb) AS spec FROM config_object
      WHERE kind = 'Schedule' AND name = $1 ORDER BY revision`,
    [schedule],
  );
  const revisions = revisionsInForce(written.map(({ at, spec }) => ({ at: at.toISOString(), spec })));
  if (revisions.length === 0) return null;
  const rows: OverrideRow[] = await tx.query(
    `SELECT schedule, person, from_at, ${TO} AS to_at FROM schedule_override
      WHERE schedule = $1 AND from_at < $3 AND ${TO} > $2 AND from_at < ${TO} ORDER BY seq`,
    [schedule, from, to],
  );
  return { revisions, overrides: rows.map(overrideOf) };
}

const overrideOf = ({ person, from_at, to_at }: OverrideRow): Override => ({
  person,
  from: from_at.toISOString(),
  to: to_at.toISOString(),
});
