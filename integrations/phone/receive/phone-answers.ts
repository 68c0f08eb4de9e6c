/**
 * Meaning of a phone provider's callback: a text to answer, a pressed digit, a status. The provider's own route verifies the
 * callback first.
 */
import type { Store } from '../../../db/connection/store.js';
import { digitIntent } from '../../../domain/delivery/call-script.js';
import { cutToSegments } from '../../../domain/delivery/sms-segments.js';
import type { SpendLimits } from '../../../domain/delivery/spend.js';

export type PhoneStore = Pick<Store, 'replies' | 'callbacks' | 'phoneCallbacks' | 'spend'>;

export interface PhoneStatus {
  provider: 'twilio' | 'telnyx';
  /** Ledger key in the callback's address; null when there is none. */
  tag: string | null;
  providerId: string;
  /** The provider's name of the status. */
  status: string;
  /** The answering party of a call (human, machine, fax), as far as the provider can tell. */
  answeredBy: string | null;
  error: string | null;
  /** The provider's own event id, when it has one. */
  eventId: string | null;
  at: string;
}

/**
 * Answer to a text, cut to the length of a page; null for no answer: an unknown sender, a repeated message, or a sender whose
 * quota of answers for the day is used up.
 */
export async function answerText(
  { replies, spend }: PhoneStore,
  limits: SpendLimits,
  { from, text, messageId }: { from: string; text: string; messageId: string },
): Promise<string | null> {
  const result = await replies.answer({ channel: 'sms', from, text, messageId });
  if (result.kind === 'unknown_sender') return null;
  // The quota stops two machines that answer each other.
  const decision = await spend.reserve({ person: `replies to ${from}`, isUrgent: false, limits });
  return decision.kind === 'allowed' ? cutToSegments(result.text) : null;
}

/** Spoken answer to a pressed digit; null for an unknown sender, who gets no answer. */
export async function answerDigits(
  { replies }: PhoneStore,
  { from, digits, tag, callId }: { from: string; digits: string; tag: string | null; callId: string },
): Promise<string | null> {
  const intent = digitIntent(digits);
  const result = await replies.answer({
    channel: 'voice',
    from,
    text: digits,
    ...(intent === null ? {} : { intent }),
    ...(tag === null ? {} : { about: { delivery: tag } }),
    messageId: `${callId}/${digits}`,
  });
  if (result.kind === 'unknown_sender') return null;
  return intent === null ? 'That key means nothing here. Nothing was changed.' : result.text;
}

/** May be repeated, in any order: a receipt moves its row forwards only. */
export async function takeStatus(
  { callbacks, phoneCallbacks }: PhoneStore,
  status: PhoneStatus,
): Promise<void> {
  const { provider, tag, providerId } = status;
  const verdict = verdictOf(status);
  if (tag !== null)
    await phoneCallbacks.note({ tag, provider, providerId, isDead: verdict?.verdict === 'failed' });
  if (verdict === null) return;
  await callbacks.record({
    ...verdict,
    provider,
    eventId: status.eventId ?? `${providerId}/${status.status}/${status.answeredBy ?? ''}`,
    delivery: tag,
    providerId,
    at: status.at,
  });
}

type Verdict = { verdict: 'delivered' | 'read' | 'failed'; error?: string };

/**
 * An answered call reached a person only when a human answered: voicemail answers calls too, and `completed` says nothing then.
 * Pressed digits go to the reply service, which marks the contact as reached.
 */
export function verdictOf({
  status,
  answeredBy,
  error,
}: Pick<PhoneStatus, 'status' | 'answeredBy' | 'error'>): Verdict | null {
  if (answeredBy !== null) {
    if (answeredBy === 'human') return { verdict: 'delivered' };
    if (/^(?:machine|fax)/.test(answeredBy))
      return { verdict: 'failed', error: `answered by ${answeredBy.replaceAll('_', ' ')}: not reached` };
  }
  switch (status) {
    case 'delivered':
    case 'read':
      return { verdict: status };
    case 'failed':
    case 'undelivered':
    case 'canceled':
    case 'busy':
    case 'no-answer':
    case 'sending_failed':
    case 'delivery_failed':
      return { verdict: 'failed', error: error === null ? status : `${status}: ${error}` };
    default:
      return null;
  }
}
