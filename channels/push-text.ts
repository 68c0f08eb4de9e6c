/** A message for a lock screen: title, a few lines, how loud, and where its buttons lead. Pure. */
import type { OutgoingMessage } from '../domain/delivery/message.js';
import { renderMessage } from './render.js';

export interface PushText {
  title: string;
  body: string;
  /** `loud`: wakes somebody (a page of P1 or P2). `quiet`: can wait until the phone is looked at. */
  loudness: 'loud' | 'normal' | 'quiet';
  /** What the button to `links.respond` says. */
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

/** Where a one-tap button posts its decision; null when the message asks for more than a tap. */
export function linkHook(message: OutgoingMessage): string | null {
  if (message.type !== 'page.requested') return null;
  const at = message.links.respond.lastIndexOf('/l/');
  return at < 0
    ? null
    : `${message.links.respond.slice(0, at)}/hooks/link/${message.links.respond.slice(at + 3)}`;
}

/** At most so many bytes of UTF-8, cut between characters, with an ellipsis where something is missing. */
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
