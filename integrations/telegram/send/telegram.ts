/** Channel `telegram`: a bot's message with buttons to a chat, updated in place. The address is a chat id. */
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import { buttonData, CHAT_BUTTONS } from '../../../domain/delivery/chat-buttons.js';
import type { OutgoingMessage, PageStatus } from '../../../domain/delivery/message.js';
import { retryAfterMs } from '../../../domain/delivery/retry-after.js';
import { chatLines, chatText, cutUnits } from '../../shared/send/chat-text.js';
import {
  type Answered,
  answerJson,
  failure,
  readProviderAnswer,
  shownAnswer,
} from '../../shared/send/provider-answer.js';

export interface TelegramOptions {
  egress: EgressPort;
  botToken: string;
  /** `TELEGRAM_API_URL`. */
  apiUrl: string;
}

/** 4096 UTF-16 units: a character outside the basic plane counts as two. */
const TEXT = 4_096;
/** Delay for a busy provider that states none. */
const DEFAULT_WAIT_MS = 5_000;

export function createTelegramChannel({ egress, botToken, apiUrl }: TelegramOptions): Channel {
  const call = async (method: string, body: object, timeoutMs: number) => {
    const answer = await egress.request({
      method: 'POST',
      url: `${apiUrl}/bot${botToken}/${method}`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs,
    });
    return readProviderAnswer('telegram', answer, readAnswer);
  };
  return {
    name: 'telegram',
    // 30 a second in total, one a second to a chat, 20 a minute to a group.
    limits: { perSecond: 25, perAddressPerMinute: 20 },
    send: ({ destination, message, idempotencyKey, timeoutMs }) =>
      call(
        'sendMessage',
        { chat_id: destination.address, ...telegramMessage(message, idempotencyKey) },
        timeoutMs,
      ),
    async update({ message, status, idempotencyKey, providerId, timeoutMs }) {
      const [chat = '', id = ''] = providerId.split('/');
      const { disable_notification: _quiet, ...shown } = telegramMessage(message, idempotencyKey, status);
      const outcome = await call(
        'editMessageText',
        { chat_id: chat, message_id: Number(id), ...shown },
        timeoutMs,
      );
      // Unchanged: an earlier edit already arrived.
      if (outcome.kind === 'failed' && outcome.error.includes('message is not modified'))
        return { kind: 'accepted', provider: 'telegram', providerId };
      return outcome;
    },
  };
}

function telegramMessage(message: OutgoingMessage, key: string, status: PageStatus | null = null) {
  const chat = chatText(message, status);
  const { url, label } = chat.link;
  const end = `\n\n${label}: ${url}`;
  const text = cutUnits([chat.title, '', ...chatLines(chat)].join('\n'), TEXT - end.length) + end;
  const buttons = CHAT_BUTTONS.map((button) => ({
    text: button.label,
    callback_data: buttonData(button, key),
  }));
  const [first, ...others] = buttons;
  const rows = chat.isOpen && first !== undefined ? [[first], others] : [];
  return {
    text,
    disable_notification: chat.isQuiet,
    link_preview_options: { is_disabled: true },
    reply_markup: {
      // Telegram refuses buttons to URLs that are not public https; the link is then in the text only.
      inline_keyboard: [...rows, ...(url.startsWith('https:') ? [[{ text: label, url }]] : [])],
    },
  };
}

function readAnswer(answer: Answered, now: Date): SendOutcome | null {
  const { ok, result, description, parameters } = answerJson(answer);
  if (ok === true) {
    const { message_id: id, chat } = fieldsOf(result);
    const chatId = fieldsOf(chat)['id'];
    return { kind: 'accepted', provider: 'telegram', providerId: `${String(chatId)}/${String(id)}` };
  }
  const said = typeof description === 'string' ? `${answer.status}: ${description.slice(0, 200)}` : null;
  if (answer.status === 429 || answer.status === 503) {
    const asked = fieldsOf(parameters)['retry_after'] ?? answer.headers['retry-after'];
    const waitMs = retryAfterMs(asked, now) ?? DEFAULT_WAIT_MS;
    return { ...failure('telegram', said ?? shownAnswer(answer), false), retryAfterMs: waitMs };
  }
  if (answer.status >= 200 && answer.status < 300)
    return failure('telegram', 'this does not answer like Telegram', false);
  return said === null ? null : failure('telegram', said, answer.status < 500);
}

const fieldsOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? { ...value } : {};
