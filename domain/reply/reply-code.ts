/**
 * The code in a text about a page. Who sends a text is only as good as the networks it came through, and anybody can send one under
 * another's number; whoever knows the code has read the page. It takes the place of nothing: the number has to be right as well.
 */
import type { ParsedReply } from './grammar.js';

/** As config/keys.ts makes them: five letters, none a vowel. */
const code = /(?:^|\s)#?([bcdfghjkmnpqrstvwxz]{5})[.!]?\s*$/i;

/** `resolve kfmxp` → the code, and what is left to be understood. Only the first line counts. */
export function splitCode(text: string): { text: string; code: string | null } {
  const [first = '', ...rest] = text.trim().split('\n');
  const found = code.exec(first);
  if (found === null) return { text, code: null };
  return { text: [first.slice(0, found.index), ...rest].join('\n'), code: found[1]?.toLowerCase() ?? null };
}

/** What cannot be taken back, or is about more than one page. */
export const needsCode = ({ intent, target }: ParsedReply): boolean =>
  intent === 'resolve' || target.kind === 'all';
