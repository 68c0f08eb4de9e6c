/** The delivery ledger and what sending needs beside it; `db/delivery` implements them. */
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import type { OutgoingMessage } from '../domain/delivery/message.js';
import type { SpendDecision, SpendLimits, SpendRefusal } from '../domain/delivery/spend.js';
import type { SendOutcome } from './channel.js';

/** The in-app inbox of the practice organisation (channel `mailbox`); address = person's name. */
export interface MailboxPort {
  put(entry: {
    idempotencyKey: string;
    person: string;
    subject: string;
    text: string;
    link: string;
    message: OutgoingMessage;
  }): Promise<void>;
}

/** Counts messages that cost money on the record, so that all processes share one limit. */
export interface SpendPort {
  /** Counts one message to this person today, or returns the reason why it may not be sent. */
  reserve(request: { person: string; isUrgent: boolean; limits: SpendLimits }): Promise<SpendDecision>;
  /** Reverts the count of a message that was not sent. */
  refund(person: string): Promise<void>;
  /** Counts a message refused for a reason that needed no reservation. */
  refused(because: SpendRefusal): Promise<void>;
}

/** Callbacks of phone providers about attempts without a known outcome. */
export interface PhoneCallbackPort {
  /** The provider's id of a message or call with this ledger key; null when no callback named one. */
  seen(tag: string, provider: string): Promise<string | null>;
}

/** The delivery ledger as one attempt uses it (docs/reliability.md §3). */
export interface LedgerPort {
  mayStillSend(lease: string): Promise<boolean>;
  withdraw(delivery: Pick<LeasedDelivery, 'id' | 'lease' | 'attempt'>): Promise<void>;
  /** `confirmsWithinMs`: after an accepted attempt, a receipt is expected within this time. */
  settle(delivery: LeasedDelivery, outcome: SendOutcome, confirmsWithinMs?: number | null): Promise<void>;
}

/**
 * Plans a `notice.sent` delivery to the people that `to` names (`responders`, `person:…`, `team:…`). The same key is sent once.
 */
export interface NoticePort {
  notify(notice: {
    incidentId: string;
    to: string;
    text: string;
    key: string;
  }): Promise<{ people: string[] }>;
}
