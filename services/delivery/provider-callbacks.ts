/** Reports of providers about messages: receipts, states of texts and calls, and refused callbacks. */
import type { DeliveryCallback, DeliveryCallbacks } from '../../db/delivery/delivery-callbacks.js';
import type { PhoneCallbacks } from '../../db/delivery/phone-callbacks.js';
import { type PhoneState, verdictOf } from '../../domain/delivery/phone-verdict.js';

export type RefusedCallbacks = Pick<ProviderCallbacks, 'refuse'>;

export interface PhoneStatus extends PhoneState {
  provider: 'twilio' | 'telnyx';
  /** Ledger key in the callback's address; null when there is none. */
  tag: string | null;
  providerId: string;
  /** The provider's own event id, when it has one. */
  eventId: string | null;
  at: string;
}

export class ProviderCallbacks {
  constructor(
    private readonly callbacks: DeliveryCallbacks,
    private readonly phoneCallbacks: PhoneCallbacks,
  ) {}

  /** Stores the beginning of a forged, stale or unreadable callback. */
  refuse(provider: string, reason: string, bodyStart: string): Promise<void> {
    return this.callbacks.refuse(provider, reason, bodyStart);
  }

  /** May be repeated, in any order: a receipt moves its row forwards only. */
  async takeReceipt(callback: DeliveryCallback): Promise<string> {
    return this.callbacks.record(callback);
  }

  /** May be repeated, in any order, like a receipt. */
  async takePhoneStatus(status: PhoneStatus): Promise<void> {
    const { provider, tag, providerId } = status;
    const verdict = verdictOf(status);
    if (tag !== null)
      await this.phoneCallbacks.note({ tag, provider, providerId, isDead: verdict?.verdict === 'failed' });
    if (verdict === null) return;
    await this.callbacks.record({
      ...verdict,
      provider,
      eventId: status.eventId ?? `${providerId}/${status.status}/${status.answeredBy ?? ''}`,
      delivery: tag,
      providerId,
      at: status.at,
    });
  }
}
