/** One message about an alert, the same for every inbound format (docs: domain words, "alert signal"). */
import type { Severity } from '../config/specs.js';

export type SignalAction = 'trigger' | 'acknowledge' | 'resolve';

export type Json = null | boolean | number | string | Json[] | { [field: string]: Json };

export interface SignalLink {
  title: string;
  /** http or https, nothing else: people click it. */
  url: string;
}

export interface AlertSignal {
  action: SignalAction;
  /** 1 to 255 characters; with the source the identity of the alert. A longer one is cut by the format, with a hash. */
  dedupKey: string;
  /** 1 to 1024 characters. An acknowledge or resolve that says no title has its dedup key here. */
  title: string;
  severity: Severity;
  description?: string;
  /** Without prototype: the names are the sender's. */
  labels: Record<string, string>;
  links: SignalLink[];
  /** The sender's clock, ISO 8601 in UTC; null when it did not say. */
  occurredAt: string | null;
  /**
   * When the condition began, by the sender's clock, from senders that repeat a state and not an event (Alertmanager's
   * `startsAt`): it stays the same for as long as the condition holds, and also when it is reported again after a resolve.
   */
  startedAt?: string | null;
  /** The sender's name of the group that this alert came in. */
  groupKey?: string;
  /** The alert closes by itself at this instant unless it is sent again (Alertmanager's future `endsAt`). */
  resolveAt?: string | null;
  /** The program that sent it, as it calls itself. */
  client?: string;
  /** Whatever else the sender told, at most 16 KiB (see `capDetail`). */
  detail: Json;
  /** What was missing or wrong in the message and what was taken instead, for people. */
  notes?: string[];
}

/** What a sender says of the whole group that one notification is about. */
export interface GroupNotice {
  key: string;
  /** Everything in the group has ended. */
  isOver: boolean;
  /** How many alerts the sender left out of the notification, open and ended ones alike. */
  truncated: number;
}

export const DEDUP_KEY_MAX = 255;
export const GROUP_KEY_MAX = 1024;
export const TITLE_MAX = 1024;
export const DESCRIPTION_MAX = 8192;
export const LABELS_MAX = 100;
export const LINKS_MAX = 20;
const LABEL_NAME_MAX = 255;
const LABEL_VALUE_MAX = 1024;
const URL_MAX = 2048;

/** The text in at most `max` UTF-16 units, ended by an ellipsis when cut, never in the middle of a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** One line of at most 1024 characters: line breaks and other control characters become blanks. Empty when nothing is left. */
export function titleFrom(text: string): string {
  return cutText(text.replace(/[\s\p{Cc}]+/gu, ' ').trim(), TITLE_MAX);
}

/** Labels from name and value, the first of equal names wins; empty names and all beyond 100 are left out, long values cut. */
export function labelsFrom(entries: Iterable<readonly [string, string]>): Record<string, string> {
  const labels = Object.create(null) as Record<string, string>;
  let count = 0;
  for (const [name, value] of entries) {
    if (count === LABELS_MAX) break;
    if (name === '' || name.length > LABEL_NAME_MAX || name in labels) continue;
    labels[name] = cutText(value, LABEL_VALUE_MAX);
    count += 1;
  }
  return labels;
}

/** The links a person can follow: http(s) only (a `javascript:` address must never reach a page), no twins, at most 20. */
export function linksFrom(candidates: Iterable<{ title: string; url: string | undefined }>): SignalLink[] {
  const links = new Map<string, SignalLink>();
  for (const { title, url } of candidates) {
    if (links.size === LINKS_MAX) break;
    if (url === undefined || url.length > URL_MAX || !/^https?:\/\/[^\s<>"\\]+$/i.test(url) || links.has(url))
      continue;
    links.set(url, { title: cutText(title === '' ? url : title, 255), url });
  }
  return [...links.values()];
}
