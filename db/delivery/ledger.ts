/**
 * The delivery ledger: rows are planned before anything is sent, leased for one attempt, and settled with the
 * provider's result (docs/reliability.md, Delivery ledger). It is the source of truth for what was sent; workflows
 * and the pager only query it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { SendOutcome } from '../../ports/channel.js';
import { linkHash, linkToken, type RootKeys } from '../../shared/keys.js';
import { pausePoint } from '../../shared/pause-points.js';
import {
  type DueDelivery,
  decideAdmission,
  type LimitsByChannel,
  scopesOf,
  type Admission,
} from '../../domain/delivery/decide-admission.js';
import { priorityClassNumber, priorityClassOf } from '../../domain/delivery/priority-classes.js';
import { LEASE_MS } from '../../domain/delivery/timeouts.js';
import type { DeliveryType } from '../../domain/delivery/message.js';
import type { Priority } from '../../domain/config/terms.js';
import type { StepRef } from '../../domain/incident/state.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { leasedSelect, type LeasedRow, toLeased } from './leased-delivery.js';
import { lockPending } from './ledger-admission.js';
import { takeDue } from './ledger-due.js';
import { lockScopes, saveScopes, scopesAsJson } from './ledger-rate.js';
import { settle, withdraw } from './ledger-settle.js';

export interface PlannedDelivery extends StepRef {
  type: DeliveryType;
  /** Subject of the message besides the incident: approval, review, text. Part of the key. */
  subject: Record<string, unknown>;
  escalation: string | null;
  person: string;
  contact: string;
  rule: number;
  channel: string;
  address: string;
  afterMs: number;
  /** Reason for a delay from the start: the person's quiet hours. */
  held?: string;
  /** Set when the row is planned only for the record (a person silenced by a drill). */
  suppressed?: string;
}

/** hash(incident, type, subject, cycle, step, person, contact, rule): two plans of the same message are one row. */
export function ledgerKey(incidentId: string, planned: PlannedDelivery): string {
  const { type, subject, cycle, step, person, contact, rule } = planned;
  const id = typeof subject['id'] === 'string' ? subject['id'] : '';
  return createHash('sha256')
    .update(JSON.stringify([incidentId, type, id, cycle, step, person, contact, rule]))
    .digest('hex');
}

/** The sender of the first attempts, and the facts of the incident that decide whether they are made now. */
export interface FirstAttempts {
  sender: string;
  priority: Priority;
  isDrill: boolean;
}

/**
 * An answer older than this is queried again before it is acted on (docs/reliability.md I5: no page 2 s after its
 * acknowledgement).
 */
const STALE_ANSWER_MS = 1_000;

export class Ledger {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rootKeys: RootKeys,
    /** Length of a lease in ms (`TOCSIN_LEASE`). */
    private readonly leaseMs = LEASE_MS,
  ) {}

  private limitsBy: LimitsByChannel = () => undefined;

  /**
   * Called once by a sending process with the rate limits of its channels. Without it only the per-person limits
   * apply.
   */
  setLimits(limitsBy: LimitsByChannel): void {
    this.limitsBy = limitsBy;
  }

  /**
   * Plans rows and the links in their messages. With `first`, due rows that the rate limits admit are leased to that
   * sender in the same commit and bundle the other pending pages for the same address. Known keys are left alone.
   * Returns the leases.
   */
  async plan(
    tx: EntityManager,
    incidentId: string,
    now: string,
    planned: PlannedDelivery[],
    first: FirstAttempts | null,
  ): Promise<string[]> {
    if (planned.length === 0) return [];
    const ids = planned.map(() => randomUUID());
    const dueRows = first === null ? [] : asksOf(incidentId, now, planned, ids, first);
    const admission = await this.admissionOf(tx, dueRows);
    const going = new Set(admission.go);
    const held = new Map(admission.held.map((one) => [one.id, one]));
    const rows = planned.map((one, index) => {
      const id = ids[index] ?? randomUUID();
      const key = ledgerKey(incidentId, one);
      const wait = held.get(id);
      const dueAt = wait?.atMs ?? Date.parse(now) + one.afterMs;
      return {
        ...one,
        id,
        key,
        priority_class: priorityClassNumber(priorityClassOf(one.type)),
        link: linkHash(this.rootKeys[0], linkToken(this.rootKeys[0], key)).toString('hex'),
        state: one.suppressed !== undefined ? 'suppressed' : going.has(id) ? 'sending' : 'planned',
        reason: one.suppressed ?? null,
        held: wait?.because ?? one.held ?? null,
        due_at: one.suppressed === undefined ? new Date(dueAt).toISOString() : null,
        lease: going.has(id) ? randomUUID() : null,
        lease_until: going.has(id) ? new Date(Date.parse(now) + this.leaseMs).toISOString() : null,
      };
    });
    const inserted: { lease: string | null }[] = await tx.query(
      `WITH wanted AS (
         SELECT * FROM jsonb_to_recordset($2::jsonb) AS d (id uuid, key text, type text, subject jsonb, escalation text, cycle int,
           step int, person text, contact text, rule int, channel text, address text, due_at timestamptz, lease uuid,
           lease_until timestamptz, link text, state text, reason text, priority_class int, held text)),
       row AS (
         INSERT INTO delivery (id, key, incident_id, type, subject, escalation, cycle, step, person, contact, rule, channel, address,
           state, reason, due_at, attempts, lease, lease_until, created_at, updated_at, priority_class, held)
         SELECT id, key, $1, type, subject, escalation, cycle, step, person, contact, rule, channel, address,
           state, reason, due_at, CASE WHEN lease IS NULL THEN 0 ELSE 1 END,
           lease, lease_until, $3, $3, priority_class, held FROM wanted
         ON CONFLICT (key) DO NOTHING RETURNING id, lease),
       attempt AS (
         INSERT INTO delivery_attempt (delivery_id, n, at, sender, possible_duplicate)
         SELECT id, 1, $3, $4, false FROM row WHERE lease IS NOT NULL),
       link AS (
         INSERT INTO link_token (hash, kind, incident_id, person, subject, created_at)
         SELECT decode(w.link, 'hex'), split_part(w.type, '.', 1), $1, w.person, w.subject || jsonb_build_object('delivery', w.id), $3
           FROM wanted w JOIN row USING (id) WHERE w.type <> 'page.updated' ON CONFLICT DO NOTHING)${admission.scopes.size === 0 ? '' : THROTTLED}
       SELECT lease FROM row`,
      [
        incidentId,
        JSON.stringify(rows),
        now,
        first?.sender ?? '',
        ...(admission.scopes.size === 0
          ? []
          : [JSON.stringify(admission.bundled), scopesAsJson(admission.scopes), this.leaseMs]),
      ],
    );
    return inserted.flatMap((row) => (row.lease === null ? [] : [row.lease]));
  }

  /** Rows without a limit go at once and cost no query. */
  private async admissionOf(tx: EntityManager, dueRows: DueDelivery[]): Promise<Admission> {
    const scopes = scopesOf(dueRows, this.limitsBy);
    if (scopes.length === 0)
      return { go: dueRows.map(({ id }) => id), held: [], bundled: [], scopes: new Map() };
    const locked = await lockScopes(tx, scopes);
    return decideAdmission(dueRows, await lockPending(tx, dueRows), { ...locked, limitsBy: this.limitsBy });
  }

  /** The rows of these leases, with everything that their messages need. */
  async leased(leases: string[]): Promise<LeasedDelivery[]> {
    if (leases.length === 0) return [];
    const rows: LeasedRow[] = await this.dataSource.query(
      `${leasedSelect} WHERE d.lease = ANY ($1) AND d.state = 'sending'`,
      [leases],
    );
    return rows.map((row) => toLeased(row, this.rootKeys));
  }

  /**
   * Leases due rows: planned rows, failed rows whose retry time has come, and rows whose sender disappeared
   * (ambiguous: sent again and marked). `lateMs` leaves rows that are less late to the worker; the pager passes 60 s.
   */
  async takeDue(options: {
    incidentId: string | null;
    sender: string;
    lateMs: number;
    limit: number;
  }): Promise<LeasedDelivery[]> {
    const leases = await takeDue(this.dataSource, {
      ...options,
      leaseMs: this.leaseMs,
      limitsBy: this.limitsBy,
    });
    const leased = await this.leased(leases);
    return leased.toSorted((a, b) => leases.indexOf(a.lease) - leases.indexOf(b.lease));
  }

  /** Called right before the provider: is the lease still valid, and is the page still unanswered (I5)? */
  async mayStillSend(lease: string): Promise<boolean> {
    for (;;) {
      const requestedAt = performance.now();
      const rows: { incident_id: string }[] = await this.dataSource.query(
        `SELECT incident_id FROM delivery
          WHERE lease = $1 AND state = 'sending' AND reason IS NULL AND lease_until > tocsin_now()`,
        [lease],
      );
      const row = rows[0];
      if (row === undefined) return false;
      await pausePoint('F5', { incident: row.incident_id });
      // A process that stalled meanwhile (stopped, swapped out) holds an outdated answer.
      if (performance.now() - requestedAt < STALE_ANSWER_MS) return true;
    }
  }

  /**
   * Ends an attempt that was never made: the page was answered first, or the lease ran out and the page stays due.
   */
  withdraw(delivery: Pick<LeasedDelivery, 'id' | 'lease' | 'attempt'>): Promise<void> {
    return withdraw(this.dataSource, delivery);
  }

  /** Stores the provider's result. `confirmsWithinMs`: time within which a receipt is expected. */
  async settle(
    delivery: LeasedDelivery,
    outcome: SendOutcome,
    confirmsWithinMs: number | null = null,
  ): Promise<void> {
    await pausePoint('F6', { incident: delivery.incident.id });
    await settle(this.dataSource, delivery, outcome, { leaseMs: this.leaseMs, confirmsWithinMs });
    await pausePoint('F7', { incident: delivery.incident.id });
  }

  /** Time in ms until the incident's next row to send, take over or check for a receipt; null for none. */
  async nextDueMs(incidentId: string): Promise<number | null> {
    const rows: { ms: number | null }[] = await this.dataSource.query(
      `SELECT (extract(epoch FROM min(CASE state WHEN 'sending' THEN lease_until WHEN 'accepted' THEN confirm_by ELSE due_at END)
                 - tocsin_now()) * 1000)::float8 AS ms
         FROM delivery WHERE incident_id = $1 AND type NOT IN ('incident.event', 'page.updated')
          AND (state = 'sending' OR (state IN ('planned', 'failed') AND due_at IS NOT NULL)
               OR (state = 'accepted' AND confirm_by IS NOT NULL))`,
      [incidentId],
    );
    const ms = rows[0]?.ms ?? null;
    return ms === null ? null : Math.max(0, Math.ceil(ms));
  }
}

/** SQL that a throttled plan adds: the rows it bundles, and the rate limits it has used. */
const THROTTLED = `,
       carried AS (
         UPDATE delivery d SET bundle = c.bundle, due_at = $3::timestamptz + 2 * $7::int * interval '1 millisecond', updated_at = $3
           FROM jsonb_to_recordset($5::jsonb) AS c (id uuid, bundle uuid) JOIN row ON row.id = c.bundle
          WHERE d.id = c.id AND d.state = 'planned'),
       paced AS (${saveScopes('$6')})`;

function asksOf(
  incident: string,
  now: string,
  planned: PlannedDelivery[],
  ids: string[],
  { priority, isDrill }: FirstAttempts,
): DueDelivery[] {
  return planned.flatMap((one, index) => {
    const id = ids[index];
    if (id === undefined || one.afterMs > 0 || one.suppressed !== undefined) return [];
    const { type, person, contact, channel, address, cycle } = one;
    return [
      {
        id,
        incident,
        type,
        priorityClass: priorityClassOf(type),
        priority,
        person,
        contact,
        channel,
        address,
        isDrill,
        cycle,
        attempts: 0,
        bundle: null,
        dueAtMs: Date.parse(now),
      },
    ];
  });
}
