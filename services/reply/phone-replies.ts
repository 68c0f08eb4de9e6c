/** Replies by phone: a text, and a digit pressed in a call. The provider's own route verifies the callback first. */
import type { SpendStore } from '../../db/delivery/spend-store.js';
import { digitIntent } from '../../domain/delivery/call-script.js';
import { cutToSegments } from '../../domain/delivery/sms-segments.js';
import type { SpendLimits } from '../../domain/delivery/spend.js';
import type { InboundReplies } from './inbound-reply.service.js';

export class PhoneReplies {
  constructor(
    private readonly replies: InboundReplies,
    private readonly spend: SpendStore,
  ) {}

  /**
   * Answer to a text, cut to the length of a page; null for no answer: an unknown sender, or a sender whose quota of answers for
   * the day is used up. `isRepeated`: the provider repeats a text that was answered before; the first answer was counted.
   */
  async answerText(
    limits: SpendLimits,
    { from, text, messageId }: { from: string; text: string; messageId: string },
  ): Promise<{ text: string; isRepeated: boolean } | null> {
    const result = await this.replies.answer({ channel: 'sms', from, text, messageId });
    if (result.kind === 'unknown_sender') return null;
    const answer = { text: cutToSegments(result.text), isRepeated: result.kind === 'repeated' };
    if (answer.isRepeated) return answer;
    // The quota stops two machines that answer each other.
    const decision = await this.spend.reserve({ person: `replies to ${from}`, isUrgent: false, limits });
    return decision.kind === 'allowed' ? answer : null;
  }

  /** Spoken answer to a pressed digit; null for an unknown sender, who gets no answer. `tag`: ledger key of the call. */
  async answerDigits({
    from,
    digits,
    tag,
    callId,
  }: {
    from: string;
    digits: string;
    tag: string | null;
    callId: string;
  }): Promise<string | null> {
    const intent = digitIntent(digits);
    const result = await this.replies.answer({
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
}
