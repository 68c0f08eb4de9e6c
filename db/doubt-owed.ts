/**
 * The record was put back to an earlier time (R13): what it believes to owe may have gone out in the hours that it has
 * forgotten. Each such message gets an attempt whose end nobody has heard, as of a sender that died. So it goes out by the
 * ledger's own rules: looked for at its provider where that is possible, else sent again, saying that it may be a repeat.
 */
import type { DataSource } from 'typeorm';

/** Name of that sender. A page that was leased to it is one it has planned and never sends. */
export const FORGOTTEN = 'the time before the restore';

/** How many messages are in doubt now. Those that were put in doubt before are left as they are. */
export async function doubtOwed(dataSource: DataSource): Promise<number> {
  const rows: { doubted: number }[] = await dataSource.query(DOUBT, [FORGOTTEN]);
  return rows[0]?.doubted ?? 0;
}

const DOUBT = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  forgotten AS (
    SELECT d.id, d.incident_id, d.track, d.cycle, d.step FROM delivery d
      JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
     WHERE d.state = 'sending' AND a.sender = $1 AND a.outcome IS NULL),
  overdue AS (
    UPDATE delivery d SET lease_until = clock.now, updated_at = clock.now FROM forgotten f, clock
     WHERE d.id = f.id AND d.lease_until > clock.now AND d.due_at <= clock.now RETURNING d.id),
  owed AS (
    -- A later contact of a page that was planned just now would have followed it before, too: it waits for its own moment.
    UPDATE delivery d SET state = 'sending', lease = gen_random_uuid(), attempts = d.attempts + 1,
      lease_until = greatest(d.due_at, clock.now), updated_at = clock.now
      FROM clock
     WHERE d.state IN ('planned', 'failed') AND d.carrier IS NULL AND d.type NOT IN ('incident.event', 'page.updated')
       AND (d.due_at <= clock.now OR (d.due_at IS NOT NULL AND EXISTS (SELECT 1 FROM forgotten f
             WHERE f.incident_id = d.incident_id AND f.track = d.track AND f.cycle = d.cycle AND f.step = d.step)))
    RETURNING d.id, d.attempts),
  attempt AS (
    INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
    SELECT o.id, o.attempts, clock.now, $1, EXISTS (
        SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = o.id AND (a.outcome IS NULL OR a.outcome = 'ambiguous'))
      FROM owed o, clock)
  SELECT ((SELECT count(*) FROM overdue) + (SELECT count(*) FROM owed))::int AS doubted`;
