/** Limits of an alert signal's texts and lists, and the functions that cut to them: a long text is cut, never refused. */
import type { SignalLink } from './signal.js';

export const DEDUP_KEY_MAX = 255;
export const GROUP_KEY_MAX = 1024;
const TITLE_MAX = 1024;
export const DESCRIPTION_MAX = 8192;
const LABELS_MAX = 100;
const LINKS_MAX = 20;
const LABEL_NAME_MAX = 255;
const LABEL_VALUE_MAX = 1024;
const URL_MAX = 2048;

/** Cuts a text to `max` UTF-16 units, ending in an ellipsis when cut, never inside a surrogate pair. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(max - 2)) ? max - 2 : max - 1;
  return `${text.slice(0, end)}…`;
}

/** One line of at most 1024 characters: line breaks and other control characters become blanks. Empty when nothing remains. */
export function titleFrom(text: string): string {
  return cutText(text.replace(/[\s\p{Cc}]+/gu, ' ').trim(), TITLE_MAX);
}

/**
 * Labels from names and values. The first of equal names wins; empty names and entries beyond 100 are dropped, long values cut.
 */
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

/** Links that are safe to show: http(s) only (a `javascript:` URL must never reach a page), no duplicates, at most 20. */
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
