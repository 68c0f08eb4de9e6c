/**
 * Telegram's webhook: pressed buttons and messages to the bot. The answer is in the reply to the update, so no request has to be
 * sent.
 */
import type { FastifyInstance } from 'fastify';
import type { EgressPort } from '../../../ports/egress.js';
import type { Config } from '../../../config/environment.js';
import { sameSecret, telegramSecret } from '../../../shared/keys.js';
import type { Logger } from '../../../shared/logger.js';
import type { RefusedCallbacks } from '../../../services/delivery/provider-callbacks.js';
import type { ChatReplies } from '../../../services/reply/chat-replies.js';
import { CHAT_BUTTONS } from '../../../domain/delivery/chat-buttons.js';
import { type HookOutcome, type HookReply, registerHook } from '../../shared/receive/hook.js';
import { registerTelegramConnect } from './connect.js';
import { readUpdate, type TelegramUpdate } from './payloads.js';

export interface TelegramHookParts {
  chat: ChatReplies;
  callbacks: RefusedCallbacks;
  config: Pick<Config, 'channels' | 'secretKey' | 'publicUrl'>;
  logger: Logger;
  egress: EgressPort;
}

/** Most characters of a notice over the chat. */
const NOTICE = 200;
const NOTHING: HookReply = { status: 200, type: 'text/plain', body: '' };
const call = (method: string, parameters: object): HookReply => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ method, ...parameters }),
});

export function registerTelegramHooks(fastify: FastifyInstance, parts: TelegramHookParts): void {
  const { chat, callbacks, config, logger } = parts;
  const { telegram } = config.channels;
  const secret = telegram?.webhookSecret ?? telegramSecret(config.secretKey);
  registerHook(fastify, callbacks, logger, {
    provider: 'telegram',
    url: '/hooks/telegram',
    summary: 'Telegram: a pressed button, or a message to the bot',
    bodyTypes: ['application/json'],
    // The callback of a pressed button contains the button's message, and the message to which that one replies.
    bodyLimit: 64 * 1024,
    provenBy: ['x-telegram-bot-api-secret-token'],
    async handle(request, rawBody): Promise<HookOutcome> {
      if (telegram === null) return { refused: 'no TELEGRAM_BOT_TOKEN is configured', status: 401 };
      const shown = request.headers['x-telegram-bot-api-secret-token'];
      if (typeof shown !== 'string' || !sameSecret(shown, secret))
        return { refused: 'the secret token is not the one that Telegram was given', status: 401 };
      const update = readUpdate(rawBody);
      return update === null ? { refused: 'not an update of Telegram', status: 400 } : take(chat, update);
    },
  });
  registerTelegramConnect(fastify, parts, secret);
}

async function take(replies: ChatReplies, update: TelegramUpdate): Promise<HookReply> {
  switch (update.kind) {
    case 'other':
      return NOTHING;
    case 'button': {
      const { pressed, callback, user, id } = update;
      if (pressed === null) return NOTHING;
      const label = CHAT_BUTTONS.find(({ intent }) => intent === pressed.intent)?.label ?? pressed.intent;
      const sender = { channel: 'telegram', from: user, messageId: id } as const;
      const result = await replies.answerButton(sender, { ...pressed, label });
      if (result.kind === 'unknown_sender') return NOTHING;
      return call('answerCallbackQuery', {
        callback_query_id: callback,
        text: result.text.slice(0, NOTICE),
        // A refusal has to be read; a success shows in the message.
        show_alert: result.kind === 'refused',
      });
    }
    case 'text': {
      const { chat, user, text, id } = update;
      const sender = { channel: 'telegram', from: user, messageId: id } as const;
      // The only answer to unknown senders: the number of their own chat, which a contact needs.
      if (/^start\b/i.test(text)) {
        const told = `The id of this chat is ${chat}. Add it in Tocsin as a contact of the channel Telegram to be paged here.`;
        await replies.noteUnknownSender(sender, text, told);
        return call('sendMessage', { chat_id: chat, text: told });
      }
      const answer = await replies.answerText(sender, text);
      return answer === null ? NOTHING : call('sendMessage', { chat_id: chat, text: answer.text });
    }
  }
}
