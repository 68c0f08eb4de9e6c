/** A message for a chat: its parts, and whether it requires an answer. Pure. */
import { isContactMessage, type OutgoingMessage, type PageStatus } from '../../../domain/delivery/message.js';
import { renderAlsoPaged, renderMessage } from './render.js';

export interface ChatText {
  title: string;
  /** The request to the reader, or the current status. */
  lead: string;
  notices: string[];
  facts: { name: string; value: string }[];
  body: string | null;
  /** Other incidents of the page. */
  also: { text: string; link: string }[];
  link: { label: string; url: string };
  /** A page without an answer yet: shown with buttons. */
  isOpen: boolean;
  isDrill: boolean;
  /** Sent without sound. */
  isQuiet: boolean;
}

/** Of the sender's description and own fields: a card is read at a glance, the page behind its link has all. */
const MAX_DESCRIPTION = 600;
const MAX_FIELDS = 5;
const MAX_VALUE = 120;

/** `status`: of a page that is changed in place; null for a new one. */
export function chatText(message: OutgoingMessage, status: PageStatus | null = null): ChatText {
  const { subject, lead, notices, facts, body, description, fields, action } = renderMessage(message);
  const isPage = message.type === 'page.requested';
  return {
    title: subject,
    lead: status?.text ?? lead,
    notices,
    facts: [
      ...facts,
      ...fields.slice(0, MAX_FIELDS).map(({ name, value }) => ({ name, value: cutUnits(value, MAX_VALUE) })),
    ],
    body: body ?? (description === null ? null : cutUnits(description, MAX_DESCRIPTION)),
    also: renderAlsoPaged(message),
    link: { label: status !== null && !status.isOpen ? 'Open' : action, url: message.links.respond },
    isOpen: isPage && (status?.isOpen ?? true),
    isDrill: message.incident.drill,
    isQuiet: !isPage && message.type !== 'approval.requested' && !isContactMessage(message),
  };
}

/** As lines of plain text, without the title and the link. */
export function chatLines({ lead, notices, facts, body, also }: ChatText): string[] {
  return [
    ...notices,
    lead,
    ...(body === null ? [] : ['', body]),
    ...also.map(({ text, link }) => `${text}: ${link}`),
    '',
    ...facts.map(({ name, value }) => `${name}: ${value}`),
  ];
}

/**
 * At most `max` UTF-16 units (as chats count), cut between characters, with an ellipsis for a missing rest. `written`: the chat's
 * escaped form of a character.
 */
export function cutUnits(text: string, max: number, written = (character: string) => character): string {
  let whole = '';
  let kept = '';
  for (const character of text) {
    const next = written(character);
    if (whole.length + next.length > max) return `${kept}…`;
    whole += next;
    if (whole.length < max) kept = whole;
  }
  return whole;
}
