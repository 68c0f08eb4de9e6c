/** Replies and bounces by mail, for the messages whose return address they were sent to. */
import type { DataSource } from 'typeorm';
import {
  answerableDelivery,
  sentContactMessage,
  type SentDelivery,
  sentDelivery,
} from '../../db/reply/reply-pages.js';
import type { ProviderCallbacks } from '../delivery/provider-callbacks.js';
import type { InboundReplies, ReplyResult } from './inbound-reply.service.js';

export interface SentMessage {
  key: string;
  provider: string | null;
}

export class MailReplies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly replies: InboundReplies,
    private readonly callbacks: ProviderCallbacks,
  ) {}

  /** Ledger key of the delivery with one of these beginnings of keys; null when none of them can still be answered. */
  async answerable(keyStarts: readonly string[]): Promise<string | null> {
    return (await this.deliveryOf(keyStarts, answerableDelivery))?.key ?? null;
  }

  /** A message with one of these beginnings of keys. Verification codes and test pages are not deliveries, but bounce too. */
  async sent(keyStarts: readonly string[]): Promise<SentMessage | null> {
    const delivery = await this.deliveryOf(keyStarts, sentDelivery);
    if (delivery !== null) return delivery;
    for (const keyStart of keyStarts) {
      const key = await sentContactMessage(this.dataSource, keyStart);
      if (key !== null) return { key, provider: null };
    }
    return null;
  }

  /** A reply from another address than the one the delivery went to is refused and recorded. */
  answer(mail: { key: string; from: string; text: string; messageId: string }): Promise<ReplyResult> {
    const { key, ...reply } = mail;
    return this.replies.answer({ ...reply, channel: 'email', about: { delivery: key } });
  }

  bounced({ key, provider }: SentMessage, eventId: string, error: string): Promise<string> {
    return this.callbacks.takeReceipt({
      provider: provider ?? 'smtp',
      eventId,
      delivery: key,
      providerId: null,
      verdict: 'bounced',
      error,
      at: new Date().toISOString(),
    });
  }

  /** Stores a mail that is neither a reply nor a bounce of ours. */
  refuse(reason: string, headOfMail: string): Promise<void> {
    return this.callbacks.refuse('mail', reason, headOfMail);
  }

  private async deliveryOf(
    keyStarts: readonly string[],
    find: typeof sentDelivery,
  ): Promise<SentDelivery | null> {
    for (const keyStart of keyStarts) {
      const found = await find(this.dataSource, keyStart);
      if (found !== null) return found;
    }
    return null;
  }
}
