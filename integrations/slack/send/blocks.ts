/**
 * Renders a message as Slack blocks within Slack's limits: 50 blocks, header 150, section 3000, ten fields of 2000, button 75, in
 * total about 13,000 characters. Pure.
 */
import type { KnownBlock } from '@slack/web-api';
import { CHAT_BUTTONS } from '../../../domain/delivery/chat-buttons.js';
import type { OutgoingMessage, PageStatus } from '../../../domain/delivery/message.js';
import { slackCharacter } from '../../../domain/delivery/slack-text.js';
import { chatLines, chatText, cutUnits } from '../../shared/send/chat-text.js';

const HEADER = 150;
/** Half of a section's limit, so that all sections fit into the total. */
const BODY = 1_500;
const FIELD = 400;
const FIELDS = 10;
const BUTTON = 75;
/** Fallback text for notifications, and for clients that refuse blocks. */
const TEXT = 3_800;
/** Other incidents with their links; the rest is behind the first one's link. */
const ALSO = 10;
const ALSO_TEXT = 250;

export interface SlackMessage {
  text: string;
  blocks: KnownBlock[];
}

export interface SlackOptions {
  /** The ledger key, which a pressed button returns. */
  key: string;
  status: PageStatus | null;
  /** Without a signing secret a pressed button could not be verified. */
  withButtons: boolean;
}

export function slackMessage(
  message: OutgoingMessage,
  { key, status, withButtons }: SlackOptions,
): SlackMessage {
  const chat = chatText(message, status);
  const { title, lead, notices, facts, body, also, link } = chat;
  const buttons = chat.isOpen && withButtons ? CHAT_BUTTONS : [];
  return {
    text: `${escaped([title, ...chatLines(chat)].join('\n'), TEXT)}\n${link.url}`,
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: cutUnits(title, HEADER) } },
      ...notices.map((notice) => context(notice)),
      section(`*${escaped(lead, BODY)}*`),
      ...(body === null ? [] : [section(escaped(body, BODY))]),
      ...also.slice(0, ALSO).map((other) => section(`<${other.link}|${escaped(other.text, ALSO_TEXT)}>`)),
      {
        type: 'section',
        fields: facts.slice(0, FIELDS).map(({ name, value }) => ({
          type: 'mrkdwn',
          text: `*${escaped(name, FIELD)}*\n${escaped(value, FIELD)}`,
        })),
      },
      {
        type: 'actions',
        elements: [
          ...buttons.map(({ intent, label }) => ({
            type: 'button' as const,
            action_id: intent,
            value: key,
            text: { type: 'plain_text' as const, text: cutUnits(label, BUTTON) },
            ...(intent === 'acknowledge' ? { style: 'primary' as const } : {}),
          })),
          {
            type: 'button',
            action_id: 'open',
            url: link.url,
            text: { type: 'plain_text', text: cutUnits(link.label, BUTTON) },
          },
        ],
      },
    ],
  };
}

const section = (text: string): KnownBlock => ({
  type: 'section',
  text: { type: 'mrkdwn', text: text },
});

const context = (text: string): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: escaped(text, BODY) }],
});

const escaped = (text: string, max: number): string => cutUnits(text, max, slackCharacter);
