/**
 * After a restore of the record to an earlier time (docs/reliability.md R13), deliveries that it shows as due may
 * have gone out in the lost hours. Each of them gets an attempt without a known end, as if its sender had died. The
 * ledger's ordinary rules then apply: look the message up at the provider where possible, else send it again marked
 * as a possible repeat.
 */
import type { DataSource } from 'typeorm';

/** Name of the imaginary sender of these attempts; no process has it, so the rows it leases are never sent by it. */
export const LOST_SENDER = 'the time before the restore';

/** Returns the number of deliveries now in doubt. Deliveries marked before are left as they are. */
export async function markDueDoubtful(dataSource: DataSource): Promise<number> {
  const rows: { doubted: number }[] = await dataSource.query(MARK_DOUBTFUL, [LOST_SENDER]);
  return rows[0]?.doubted ?? 0;
}

const MARK_DOUBTFUL = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  forgotten AS (
    SELECT d.id, d.incident_id, d.escalation, d.cycle, d.step FROM delivery d
      JOIN delivery_attempt a ON a.delivery_id = d.id AND a.n = d.attempts
     WHERE d.state = 'sending' AND a.sender = $1 AND a.outcome IS NULL),
  overdue AS (
    UPDATE delivery d SET lease_until = clock.now, updated_at = clock.now FROM forgotten f, clock
     WHERE d.id = f.id AND d.lease_until > clock.now AND d.due_at <= clock.now RETURNING d.id),
  owed AS (
    -- A later contact of a page planned just now was pending before the restore as well: it waits for its own time.
    UPDATE delivery d SET state = 'sending', lease = gen_random_uuid(), attempts = d.attempts + 1,
      lease_until = greatest(d.due_at, clock.now), updated_at = clock.now
      FROM clock
     WHERE d.state IN ('planned', 'failed') AND d.bundle IS NULL AND d.type NOT IN ('incident.event', 'page.updated')
       AND (d.due_at <= clock.now OR (d.due_at IS NOT NULL AND EXISTS (SELECT 1 FROM forgotten f
             WHERE f.incident_id = d.incident_id AND f.escalation = d.escalation AND f.cycle = d.cycle AND f.step = d.step)))
    RETURNING d.id, d.attempts),
  attempt AS (
    INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
    SELECT o.id, o.attempts, clock.now, $1, EXISTS (
        SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = o.id AND (a.outcome IS NULL OR a.outcome = 'ambiguous'))
      FROM owed o, clock)
  SELECT ((SELECT count(*) FROM overdue) + (SELECT count(*) FROM owed))::int AS doubted`;
