/** A message for a chat: what stands on top, what stands below, and whether it asks for an answer. Pure. */
import { isContactMessage, type OutgoingMessage, type PageStanding } from '../domain/delivery/message.js';
import { renderAlsoPaged, renderMessage } from './render.js';

export interface ChatText {
  title: string;
  /** What is wanted of whom, or what has become of it. */
  lead: string;
  notices: string[];
  facts: { name: string; value: string }[];
  body: string | null;
  /** Other incidents that the page is about. */
  also: { text: string; link: string }[];
  link: { label: string; url: string };
  /** A page that somebody has still to answer: with buttons. */
  isOpen: boolean;
  isDrill: boolean;
  /** Nobody is woken by it. */
  isQuiet: boolean;
}

/** `standing`: of a page that is changed in place; null for one that is new. */
export function chatText(message: OutgoingMessage, standing: PageStanding | null = null): ChatText {
  const { subject, lead, notices, facts, body, action } = renderMessage(message);
  const isPage = message.type === 'page.requested';
  return {
    title: subject,
    lead: standing?.text ?? lead,
    notices,
    facts,
    body,
    also: renderAlsoPaged(message),
    link: { label: standing !== null && !standing.isOpen ? 'Open' : action, url: message.links.respond },
    isOpen: isPage && (standing?.isOpen ?? true),
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
 * At most so many UTF-16 units (that is how chats count), cut between characters, with an ellipsis where something is missing.
 * `written`: how a character is written there.
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
