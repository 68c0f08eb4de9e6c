/** Leases incident events for delivery to subscriptions. A receiver gets the events of one incident in order. */
import type { DataSource } from 'typeorm';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { LEASE_MS } from '../../domain/delivery/timeouts.js';
import { mayHaveBeenDelivered } from '../delivery/earlier-attempts.js';
import type { Ledger } from '../delivery/ledger.js';

export class AnnouncedEvents {
  constructor(
    private readonly dataSource: DataSource,
    private readonly ledger: Ledger,
    private readonly leaseMs = LEASE_MS,
  ) {}

  /**
   * Leases up to `limit` due rows: planned rows, failed rows whose retry time has come, and rows whose sender
   * disappeared. A later event of an incident waits until the earlier ones have been delivered or given up.
   */
  async take(sender: string, limit: number): Promise<LeasedDelivery[]> {
    const taken: { lease: string }[] = await this.dataSource.query(TAKE, [sender, limit, this.leaseMs]);
    return this.ledger.leased(taken.map(({ lease }) => lease));
  }
}

const TAKE = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  due AS (
    SELECT d.id FROM delivery d, clock
     WHERE d.type = 'incident.event'
       AND ((d.state IN ('planned', 'failed') AND d.due_at <= clock.now) OR (d.state = 'sending' AND d.lease_until < clock.now))
       AND NOT EXISTS (
         SELECT 1 FROM delivery e
          WHERE e.incident_id = d.incident_id AND e.person = d.person AND e.type = d.type AND e.rule < d.rule
            AND (e.state IN ('planned', 'sending') OR (e.state = 'failed' AND e.due_at IS NOT NULL)))
     ORDER BY d.due_at, d.rule LIMIT $2 FOR UPDATE OF d SKIP LOCKED),
  taken AS (
    UPDATE delivery d SET state = 'sending', lease = gen_random_uuid(), attempts = d.attempts + 1,
      lease_until = clock.now + $3::int * interval '1 millisecond', updated_at = clock.now
      FROM due, clock WHERE d.id = due.id RETURNING d.id, d.lease, d.attempts),
  attempt AS (
    INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
    SELECT t.id, t.attempts, clock.now, $1, ${mayHaveBeenDelivered('t')}
      FROM taken t, clock)
  SELECT lease FROM taken`;
