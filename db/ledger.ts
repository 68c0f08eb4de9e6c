/**
 * The delivery ledger: rows planned before anything is sent, leased for one attempt, settled with what the provider said
 * (reliability.md §3). The truth about what was sent; workflows and the pager only ask it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { SendOutcome } from '../activities/ports.js';
import { linkToken, tokenHash } from '../config/keys.js';
import { pausePoint } from '../config/pause-points.js';
import { FALLBACK_AFTER_ATTEMPTS, LEASE_MS, retryDelayMs } from '../domain/delivery/ledger.js';
import type { DeliveryType } from '../domain/delivery/message.js';
import type { Rung } from '../domain/incident/state.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { leasedSelect, type LeasedRow, toLeased } from './leased-delivery.js';

export interface PlannedDelivery extends Rung {
  type: DeliveryType;
  /** What the message is about besides the incident: approval, review, text. Part of the key. */
  subject: Record<string, unknown>;
  track: string | null;
  person: string;
  contact: string;
  rule: number;
  channel: string;
  address: string;
  afterMs: number;
  /** Set when the row is planned only to be on the record (a person silenced by a drill). */
  suppressed?: string;
}

/** hash(incident, type, subject, cycle, step, person, contact, rule): two plans of the same thing are one row. */
export function ledgerKey(incidentId: string, planned: PlannedDelivery): string {
  const { type, subject, cycle, step, person, contact, rule } = planned;
  const id = typeof subject['id'] === 'string' ? subject['id'] : '';
  return createHash('sha256')
    .update(JSON.stringify([incidentId, type, id, cycle, step, person, contact, rule]))
    .digest('hex');
}

/** An answer older than this is asked for again before anybody acts on it (I5: no page 2 s after its acknowledgement). */
const STALE_ANSWER_MS = 1_000;

export class Ledger {
  constructor(
    private readonly dataSource: DataSource,
    private readonly secretKey: Buffer,
    /** How long a sender may hold a row, in ms (`TOCSIN_LEASE`). */
    private readonly leaseMs = LEASE_MS,
  ) {}

  /**
   * Plans rows and the links their messages carry; with `leaseFor` the rows due now are leased to that sender in the same
   * commit. Known keys are left alone. Returns the ids leased.
   */
  async plan(
    tx: EntityManager,
    incidentId: string,
    now: string,
    planned: PlannedDelivery[],
    leaseFor: string | null,
  ): Promise<string[]> {
    if (planned.length === 0) return [];
    const rows = planned.map((one) => {
      const key = ledgerKey(incidentId, one);
      const leased = leaseFor !== null && one.afterMs === 0 && one.suppressed === undefined;
      const state = one.suppressed !== undefined ? 'suppressed' : leased ? 'sending' : 'planned';
      return {
        ...one,
        id: randomUUID(),
        key,
        link: tokenHash(linkToken(this.secretKey, key)).toString('hex'),
        state,
        reason: one.suppressed ?? null,
        due_at: one.suppressed === undefined ? new Date(Date.parse(now) + one.afterMs).toISOString() : null,
        lease: leased ? randomUUID() : null,
        lease_until: leased ? new Date(Date.parse(now) + this.leaseMs).toISOString() : null,
      };
    });
    const inserted: { lease: string | null }[] = await tx.query(
      `WITH wanted AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb) AS d (id uuid, key text, type text, subject jsonb, track text, cycle int,
           step int, person text, contact text, rule int, channel text, address text, due_at timestamptz, lease uuid,
           lease_until timestamptz, link text, state text, reason text)),
       row AS (
         INSERT INTO delivery (id, key, incident_id, type, subject, track, cycle, step, person, contact, rule, channel, address,
           state, reason, due_at, attempts, lease, lease_until, created_at, updated_at)
         SELECT id, key, $1, type, subject, track, cycle, step, person, contact, rule, channel, address,
           state, reason, due_at, CASE WHEN lease IS NULL THEN 0 ELSE 1 END,
           lease, lease_until, $3, $3 FROM wanted
         ON CONFLICT (key) DO NOTHING RETURNING id, lease),
       attempt AS (
         INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
         SELECT id, 1, $3, $4, false FROM row WHERE lease IS NOT NULL),
       link AS (
         INSERT INTO link_token (hash, kind, incident_id, person, subject, created_at)
         SELECT decode(w.link, 'hex'), split_part(w.type, '.', 1), $1, w.person, w.subject || jsonb_build_object('delivery', w.id), $3
           FROM wanted w JOIN row USING (id) ON CONFLICT DO NOTHING)
       SELECT lease FROM row`,
      [incidentId, JSON.stringify(rows), now, leaseFor ?? ''],
    );
    return inserted.flatMap((row) => (row.lease === null ? [] : [row.lease]));
  }

  /** The rows behind these leases, with all that a message needs. */
  async leased(leases: string[]): Promise<LeasedDelivery[]> {
    if (leases.length === 0) return [];
    const rows: LeasedRow[] = await this.dataSource.query(
      `${leasedSelect} WHERE d.lease = ANY ($1) AND d.state = 'sending'`,
      [leases],
    );
    return rows.map((row) => toLeased(row, this.secretKey));
  }

  /**
   * Leases what is due: planned rows, failed ones whose retry has come, and rows whose sender vanished (ambiguous: sent
   * again and marked). `lateMs` leaves the punctual ones to the worker; the pager passes 60 s.
   */
  async takeDue(options: {
    incidentId: string | null;
    sender: string;
    lateMs: number;
    limit: number;
  }): Promise<LeasedDelivery[]> {
    const taken: { lease: string }[] = await this.dataSource.transaction((tx) =>
      tx.query(
        `WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
         due AS (
           SELECT d.id FROM delivery d, clock
            WHERE ($1::uuid IS NULL OR d.incident_id = $1)
              AND ((d.state IN ('planned', 'failed') AND d.due_at <= clock.now - $3::int * interval '1 millisecond')
                OR (d.state = 'sending' AND d.lease_until < clock.now))
            ORDER BY d.due_at LIMIT $4 FOR UPDATE OF d SKIP LOCKED),
         answered AS (
           UPDATE delivery d SET state = 'failed', lease = NULL, lease_until = NULL, due_at = NULL, updated_at = clock.now
             FROM due, clock WHERE d.id = due.id AND d.state = 'sending' AND d.reason IS NOT NULL RETURNING d.id),
         taken AS (
           UPDATE delivery d SET state = 'sending', lease = gen_random_uuid(), attempts = d.attempts + 1,
             lease_until = clock.now + $5::int * interval '1 millisecond', updated_at = clock.now
             FROM due, clock WHERE d.id = due.id AND NOT (d.state = 'sending' AND d.reason IS NOT NULL)
           RETURNING d.id, d.lease, d.attempts),
         attempt AS (
           INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
           SELECT t.id, t.attempts, clock.now, $2, EXISTS (
               SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = t.id AND (a.outcome IS NULL OR a.outcome = 'ambiguous'))
             FROM taken t, clock)
         SELECT lease FROM taken`,
        [options.incidentId, options.sender, options.lateMs, options.limit, this.leaseMs],
      ),
    );
    return this.leased(taken.map((row) => row.lease));
  }

  /** Asked right before the call: is this lease still ours, and has nobody answered in between (I5)? */
  async mayStillSend(lease: string): Promise<boolean> {
    for (;;) {
      const askedAt = performance.now();
      const rows: { incident_id: string }[] = await this.dataSource.query(
        `SELECT incident_id FROM delivery
          WHERE lease = $1 AND state = 'sending' AND reason IS NULL AND lease_until > tocsin_now()`,
        [lease],
      );
      const row = rows[0];
      if (row === undefined) return false;
      await pausePoint('F5', { incident: row.incident_id });
      // A process that stood still meanwhile (stopped, swapped out) holds an answer of long ago.
      if (performance.now() - askedAt < STALE_ANSWER_MS) return true;
    }
  }

  /** Ends an attempt that was never made: somebody answered first, or its lease ran out, and then the page is still owed. */
  async withdraw(lease: string): Promise<void> {
    await this.dataSource.query(
      `WITH row AS (
         UPDATE delivery SET state = CASE WHEN reason IS NULL OR attempts > 1 THEN 'failed' ELSE 'suppressed' END,
           due_at = CASE WHEN reason IS NULL THEN tocsin_now() END, lease = NULL, lease_until = NULL,
           updated_at = tocsin_now() WHERE lease = $1 AND state = 'sending' RETURNING id, attempts)
       UPDATE delivery_attempt a SET outcome = 'withdrawn', finished_at = tocsin_now()
         FROM row WHERE a.delivery_id = row.id AND a.n = row.attempts`,
      [lease],
    );
  }

  /** Writes what the provider said. An answered row never becomes due again; a last failure is `exhausted`. */
  async settle(delivery: LeasedDelivery, outcome: SendOutcome): Promise<void> {
    await pausePoint('F6', { incident: delivery.incident.id });
    const { state, retryInMs } = settled(delivery, outcome);
    await this.dataSource.query(
      `WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
       row AS (
         UPDATE delivery d SET
           -- A receipt may overtake the answer: what it says is true, also of an attempt that nobody heard the end of.
           state = CASE WHEN d.receipt IN ('delivered', 'read') AND $6 <> 'failed' THEN 'delivered'
                        WHEN d.receipt IN ('failed', 'bounced') AND $2 = 'accepted' THEN 'failed'
                        WHEN d.reason IS NOT NULL AND $2 = 'exhausted' THEN 'failed' ELSE $2 END,
           due_at = CASE WHEN d.receipt IN ('delivered', 'read') AND $6 <> 'failed' THEN NULL
                         WHEN d.reason IS NULL AND $3::int IS NOT NULL THEN clock.now + $3 * interval '1 millisecond' END,
           -- An answer that came while it was being sent: it went out all the same, so nothing was suppressed.
           reason = CASE WHEN $2 = 'accepted' THEN NULL ELSE d.reason END,
           lease = NULL, lease_until = NULL, provider = $4, provider_id = coalesce($5, provider_id), updated_at = clock.now
           FROM clock WHERE d.lease = $1 AND d.state = 'sending' RETURNING d.*),
       attempt AS (
         UPDATE delivery_attempt a SET outcome = $6, provider = $4, error = $7, finished_at = clock.now
           FROM clock WHERE a.delivery_id = $8 AND a.n = $9)
       -- The address is dead, or two attempts have failed: this person's next contact of the same page is tried now
       -- instead of later, while this one goes on trying.
       UPDATE delivery d SET due_at = clock.now, updated_at = clock.now FROM row, clock
        WHERE (row.state = 'exhausted' OR (row.state = 'failed' AND row.reason IS NULL
               AND (row.attempts >= ${FALLBACK_AFTER_ATTEMPTS} OR (row.receipt IS NOT NULL AND row.due_at IS NULL)))) AND d.state = 'planned' AND d.incident_id = row.incident_id AND d.person = row.person
          AND d.cycle = row.cycle AND d.step = row.step AND d.type = row.type`,
      [
        delivery.lease,
        state,
        retryInMs,
        outcome.provider,
        outcome.kind === 'accepted' ? outcome.providerId : null,
        outcome.kind,
        outcome.kind === 'accepted' ? null : outcome.error.slice(0, 1000),
        delivery.id,
        delivery.attempt,
      ],
    );
    await pausePoint('F7', { incident: delivery.incident.id });
  }

  /** What is next for this incident: the earliest row to send or to rescue, in ms from now; null when nothing is owed. */
  async nextDueMs(incidentId: string): Promise<number | null> {
    const rows: { ms: number | null }[] = await this.dataSource.query(
      `SELECT (extract(epoch FROM min(CASE WHEN state = 'sending' THEN lease_until ELSE due_at END) - tocsin_now()) * 1000)::float8 AS ms
         FROM delivery WHERE incident_id = $1
          AND (state = 'sending' OR (state IN ('planned', 'failed') AND due_at IS NOT NULL))`,
      [incidentId],
    );
    const ms = rows[0]?.ms ?? null;
    return ms === null ? null : Math.max(0, Math.ceil(ms));
  }
}

function settled(
  delivery: LeasedDelivery,
  outcome: SendOutcome,
): { state: string; retryInMs: number | null } {
  if (outcome.kind === 'accepted') return { state: 'accepted', retryInMs: null };
  const retryAfterMs = outcome.kind === 'failed' ? outcome.retryAfterMs : undefined;
  const retryInMs =
    outcome.kind === 'failed' && outcome.permanent ? null : retryDelayMs(delivery.attempt, retryAfterMs);
  return retryInMs === null ? { state: 'exhausted', retryInMs } : { state: 'failed', retryInMs };
}
