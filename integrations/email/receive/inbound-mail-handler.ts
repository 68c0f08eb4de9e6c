/** Handles an inbound mail: a reply goes to the reply service, a bounce to the ledger. */
import { createHash } from 'node:crypto';
import type { Logger } from '../../../shared/logger.js';
import type { MailReplies, SentMessage } from '../../../services/reply/mail-replies.js';
import type { ReturnAddress } from './addresses.js';
import { isVouchedFor } from './authenticated.js';
import { type IncomingMail, kindOfMail } from './read-mail.js';

/** `taken`: 250; `answer` is sent back when there is one. `refused`: 550 with the reason. */
export type MailOutcome =
  { kind: 'taken'; answer: { to: string; text: string } | null } | { kind: 'refused'; reason: string };

const TAKEN: MailOutcome = { kind: 'taken', answer: null };

export class InboundMailHandler {
  constructor(
    private readonly mail: MailReplies,
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
        await this.mail.refuse(kind.reason, headOf(mail));
        return TAKEN;
      case 'bounce': {
        // Anybody can write a Message-ID, and no server vouches for the sender of a report: only our return address is proof.
        const sent = await this.mail.sent(keysOf(to, 'bounce'));
        return sent === null
          ? this.unknown(mail, 'a bounce that came to no return address of ours')
          : this.bounce(mail, sent, `${kind.status} ${kind.reason}`.trim());
      }
      case 'answer': {
        // The reply address proves which message is answered. A Message-ID is visible to everybody to whom a mail was forwarded.
        const key = await this.mail.answerable(keysOf(to, 'reply'));
        if (key === null)
          return this.unknown(mail, 'it answers no message of ours that may still be answered');
        const vouched =
          this.vouching === null ? null : isVouchedFor(mail.authentication, this.vouching, kind.from);
        if (vouched?.kind === 'not_vouched') {
          this.log.info({ reason: vouched.reason }, 'a reply by mail was not accepted');
          await this.mail.refuse(vouched.reason, headOf(mail));
          return TAKEN;
        }
        return this.answer(mail, key, kind.from);
      }
    }
  }

  private async bounce(mail: IncomingMail, sent: SentMessage, error: string): Promise<MailOutcome> {
    const outcome = await this.mail.bounced(sent, idOf(mail), error);
    this.log.info({ key: sent.key, outcome }, 'a mail bounced');
    return TAKEN;
  }

  private async answer(mail: IncomingMail, key: string, from: string): Promise<MailOutcome> {
    const result = await this.mail.answer({ key, from, text: mail.text, messageId: idOf(mail) });
    // An unknown sender does not learn that they are unknown.
    return result.kind === 'unknown_sender'
      ? TAKEN
      : { kind: 'taken', answer: { to: from, text: result.text } };
  }

  private async unknown(mail: IncomingMail, reason: string): Promise<MailOutcome> {
    await this.mail.refuse(reason, headOf(mail));
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
