/**
 * Makes external text safe to show: removes characters that reverse surrounding text (U+202E makes "evil" of "live"), hide it, or
 * control a terminal. Letters of every script stay, as do the marks that right-to-left text needs.
 */

/** Embeddings, overrides and isolates, and control characters except line breaks and tabs. */
const ACTING = /[\u202A-\u202E\u2066-\u2069]|(?![\n\r\t])\p{Cc}/gu;

export const plain = (text: string): string => text.replace(ACTING, '');

/** Applies `plain` to every string in a value; names of members stay unchanged. */
export function plainValue<T>(value: T): T {
  if (typeof value === 'string') return plain(value) as T;
  if (Array.isArray(value)) return value.map(plainValue) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainValue(one)])) as T;
}

const WEB_ADDRESS = /https?:\/\/[^\s<>"'\\\u00AB\u00BB]+/giu;
/** Longer ones are text: no browser's bar shows them, and no alert needs them. */
const ADDRESS_CHARACTERS = 2_048;

export type TextPart = { kind: 'text' | 'link'; text: string };

/** Splits web addresses from the rest of a text; punctuation that ends a sentence is not part of an address. */
export function linksIn(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of text.matchAll(WEB_ADDRESS)) {
    if (match[0].length > ADDRESS_CHARACTERS) continue;
    const url = withoutSentenceEnd(match[0]);
    if (!URL.canParse(url)) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push({ kind: 'link', text: url });
    from = match.index + url.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/**
 * `(see https://a.example/x(1)).` ends at `x(1)`: a bracket belongs to the address that opened it. Linear in time, because the
 * sender chooses the text.
 */
function withoutSentenceEnd(url: string): string {
  const open = new Map(
    Object.entries(OPENING).map(([closing, opening]) => [closing, surplus(url, opening, closing)]),
  );
  let end = url.length;
  while (end > 0) {
    const last = url.charAt(end - 1);
    const excess = open.get(last);
    if ((excess !== undefined && excess >= 0) || !SENTENCE_END.includes(last)) return url.slice(0, end);
    // A bracket that was cut off no longer counts.
    if (excess !== undefined) open.set(last, excess + 1);
    end -= 1;
  }
  return '';
}

const OPENING: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
const SENTENCE_END = '.,;:!?)]}*_~`';

/** Difference between opening and closing brackets of one kind. */
function surplus(text: string, opening: string, closing: string): number {
  let count = 0;
  for (const character of text) {
    if (character === opening) count += 1;
    else if (character === closing) count -= 1;
  }
  return count;
}
