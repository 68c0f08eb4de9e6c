/** What is known of each source: when it was last heard, what it has open, what was refused. */
import type { Querying } from '../connection/querying.js';

export interface SourceFacts {
  source: string;
  /** Last message or ping that was taken; null: none is on record, which goes back 30 days. */
  lastHeardAt: Date | null;
  openAlerts: number;
  /** Of the open ones: held by a silence, a window or another stage. */
  heldAlerts: number;
  /** Messages of the last 24 hours that were refused. */
  refused: number;
}

/** The newest refusals of a flood are enough. */
const REFUSALS_LOOKED_AT = 10_000;

export async function readSourceFacts(db: Querying, sources: readonly string[]): Promise<SourceFacts[]> {
  return db.query(
    `WITH open AS (
       SELECT source, count(*)::int AS open, count(held_by)::int AS held FROM alert
        WHERE status = 'open' AND source = ANY ($1) GROUP BY source),
     refused AS (
       SELECT source, count(*)::int AS refused
         FROM (SELECT source FROM rejection WHERE at > tocsin_now() - interval '24 hours' ORDER BY at DESC LIMIT $2) newest
        GROUP BY source)
     SELECT name AS source,
            greatest((SELECT max(at) FROM ingest_log WHERE source = name),
                     (SELECT max(at) FROM heartbeat_ping WHERE source = name)) AS "lastHeardAt",
            coalesce(open.open, 0) AS "openAlerts", coalesce(open.held, 0) AS "heldAlerts",
            coalesce(refused.refused, 0) AS refused
       FROM unnest($1::text[]) AS name
       LEFT JOIN open ON open.source = name LEFT JOIN refused ON refused.source = name
      ORDER BY name`,
    [sources, REFUSALS_LOOKED_AT],
  );
}
