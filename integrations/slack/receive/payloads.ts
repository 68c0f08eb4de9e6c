/**
 * Payloads of Slack, by HTTP or Socket Mode: parsed JSON, or the fields of a form. Pure; null for a payload that is not Slack's.
 */
import { z } from 'zod';
import { buttonFor, type ChatButton } from '../../../domain/delivery/chat-buttons.js';

const Actions = z.object({
  type: z.literal('block_actions'),
  user: z.object({ id: z.string() }),
  response_url: z.string().optional(),
  actions: z
    .array(z.object({ action_id: z.string(), value: z.string().optional(), action_ts: z.string() }))
    .min(1),
});

const Command = z.object({
  text: z.string().default(''),
  user_id: z.string(),
  trigger_id: z.string(),
});

const Verification = z.object({ type: z.literal('url_verification'), challenge: z.string() });

const DirectMessage = z.object({
  type: z.literal('event_callback'),
  event_id: z.string(),
  event: z.object({
    type: z.literal('message'),
    channel_type: z.literal('im'),
    user: z.string(),
    text: z.string(),
    channel: z.string(),
    // Excludes edits, joins and the like, and messages of bots, ours included.
    subtype: z.undefined().optional(),
    bot_id: z.undefined().optional(),
  }),
});

const Anything = z.looseObject({});

export interface PressedButton {
  user: string;
  button: ChatButton;
  /** Ledger key of the page that the button belongs to. */
  delivery: string;
  responseUrl: string | null;
  /** Id of the press. */
  id: string;
}

/** `other`: from Slack, but no button of ours (the link's button, a shortcut). */
export function readAction(payload: unknown): PressedButton | 'other' | null {
  const parsed = Actions.safeParse(payload);
  if (!parsed.success) return Anything.safeParse(payload).success ? 'other' : null;
  const { user, actions, response_url: responseUrl = null } = parsed.data;
  const [action] = actions;
  const button = buttonFor(action?.action_id ?? '');
  if (action?.value === undefined || button === null) return 'other';
  const id = `action/${user.id}/${action.action_ts}/${action.action_id}`;
  return { user: user.id, button, delivery: action.value, responseUrl, id };
}

export function readCommand(fields: unknown): { user: string; text: string; id: string } | null {
  const parsed = Command.safeParse(fields);
  if (!parsed.success) return null;
  const { user_id: user, text, trigger_id: id } = parsed.data;
  return { user, text, id: `command/${id}` };
}

export type SlackEvent =
  | { kind: 'verification'; challenge: string }
  | { kind: 'message'; user: string; text: string; conversation: string; id: string }
  | { kind: 'other' };

export function readEvent(body: unknown): SlackEvent | null {
  if (!Anything.safeParse(body).success) return null;
  const verification = Verification.safeParse(body);
  if (verification.success) return { kind: 'verification', challenge: verification.data.challenge };
  const message = DirectMessage.safeParse(body);
  if (!message.success) return { kind: 'other' };
  const { event_id: id, event } = message.data;
  return {
    kind: 'message',
    user: event.user,
    text: event.text,
    conversation: event.channel,
    id: `event/${id}`,
  };
}

/** Null when the text is not JSON. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
