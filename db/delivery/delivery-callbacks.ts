/**
 * Receipts of providers. A receipt moves only its own ledger row, and only forwards: accepted → delivered or failed
 * (docs/reliability.md, Delivery ledger). A failed one makes the person's next contact due at once, and escalates a
 * step that reaches nobody.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { redactedStart, redactText } from '../../shared/redact.js';
import { saysAddressIsDead } from '../../domain/delivery/dead-address.js';
import type { DeliveryState } from '../../domain/delivery/delivery-state.js';
import { receiveReceipt, type ReceivingRow, type Verdict } from '../../domain/delivery/receive-receipt.js';
import type { ContactMessages } from '../people/contact-messages.js';
import { markContactReached, markDead } from '../people/contact-status.js';
import { nextContactAfter } from './next-contact.js';
import type { DeadSteps } from '../escalation/dead-steps.js';
import { UnknownSenderLimit } from '../alert/unknown-sender-limit.js';
import { sanitisedError } from './sanitised-error.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { isUuid } from '../connection/page.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';

export interface DeliveryCallback {
  provider: string;
  /** Unique per provider: a replayed callback is ignored. */
  eventId: string;
  /** Delivery id or ledger key, when the callback's URL contains it. */
  delivery: string | null;
  /** The provider's message id, as returned when it accepted the message. */
  providerId: string | null;
  verdict: Verdict;
  error?: string;
  /** The provider's own time, ISO 8601. */
  at: string;
}

/** `late`: the row has moved on (answered, failed, another attempt or provider). `unknown`: no such row. */
export type CallbackOutcome = 'applied' | 'late' | 'unknown' | 'repeated';

interface Row extends ReceivingRow {
  id: string;
  incident_id: string;
  person: string;
  contact: string;
  channel: string;
  address: string;
}

const BODY_START = 2_048;
/** No workflow waits for the result, so no earlier events are requested. */
const NO_EVENTS = 2_147_483_647;

export class DeliveryCallbacks {
  private readonly unknownSenders = new UnknownSenderLimit();

  constructor(
    private readonly dataSource: DataSource,
    private readonly deadSteps: Pick<DeadSteps, 'escalate'>,
    private readonly contactMessages: Pick<ContactMessages, 'receipt'>,
  ) {}

  async record(callback: DeliveryCallback): Promise<CallbackOutcome> {
    const { outcome, failedIncidents } = await retryingTransaction(this.dataSource, async (tx) => {
      const row = await findRow(tx, callback);
      const state = row === null ? null : receiveReceipt(row, callback);
      const isOfContact = row === null && (await this.ofContact(tx, callback));
      const outcome: CallbackOutcome =
        row === null ? (isOfContact ? 'applied' : 'unknown') : state === null ? 'late' : 'applied';
      if (!(await insert(tx, callback, row, outcome)))
        return { outcome: 'repeated' as const, failedIncidents: [] };
      if (row === null || state === null) return { outcome, failedIncidents: [] };
      await apply(tx, row, state, callback.verdict);
      await noteStatus(tx, row, callback);
      return { outcome, failedIncidents: state === 'failed' ? await incidentsOf(tx, row.id) : [] };
    });
    for (const incidentId of failedIncidents)
      await this.deadSteps.escalate({ incidentId, afterSeq: NO_EVENTS, tellWorkflow: true });
    return outcome;
  }

  /** A receipt for a code or a test page. Applying it twice changes nothing. */
  private ofContact(tx: EntityManager, callback: DeliveryCallback): Promise<boolean> {
    const { delivery: key, provider, providerId, verdict, error = verdict } = callback;
    if (key === null && providerId === null) return Promise.resolve(false);
    return this.contactMessages.receipt(tx, { key, provider, providerId }, verdict, error);
  }

  /** Stores a forged, stale or unreadable call, within the rate limit for unknown senders. */
  async refuse(provider: string, reason: string, bodyStart: string): Promise<void> {
    if (!this.unknownSenders.mayKeep()) return;
    await this.dataSource.query(
      `INSERT INTO provider_callback (id, received_at, provider, outcome, reason, body_start)
       VALUES ($1, tocsin_now(), $2, 'refused', $3, $4)`,
      [randomUUID(), provider, reason.slice(0, 500), jsonbSafeText(redactedStart(bodyStart, BODY_START))],
    );
  }
}

/** Locks the row: a receipt and the sender that settles the same row must not interleave. */
async function findRow(
  tx: EntityManager,
  { delivery, provider, providerId }: DeliveryCallback,
): Promise<Row | null> {
  const columns =
    'id, state, attempts, receipt, provider, provider_id AS "providerId", incident_id, person, contact, channel, address';
  const rows: Row[] =
    delivery !== null
      ? await tx.query(
          `SELECT ${columns} FROM delivery WHERE ${isUuid(delivery) ? 'id = $1 OR key = $1::text' : 'key = $1'} FOR UPDATE`,
          [delivery],
        )
      : providerId !== null
        ? await tx.query(
            `SELECT ${columns} FROM delivery WHERE provider_id = $1 AND provider = $2 ORDER BY created_at DESC LIMIT 1 FOR UPDATE`,
            [providerId, provider],
          )
        : [];
  return rows[0] ?? null;
}

/** A message that did not arrive did not deliver the pages bundled into it either. */
const ROW_AND_BUNDLED = `id = $1 OR (bundle = $1 AND sent_in_bundle)`;

async function incidentsOf(tx: EntityManager, delivery: string): Promise<string[]> {
  const rows: { incident_id: string }[] = await tx.query(
    `SELECT DISTINCT incident_id FROM delivery WHERE (${ROW_AND_BUNDLED}) AND incident_id IS NOT NULL`,
    [delivery],
  );
  return rows.map((row) => row.incident_id);
}

async function apply(tx: EntityManager, row: Row, state: DeliveryState, verdict: Verdict): Promise<void> {
  await tx.query('UPDATE delivery SET state = $2, receipt = $3, updated_at = tocsin_now() WHERE id = $1', [
    row.id,
    state,
    verdict,
  ]);
  if (state !== 'failed') return;
  await tx.query(
    `WITH dead AS (SELECT * FROM delivery WHERE ${ROW_AND_BUNDLED}),
     next AS (
       UPDATE delivery d SET due_at = least(d.due_at, tocsin_now()), updated_at = tocsin_now()
         FROM dead CROSS JOIN LATERAL (${nextContactAfter('dead')}) n
        WHERE d.id = n.id AND d.state = 'planned' RETURNING d.incident_id)
     SELECT pg_notify('tocsin_ledger', incident_id::text) FROM (SELECT DISTINCT incident_id FROM next) n`,
    [row.id],
  );
}

/**
 * Updates the status of the address itself. A mail also bounces for a policy, a full mailbox or a fault of the own
 * relay; the address is alive in those cases.
 */
async function noteStatus(
  tx: EntityManager,
  row: Row,
  { verdict, error = '' }: DeliveryCallback,
): Promise<void> {
  if (verdict === 'bounced' && saysAddressIsDead(row.channel, error))
    await markDead(tx, row, sanitisedError(error, row));
  if (verdict === 'delivered' || verdict === 'read') await markContactReached(tx, row);
}

async function insert(
  tx: EntityManager,
  { provider, eventId, providerId, verdict, error, at }: DeliveryCallback,
  row: Row | null,
  outcome: CallbackOutcome,
): Promise<boolean> {
  const said = row === null ? jsonbSafeText(redactText(error ?? '')) : sanitisedError(error ?? '', row);
  const rows: unknown[] = await tx.query(
    `INSERT INTO provider_callback (id, received_at, provider, event_id, delivery_id, provider_id, verdict, error, at, outcome)
     VALUES ($1, tocsin_now(), $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (provider, event_id) DO NOTHING RETURNING id`,
    [
      randomUUID(),
      provider,
      jsonbSafeText(eventId).slice(0, 500),
      row?.id ?? null,
      providerId === null ? null : jsonbSafeText(providerId).slice(0, 500),
      verdict,
      error === undefined ? null : said.slice(0, 1_000),
      Number.isNaN(Date.parse(at)) ? null : new Date(at).toISOString(),
      outcome,
    ],
  );
  return rows.length > 0;
}
