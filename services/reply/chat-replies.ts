/** Messages of people in a chat, on any chat channel: a pressed button, `ack INC-42`, `who`, `list`. */
import type { DataSource } from 'typeorm';
import { sentDelivery } from '../../db/reply/reply-pages.js';
import type { ReplyIntent } from '../../domain/reply/grammar.js';
import type { ChatQuestions, ChatSender } from './chat-questions.js';
import type { InboundReplies, ReplyResult } from './inbound-reply.service.js';

export class ChatReplies {
  constructor(
    private readonly dataSource: DataSource,
    private readonly replies: InboundReplies,
    private readonly questions: ChatQuestions,
  ) {}

  /**
   * A button carries the delivery it belongs to, and that page is answered whatever person pressed: in a shared conversation it may
   * be another person's page.
   */
  async answerButton(
    sender: ChatSender,
    { intent, label, delivery: named }: { intent: ReplyIntent; label: string; delivery: string },
  ): Promise<ReplyResult> {
    const delivery = await sentDelivery(this.dataSource, named);
    const incident = delivery?.type === 'page.requested' ? delivery.incident : 'of this message';
    return this.replies.answer({
      ...sender,
      text: label,
      intent,
      about: { incident, message: delivery },
    });
  }

  /**
   * Answer to a message: to `who`, `list` or `help` of a known person, or to an answer to a page. Null for an unknown sender.
   * `isRepeated`: the provider repeats a message that was answered before.
   */
  async answerText(sender: ChatSender, text: string): Promise<{ text: string; isRepeated: boolean } | null> {
    const question = await this.questions.answer(sender, text);
    if (question !== null) return { text: question, isRepeated: false };
    const result = await this.replies.answer({ ...sender, text });
    return result.kind === 'unknown_sender'
      ? null
      : { text: result.text, isRepeated: result.kind === 'repeated' };
  }

  noteUnknownSender(sender: ChatSender, text: string, answer: string): Promise<void> {
    return this.replies.noteUnknownSender({ ...sender, text }, answer);
  }
}
