/**
 * Proof that a text needs. A sender's number can be forged, so a text that ends something must contain the code of a page sent to
 * that number. A code names its page; no incident number is needed with it. Pure.
 */
import type { ParsedReply } from './grammar.js';
import { needsCode } from './reply-code.js';

/** Wrong codes per person and hour: the chance to guess a code stays below one in a hundred thousand. */
export const WRONG_CODES_MAX = 5;

export const CODE_WANTED =
  'Add the code of the page: 6 and five letters, as the text about it says. A number can be made up, so this alone is not enough.';
export const WRONG_CODE = 'That is not the code of an open page that was sent to this number.';
export const CODES_SPENT = 'Too many wrong codes within an hour. Open the link in the page instead.';

/** `number`: the incident that the code names, for a reply that names none. */
export type SmsProof = { kind: 'enough'; number?: string } | { kind: 'refused'; text: string };

/** The proof as far as the text alone decides it; null: its code has to be compared with those of the sent pages. */
export function proofWithoutPages(parsed: ParsedReply, code: string | null): SmsProof | null {
  if (code !== null) return null;
  return needsCode(parsed) ? { kind: 'refused', text: CODE_WANTED } : { kind: 'enough' };
}

/** A page sent to the sender's number. */
export interface TextedPage {
  number: string;
  isOpen: boolean;
  /** The reply contains the code of this page. */
  isNamed: boolean;
}

export function proofOfPages(
  { target }: ParsedReply,
  { wrongCodes, pages }: { wrongCodes: number; pages: readonly TextedPage[] },
): SmsProof {
  if (wrongCodes >= WRONG_CODES_MAX) return { kind: 'refused', text: CODES_SPENT };
  // "all" is about open incidents, so the page of an ended one proves nothing there.
  const page = pages.find(({ isOpen, isNamed }) => isNamed && (isOpen || target.kind !== 'all'));
  if (page === undefined) return { kind: 'refused', text: WRONG_CODE };
  if (target.kind === 'incident' && target.number !== page.number)
    return { kind: 'refused', text: `That code is of ${page.number}, not of ${target.number}.` };
  return target.kind === 'latest' ? { kind: 'enough', number: page.number } : { kind: 'enough' };
}
