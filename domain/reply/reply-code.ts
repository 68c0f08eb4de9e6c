/**
 * The code in text messages about a page. A sender's number can be forged, but only a person who has read the page knows the
 * code. The code is required in addition to the right number.
 */
import type { ParsedReply } from './grammar.js';

/** Format of shared/keys.ts: five letters, none a vowel. */
const code = /(?:^|\s)#?([bcdfghjkmnpqrstvwxz]{5})[.!]?\s*$/i;

/** `resolve kfmxp` → the code, and the rest of the text to parse. Only the first line counts. */
export function splitCode(text: string): { text: string; code: string | null } {
  const [first = '', ...rest] = text.trim().split('\n');
  const found = code.exec(first);
  if (found === null) return { text, code: null };
  return { text: [first.slice(0, found.index), ...rest].join('\n'), code: found[1]?.toLowerCase() ?? null };
}

/** True for replies that cannot be undone, or that concern more than one page. */
export const needsCode = ({ intent, target }: ParsedReply): boolean =>
  intent === 'resolve' || target.kind === 'all';
