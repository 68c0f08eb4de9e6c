/** Counts the segments of a text (GSM 03.38, 3GPP TS 23.038 §6.2.1): 160 septets or 70 UTF-16 units, less when joined. Pure. */

const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
/** Two septets each: an escape and the character. */
const EXTENDED = '^{}\\[~]|€\f';
const BASIC_SET: ReadonlySet<string> = new Set(BASIC);
const EXTENDED_SET: ReadonlySet<string> = new Set(EXTENDED);

/** Maximum segments of one text message, whether page or reply. */
export const MAX_SEGMENTS = 3;

export interface Segments {
  encoding: 'GSM-7' | 'UCS-2';
  segments: number;
}

export function countSegments(text: string): Segments {
  let septets = 0;
  for (const character of text) {
    if (BASIC_SET.has(character)) septets += 1;
    else if (EXTENDED_SET.has(character)) septets += 2;
    else return { encoding: 'UCS-2', segments: text.length <= 70 ? 1 : Math.ceil(text.length / 67) };
  }
  return { encoding: 'GSM-7', segments: septets <= 160 ? 1 : Math.ceil(septets / 153) };
}

const TYPOGRAPHY: readonly [RegExp, string][] = [
  [/[\u2010-\u2015\u2212]/g, '-'],
  [/[\u2018\u2019\u201a\u2032\u00b4`]/g, "'"],
  [/[\u201c-\u201e\u2033\u00ab\u00bb]/g, '"'],
  [/\u2026/g, '...'],
  [/[\u00a0\u2002-\u200a\u202f]/g, ' '],
  [/\u2022/g, '*'],
  [/\u2192/g, '->'],
  [/\u200b|\u200d|\ufeff|\ufe0f/g, ''],
];

/**
 * Replaces typographic characters by plain ones, because a single typographic dash more than halves the capacity; other scripts
 * stay unchanged.
 */
export function plainTypography(text: string): string {
  return TYPOGRAPHY.reduce((folded, [from, to]) => folded.replace(from, to), text);
}

/** The text, or as much of its beginning as fits into the permitted segments. */
export function cutToSegments(text: string): string {
  const plain = plainTypography(text);
  const fits = (part: string): boolean => countSegments(part).segments <= MAX_SEGMENTS;
  if (fits(plain)) return plain;
  const characters = Array.from(plain);
  const beginning = (length: number): string => `${characters.slice(0, length).join('').trimEnd()}...`;
  let [low, high] = [0, characters.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(beginning(middle))) low = middle;
    else high = middle - 1;
  }
  return beginning(low);
}
