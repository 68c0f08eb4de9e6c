/**
 * What a phone provider's call to one of our addresses means, whoever it is: a text to answer, a pressed digit, a status. The
 * provider's own routes verify it first.
 */
import type { Store } from '../../db/store.js';
import { digitIntent } from '../../domain/delivery/call-script.js';
import { cutToSegments } from '../../domain/delivery/sms-segments.js';
import type { SpendLimits } from '../../domain/delivery/spend.js';

export type PhoneStore = Pick<Store, 'replies' | 'callbacks' | 'sightings' | 'spend'>;

export interface PhoneStatus {
  provider: 'twilio' | 'telnyx';
  /** The ledger key in the address that we gave; null when it holds none. */
  tag: string | null;
  providerId: string;
  /** The provider's word for it. */
  status: string;
  /** Who took a call, as far as the provider can tell. */
  answeredBy: string | null;
  error: string | null;
  /** The provider's own event id, when it has one. */
  eventId: string | null;
  at: string;
}

/** What to answer a text with, no longer than a page; null: nothing (a stranger, a copy, or somebody who has used up the day's answers). */
export async function answerText(
  { replies, spend }: PhoneStore,
  limits: SpendLimits,
  { from, text, messageId }: { from: string; text: string; messageId: string },
): Promise<string | null> {
  const result = await replies.answer({ channel: 'sms', from, text, messageId });
  if (result.kind === 'unknown_sender') return null;
  // Two machines that answer each other stop here.
  const decision = await spend.reserve({ person: `replies to ${from}`, isUrgent: false, limits });
  return decision.kind === 'allowed' ? cutToSegments(result.text) : null;
}

/** What to say to whoever pressed a digit; null: a stranger, who hears nothing. */
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

/** Safe to repeat, in any order: a receipt moves its row only forwards. */
export async function takeStatus({ callbacks, sightings }: PhoneStore, status: PhoneStatus): Promise<void> {
  const { provider, tag, providerId } = status;
  const verdict = verdictOf(status);
  if (tag !== null)
    await sightings.note({ tag, provider, providerId, isDead: verdict?.verdict === 'failed' });
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
 * A call that was taken has reached somebody only when it was a person: a machine takes calls too, and then `completed` says
 * nothing. Pressed digits are told to the reply door, which counts them as reached.
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
