/** "Acknowledge" in the app of a push provider, reported by a callback that proves its delivery. */
import type { DataSource } from 'typeorm';
import { sentDelivery } from '../../db/reply/reply-pages.js';
import type { ProviderCallbacks } from '../delivery/provider-callbacks.js';
import type { InboundReplies, ReplyResult } from './inbound-reply.service.js';

export class AppReplies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly replies: InboundReplies,
    private readonly callbacks: ProviderCallbacks,
  ) {}

  /** Null: the message of this ledger key no longer exists. `at`: the provider's time, ISO 8601; empty when unknown. */
  async acknowledged({
    provider,
    key,
    receipt,
    at,
    text,
  }: {
    provider: 'pushover';
    key: string;
    receipt: string;
    at: string;
    text: string;
  }): Promise<ReplyResult | null> {
    const delivery = await sentDelivery(this.dataSource, key);
    if (delivery === null) return null;
    const messageId = `${key}/${receipt}`;
    await this.callbacks.takeReceipt({
      provider,
      eventId: messageId,
      delivery: key,
      providerId: null,
      verdict: 'read',
      at,
    });
    return this.replies.answer({
      channel: provider,
      from: delivery.address,
      text,
      intent: 'acknowledge',
      about: { delivery: key },
      messageId,
    });
  }
}
