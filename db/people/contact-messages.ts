/**
 * Verification codes, test pages, sign-in links and notices to owners of sources: messages about no incident, sent through the
 * same channels. A row is planned in the transaction of the request, leased for one attempt, and settled with the provider's
 * result; the delivery ledger has no part in it.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../../ports/channel.js';
import { linkHash, reachToken, type RootKeys, signInToken, tokenHash } from '../../shared/keys.js';
import { seal } from '../../shared/sealed.js';
import { type LeasedContactMessage } from '../../domain/delivery/contact-message.js';
import type { LimitsByChannel } from '../../domain/delivery/decide-admission.js';
import { saysAddressIsDead } from '../../domain/delivery/dead-address.js';
import { saysLost, type Verdict } from '../../domain/delivery/receive-receipt.js';
import { settleContactMessage } from '../../domain/delivery/settle-contact-message.js';
import { CODE_MINUTES, SIGN_IN_MINUTES } from '../../domain/people/limits.js';
import { sanitisedError } from '../delivery/sanitised-error.js';
import { takeAdmitted } from './contact-admission.js';
import { clearDead, type ContactAt, markDead } from './contact-status.js';
import { leasedContactMessages } from './leased-contact-message.js';
import type { Querying } from '../connection/querying.js';

export interface PlannedContactMessage extends ContactAt {
  channel: string;
  requestedBy: string;
  /** Null for a test page, a sign-in link or a notice. */
  code: string | null;
  /** Sends a sign-in link, created with this message, instead of a test page. */
  signIn?: boolean;
  /** Text of a notice, sent instead of a test page. */
  notice?: { title: string; text: string };
  /** Two plans with one key are one message; without a key each plan is its own message. */
  key?: string;
  /** ISO 8601; immediately when left out. */
  dueAt?: string;
  held?: string;
}

export class ContactMessages {
  constructor(
    private readonly dataSource: DataSource,
    private readonly rootKeys: RootKeys,
  ) {}

  private limitsBy: LimitsByChannel = () => undefined;

  /** Wakes the worker when the transaction commits. False when a message with this key exists. */
  async plan(tx: Querying, planned: PlannedContactMessage): Promise<boolean> {
    const id = randomUUID();
    const key = createHash('sha256')
      .update(`contact-message/${planned.key ?? id}`)
      .digest('hex');
    const {
      person,
      contact,
      channel,
      address,
      requestedBy,
      code,
      signIn = false,
      notice = null,
      dueAt = null,
      held = null,
    } = planned;
    const rows: unknown[] = await tx.query(
      `INSERT INTO contact_message (id, key, kind, person, contact, channel, address, requested_by, code, link, state, held, due_at, created_at, notice)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'planned', $11, coalesce($12::timestamptz, tocsin_now()), tocsin_now(), $13)
       ON CONFLICT (key) DO NOTHING RETURNING id`,
      [
        id,
        key,
        signIn ? 'sign-in' : notice !== null ? 'notice' : code === null ? 'test' : 'code',
        person,
        contact,
        channel,
        address,
        requestedBy,
        code === null ? null : seal(this.rootKeys[0], key, code),
        code !== null || notice !== null ? null : this.linkHashOf(key, signIn),
        held,
        dueAt,
        notice === null ? null : JSON.stringify(notice),
      ],
    );
    if (signIn)
      await tx.query(
        `INSERT INTO setup_link (hash, purpose, person, created_at, expires_at)
         SELECT link, 'sign-in', person, created_at, created_at + $2::int * interval '1 minute' FROM contact_message WHERE id = $1`,
        [id, SIGN_IN_MINUTES],
      );
    if (rows.length > 0) await tx.query(`SELECT pg_notify('tocsin_contacts', '')`);
    return rows.length > 0;
  }

  /** Called once by the sending process with the rate limits of its channels. */
  setLimits(limitsBy: LimitsByChannel): void {
    this.limitsBy = limitsBy;
  }

  /**
   * Leases due messages that the rate limits admit, including those of a sender that disappeared (marked as possible
   * repeats).
   */
  async take(limit: number): Promise<LeasedContactMessage[]> {
    await this.dataSource.query(
      `UPDATE contact_message SET state = 'failed', code = NULL, lease = NULL, lease_until = NULL, due_at = NULL,
         error = 'it ran out before it could be sent'
        WHERE kind IN ('code', 'sign-in') AND state = 'planned'
          AND created_at < tocsin_now() - (CASE kind WHEN 'code' THEN $1::int ELSE $2::int END) * interval '1 minute'`,
      [CODE_MINUTES, SIGN_IN_MINUTES],
    );
    const leases = await takeAdmitted(this.dataSource, { limit, limitsBy: this.limitsBy });
    return leasedContactMessages(this.dataSource, this.rootKeys, leases);
  }

  /** A sign-in link is looked up among the one-time links, whose hashes are bound to no root key. */
  private linkHashOf(key: string, signIn: boolean): Buffer {
    const [root] = this.rootKeys;
    return signIn ? tokenHash(signInToken(root, key)) : linkHash(root, reachToken(root, key));
  }

  /** Stores the provider's result. A code is erased as soon as no attempt needs it. */
  async settle(message: LeasedContactMessage, outcome: SendOutcome): Promise<void> {
    const { state, retryInMs } = settleContactMessage(message, outcome);
    const error = outcome.kind === 'accepted' ? null : sanitisedError(outcome.error, message);
    await this.dataSource.transaction(async (tx) => {
      const rows: unknown[] = await tx.query(
        `WITH settled AS (
           UPDATE contact_message SET state = $2, provider = $3, provider_id = $4, error = $5, lease = NULL, lease_until = NULL,
             held = NULL, sent_at = CASE WHEN $2 = 'accepted' THEN tocsin_now() END,
             due_at = CASE WHEN $2 = 'planned' THEN tocsin_now() + $6::int * interval '1 millisecond' END,
             doubtful = doubtful OR $7, code = CASE WHEN $2 = 'planned' THEN code END
            WHERE lease = $1 AND state = 'sending' RETURNING id)
         SELECT id FROM settled`,
        [
          message.lease,
          state,
          outcome.provider,
          outcome.kind === 'accepted' ? outcome.providerId : null,
          error?.slice(0, 500) ?? null,
          retryInMs,
          outcome.kind === 'ambiguous',
        ],
      );
      if (rows.length === 0) return;
      if (outcome.kind === 'accepted') await clearDead(tx, message);
      if (outcome.kind === 'failed' && outcome.permanent && saysAddressIsDead(message.channel, outcome.error))
        await markDead(tx, message, error ?? '');
    });
  }

  /** Applies a provider callback. False when it concerns none of these messages. */
  async receipt(
    tx: Querying,
    about: { key: string | null; provider: string; providerId: string | null },
    verdict: Verdict,
    error: string,
  ): Promise<boolean> {
    const rows: (ContactAt & { channel: string })[] = await tx.query(
      `SELECT person, contact, address, channel FROM contact_message
        WHERE key = $1 OR ($1::text IS NULL AND provider_id = $3 AND provider = $2) ORDER BY created_at DESC LIMIT 1`,
      [about.key, about.provider, about.providerId],
    );
    const at = rows[0];
    if (at === undefined) return false;
    const kept = sanitisedError(error, at);
    if (verdict === 'bounced' && saysAddressIsDead(at.channel, error)) await markDead(tx, at, kept);
    if (saysLost(verdict))
      await tx.query(
        `UPDATE contact_message SET state = 'failed', error = $4 WHERE state = 'accepted'
           AND (key = $1 OR ($1::text IS NULL AND provider_id = $3 AND provider = $2))`,
        [about.key, about.provider, about.providerId, kept.slice(0, 500)],
      );
    return true;
  }
}
