/**
 * Counts the incidents that a source opens, and finds the storm incident that absorbs the excess
 * (domain/alert/storm.ts).
 */
import {
  isNearStorm,
  type Openings,
  STORM_AFTER,
  STORM_WINDOW_MINUTES,
  stormReason,
} from '../../domain/alert/storm.js';
import type { Querying } from '../connection/querying.js';

export interface Storm {
  reason: string;
  /** The open storm incident of this source and service; null: the next incident becomes it. */
  incident: string | null;
}

export interface Opening {
  source: string;
  service: string | null;
  /** The current team of the service: a storm incident of its former team absorbs no more. */
  team: string | null;
}

/** Null while the next incident of this source is an ordinary one. */
export async function stormOf(tx: Querying, opening: Opening, after = STORM_AFTER): Promise<Storm | null> {
  const { source, service, team } = opening;
  // Far from the threshold no transaction waits for another; near it, openings are counted one by one.
  if (!isNearStorm(await openingsOf(tx, opening), after)) return null;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('storm/' || $1, 0))`, [source]);
  const reason = stormReason(source, await openingsOf(tx, opening), after);
  if (reason === null) return null;
  const rows: { incident: string }[] = await tx.query(
    `SELECT s.incident_id AS incident FROM storm s JOIN incident i ON i.id = s.incident_id
      WHERE s.source = $1 AND s.service = $2 AND i.status IN ('triggered', 'acknowledged')
        AND ($3::text IS NULL OR i.state @> jsonb_build_object('escalations', jsonb_build_array(jsonb_build_object('team', $3::text))))`,
    [source, service ?? '', team],
  );
  return { reason, incident: rows[0]?.incident ?? null };
}

async function openingsOf(tx: Querying, { source, service }: Opening): Promise<Openings> {
  const rows: Openings[] = await tx.query(
    `SELECT count(*)::int AS "ofSource", (count(*) FILTER (WHERE service = $2))::int AS "ofService" FROM incident_opening
      WHERE source = $1 AND at > tocsin_now() - $3::int * interval '1 minute'`,
    [source, service ?? '', STORM_WINDOW_MINUTES],
  );
  return rows[0] ?? { ofSource: 0, ofService: 0 };
}

/** `isStorm`: this incident absorbs the following ones. */
export async function noteOpening(
  tx: Querying,
  { source, service }: Opening,
  incident: string,
  isStorm: boolean,
): Promise<void> {
  await tx.query('INSERT INTO incident_opening (source, service, at) VALUES ($1, $2, tocsin_now())', [
    source,
    service ?? '',
  ]);
  if (isStorm)
    await tx.query(
      `INSERT INTO storm (source, service, incident_id) VALUES ($1, $2, $3)
       ON CONFLICT (source, service) DO UPDATE SET incident_id = EXCLUDED.incident_id`,
      [source, service ?? '', incident],
    );
}
