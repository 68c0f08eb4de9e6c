/** Handles an inbound mail: a reply goes to the reply service, a bounce to the ledger. */
import { createHash } from 'node:crypto';
import type { Logger } from '../../../shared/logger.js';
import {
  answerableDelivery,
  sentContactMessage,
  type SentDelivery,
  sentDelivery,
} from '../../../db/reply/reply-pages.js';
import type { Store } from '../../../db/connection/store.js';
import type { ReturnAddress } from './addresses.js';
import { isVouchedFor } from './authenticated.js';
import { type IncomingMail, kindOfMail } from './read-mail.js';

export type MailStore = Pick<Store, 'dataSource' | 'callbacks' | 'replies'>;

/** `taken`: 250; `answer` is sent back when there is one. `refused`: 550 with the reason. */
export type MailOutcome =
  { kind: 'taken'; answer: { to: string; text: string } | null } | { kind: 'refused'; reason: string };

type Sent = Pick<SentDelivery, 'key' | 'provider'>;

const TAKEN: MailOutcome = { kind: 'taken', answer: null };

export class InboundMailHandler {
  constructor(
    private readonly store: MailStore,
    private readonly log: Pick<Logger, 'info'>,
    /** `TOCSIN_REPLY_AUTHSERV`: the mail server that vouches for senders. */
    private readonly vouching: string | null = null,
  ) {}

  /** Rejects only when the database is unavailable: the sending server keeps the mail and retries. */
  async take(mail: IncomingMail, to: readonly ReturnAddress[]): Promise<MailOutcome> {
    const kind = kindOfMail(mail);
    switch (kind.kind) {
      case 'ignored':
        this.log.info({ reason: kind.reason }, 'a mail was ignored');
        await this.store.callbacks.refuse('mail', kind.reason, headOf(mail));
        return TAKEN;
      case 'bounce': {
        // Anybody can write a Message-ID, and no server vouches for the sender of a report: only our return address is proof.
        const sent = await this.sentWith(keysOf(to, 'bounce'));
        return sent === null
          ? this.unknown(mail, 'a bounce that came to no return address of ours')
          : this.bounce(mail, sent, `${kind.status} ${kind.reason}`.trim());
      }
      case 'answer': {
        // The reply address proves which message is answered. A Message-ID is visible to everybody to whom a mail was forwarded.
        const delivery = await this.deliveryOf(keysOf(to, 'reply'), answerableDelivery);
        if (delivery === null)
          return this.unknown(mail, 'it answers no message of ours that may still be answered');
        const vouched =
          this.vouching === null ? null : isVouchedFor(mail.authentication, this.vouching, kind.from);
        if (vouched?.kind === 'not_vouched') {
          this.log.info({ reason: vouched.reason }, 'a reply by mail was not accepted');
          await this.store.callbacks.refuse('mail', vouched.reason, headOf(mail));
          return TAKEN;
        }
        return this.answer(mail, delivery, kind.from);
      }
    }
  }

  private async deliveryOf(keys: readonly string[], find: typeof sentDelivery): Promise<SentDelivery | null> {
    for (const key of keys) {
      const found = await find(this.store.dataSource, key);
      if (found !== null) return found;
    }
    return null;
  }

  /** Verification codes and test pages are not deliveries, but bounce too. */
  private async sentWith(keys: readonly string[]): Promise<Sent | null> {
    const delivery = await this.deliveryOf(keys, sentDelivery);
    if (delivery !== null) return delivery;
    for (const keyStart of keys) {
      const key = await sentContactMessage(this.store.dataSource, keyStart);
      if (key !== null) return { key, provider: null };
    }
    return null;
  }

  private async bounce(mail: IncomingMail, { key, provider }: Sent, error: string): Promise<MailOutcome> {
    const outcome = await this.store.callbacks.record({
      provider: provider ?? 'smtp',
      eventId: idOf(mail),
      delivery: key,
      providerId: null,
      verdict: 'bounced',
      error,
      at: new Date().toISOString(),
    });
    this.log.info({ key, outcome }, 'a mail bounced');
    return TAKEN;
  }

  /** The reply service refuses and records a reply from another address than the one the delivery went to. */
  private async answer(mail: IncomingMail, { key }: SentDelivery, from: string): Promise<MailOutcome> {
    const result = await this.store.replies.answer({
      channel: 'email',
      from,
      text: mail.text,
      about: { delivery: key },
      messageId: idOf(mail),
    });
    // An unknown sender does not learn that they are unknown.
    return result.kind === 'unknown_sender'
      ? TAKEN
      : { kind: 'taken', answer: { to: from, text: result.text } };
  }

  private async unknown(mail: IncomingMail, reason: string): Promise<MailOutcome> {
    await this.store.callbacks.refuse('mail', reason, headOf(mail));
    return { kind: 'refused', reason: 'This mail answers no message of Tocsin' };
  }
}

/** Beginnings of ledger keys that the addresses of this kind prove. */
const keysOf = (to: readonly ReturnAddress[], kind: ReturnAddress['kind']): string[] =>
  to.flatMap((address) => (address.kind === kind ? [address.key] : []));

const idOf = ({ messageId, raw }: IncomingMail): string =>
  messageId ?? createHash('sha256').update(raw).digest('hex');

const headOf = ({ from, subject, text }: IncomingMail): string =>
  `From: ${from.join(', ')}\nSubject: ${subject}\n\n${text.slice(0, 500)}`;
