/** A message for a lock screen: title, a few lines, loudness, and the targets of its buttons. Pure. */
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { renderMessage } from './render.js';

export interface PushText {
  title: string;
  body: string;
  /** `loud`: wakes a person (a page of P1 or P2). `quiet`: can wait until the phone is used. */
  loudness: 'loud' | 'normal' | 'quiet';
  /** Label of the button to `links.respond`. */
  action: string;
}

export function pushText(message: OutgoingMessage): PushText {
  const { subject, lead, notices, facts, body, action } = renderMessage(message);
  const shown = facts.filter(({ name }) => name !== 'Incident').map(({ name, value }) => `${name}: ${value}`);
  return {
    title: subject,
    body: [...notices, lead, ...(body === null ? [] : [body]), ...shown].join('\n'),
    loudness: loudnessOf(message),
    action,
  };
}

function loudnessOf({ type, incident }: OutgoingMessage): PushText['loudness'] {
  switch (type) {
    case 'page.requested':
      return incident.priority === 'P1' || incident.priority === 'P2' ? 'loud' : 'normal';
    case 'approval.requested':
    case 'contact.code':
    case 'contact.sign-in':
    case 'contact.test':
      return 'normal';
    default:
      return 'quiet';
  }
}

/** URL to which a one-tap button posts its decision; null when the message needs more than a tap. */
export function linkHook(message: OutgoingMessage): string | null {
  if (message.type !== 'page.requested') return null;
  const at = message.links.respond.lastIndexOf('/l/');
  return at < 0
    ? null
    : `${message.links.respond.slice(0, at)}/hooks/link/${message.links.respond.slice(at + 3)}`;
}

/** At most `maxBytes` of UTF-8, cut between characters, with an ellipsis for a missing rest. */
export function cutBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let size = 3;
  let kept = '';
  for (const character of text) {
    size += Buffer.byteLength(character);
    if (size > maxBytes) break;
    kept += character;
  }
  return maxBytes < 3 ? '' : `${kept.trimEnd()}…`;
}

/** The same by characters, as most providers count. */
export function cutCharacters(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
