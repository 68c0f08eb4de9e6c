/**
 * Grammar of replies to a page, the same on every channel: `ack`, `ack INC-42`, `42 ack`, `ack all`, `ack all checkout-db`,
 * `escalate`, `resolve`, `can't take it`, the digits 4 and 6. A reply counts only when all of it is understood, because half a
 * sentence could mean the opposite; otherwise the response explains the valid forms.
 */
import { ownLines } from './own-lines.js';

export type ReplyIntent = 'acknowledge' | 'escalate' | 'resolve' | 'decline';

export type ReplyTarget =
  | { kind: 'latest' }
  /** `number` in the form of incident numbers: `INC-42`. */
  | { kind: 'incident'; number: string }
  /** Every open incident that the person was paged for, or only those of the named service. */
  | { kind: 'all'; service: string | null };

/** True when the target means this incident. */
export const isNamedBy = (
  target: Exclude<ReplyTarget, { kind: 'latest' }>,
  { number, service }: { number: string; service: string | null },
): boolean =>
  target.kind === 'incident'
    ? number === target.number
    : target.service === null || service === target.service;

export interface ParsedReply {
  intent: ReplyIntent;
  target: ReplyTarget;
}

/** One line that fits into an SMS, sent when a reply is not understood. */
export const REPLY_HELP =
  "Reply ACK, ESCALATE, RESOLVE or NO (can't take it); add INC-42 to name an incident, or ALL.";

/** Longer replies are mails with a quoted thread below; the answer is at the top. */
const READ_CHARACTERS = 10_000;
/** Longer lines say more than what is understood here. */
const LINE_CHARACTERS = 200;

/** Words in their folded form. STOP, CANCEL, END, QUIT, YES, START and HELP are reserved by phone carriers and ignored here. */
const WORDS: Record<ReplyIntent, readonly string[]> = {
  acknowledge: [
    'ack',
    'acked',
    'acknowledge',
    'acknowledged',
    'ok',
    'okay',
    'on it',
    "i'm on it",
    'im on it',
    'got it',
    "i've got it",
    '👍',
    'bestaetigt',
    'bestaetigen',
    'bestaetige',
    'uebernehme',
    'ich uebernehme',
  ],
  escalate: ['escalate', 'esc', 'eskalieren', 'eskaliere'],
  resolve: ['resolve', 'resolved', 'fixed', 'geloest', 'behoben', 'erledigt'],
  decline: [
    'no',
    'nope',
    'pass',
    'decline',
    "can't",
    'cant',
    'cannot',
    "can't take it",
    'cant take it',
    'cannot take it',
    "i can't",
    'i cant',
    'i cannot',
    "i can't take it",
    'i cant take it',
    'i cannot take it',
    'nein',
    'kann nicht',
    'ich kann nicht',
    'geht nicht',
  ],
};

/** Digits pressed on a phone. Beside a word, a number is an incident's number: `4 ack` is INC-4. */
const DIGITS: ReadonlyMap<string, ReplyIntent> = new Map([
  ['4', 'acknowledge'],
  ['6', 'resolve'],
]);

const intents = Object.keys(WORDS) as ReplyIntent[];
const WORD_INTENTS: ReadonlyMap<string, ReplyIntent> = new Map(
  intents.flatMap((intent) => WORDS[intent].map((word) => [word, intent] as const)),
);

/** Null when it is not understood. */
export function parseReply(text: string): ParsedReply | null {
  const [first, second] = ownLines(text.slice(0, READ_CHARACTERS), 2);
  if (first === undefined) return null;
  // Some phones send `ack` and the number as two lines. Lines after a complete answer are a signature.
  return (second === undefined ? null : parseLine(`${first} ${second}`)) ?? parseLine(first);
}

function parseLine(line: string): ParsedReply | null {
  if (line.length > LINE_CHARACTERS) return null;
  const words = folded(line)
    .split(' ')
    .map(bare)
    .filter((word) => word !== '' && word !== '-' && word !== '–');
  while (words.length > 1 && POLITE.has(words.at(-1) ?? '')) words.pop();
  if (words.length === 0 || words.length > 8) return null;
  return split(words, WORD_INTENTS) ?? split(words, DIGITS);
}

/** A word without the marks around it; one that is nothing but opening marks keeps the last. */
function bare(word: string): string {
  let [start, end] = [0, word.length];
  while (start < end - 1 && OPENING_MARKS.includes(word.charAt(start))) start += 1;
  while (end > start && CLOSING_MARKS.includes(word.charAt(end - 1))) end -= 1;
  return word.slice(start, end);
}

const OPENING_MARKS = '("\'*#';
const CLOSING_MARKS = '.,:;!)"\'*';

const POLITE = new Set(['please', 'pls', 'thanks', 'thx', 'bitte', 'danke']);

/** The intent's words come before or after those of the target. */
function split(words: readonly string[], known: ReadonlyMap<string, ReplyIntent>): ParsedReply | null {
  for (let at = words.length; at >= 0; at--) {
    const [head, tail] = [words.slice(0, at), words.slice(at)];
    for (const [said, named] of [
      [head, tail],
      [tail, head],
    ] as const) {
      const intent = known.get(said.join(' '));
      const target = intent === undefined ? null : targetOf(named);
      if (intent !== undefined && target !== null) return { intent, target };
    }
  }
  return null;
}

function targetOf(words: readonly string[]): ReplyTarget | null {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'latest' };
  const digits = /^(?:inc-?)?(\d{1,12})$/.exec(first === 'inc' ? rest.join('') : first)?.[1];
  if (digits !== undefined && Number(digits) > 0 && (rest.length === 0 || first === 'inc'))
    return { kind: 'incident', number: `INC-${Number(digits)}` };
  if (first !== 'all' && first !== 'alle' && first !== 'alles') return null;
  const named = rest[0] === 'of' || rest[0] === 'for' || rest[0] === 'von' ? rest.slice(1) : rest;
  const service = named[0] ?? null;
  if (named.length > 1 || (service !== null && !/^[a-z0-9][a-z0-9._-]*$/.test(service))) return null;
  return { kind: 'all', service };
}

/** Lower case, one form of apostrophe and blank, umlauts written out (including decomposed ones). */
function folded(line: string): string {
  return line
    .replace(/[\u2018\u2019\u00b4`]/g, "'")
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u200b-\u200f]|\ufe0f|\ufeff|[\u{1f3fb}-\u{1f3ff}]/gu, '')
    .replaceAll('ä', 'ae')
    .replaceAll('ö', 'oe')
    .replaceAll('ü', 'ue')
    .replaceAll('ß', 'ss')
    .replace(/\s+/g, ' ')
    .trim();
}
