/** Telegram's updates, as far as they are used. Pure; null for any other body. */
import { z } from 'zod';
import { readButtonData } from '../../../domain/delivery/chat-buttons.js';
import type { ReplyIntent } from '../../../domain/reply/grammar.js';

const Update = z.object({
  update_id: z.int(),
  callback_query: z
    .object({
      id: z.string(),
      from: z.object({ id: z.int() }),
      data: z.string().optional(),
    })
    .optional(),
  message: z
    .object({
      from: z.object({ id: z.int(), is_bot: z.boolean().optional() }).optional(),
      chat: z.object({ id: z.int() }),
      text: z.string().optional(),
    })
    .optional(),
});

export type TelegramUpdate =
  | {
      kind: 'button';
      id: string;
      user: string;
      callback: string;
      pressed: { intent: ReplyIntent; delivery: string } | null;
    }
  | { kind: 'text'; id: string; user: string; chat: string; text: string }
  | { kind: 'other' };

export function readUpdate(body: string): TelegramUpdate | null {
  const parsed = Update.safeParse(json(body));
  if (!parsed.success) return null;
  const { update_id: id, callback_query: callback, message } = parsed.data;
  if (callback !== undefined)
    return {
      kind: 'button',
      id: `update/${id}`,
      user: String(callback.from.id),
      callback: callback.id,
      pressed: readButtonData(callback.data ?? ''),
    };
  if (message?.text === undefined || message.from === undefined || message.from.is_bot === true)
    return { kind: 'other' };
  return {
    kind: 'text',
    id: `update/${id}`,
    user: String(message.from.id),
    chat: String(message.chat.id),
    // `/ack@our_bot INC-42` in a group is `ack INC-42`.
    text: message.text.replace(/^\/([a-z]+)(?:@\w+)?/i, '$1'),
  };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
