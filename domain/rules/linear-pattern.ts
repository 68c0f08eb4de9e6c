/**
 * Regular expressions in time proportional to text × pattern: alert text is hostile input and could make a backtracking engine
 * hang a worker (docs/security.md S2). RE2 has no back references and no look-around, and refuses them when it compiles.
 */
import { RE2JS, RE2JSException } from 're2js';

export interface LinearPattern {
  /** Instructions: a match costs at most `size` × length of the text. */
  size: number;
  /** True when the pattern matches anywhere in the text. */
  matches(text: string): boolean;
}

/** UTF-16 units of a pattern. */
const PATTERN_MAX = 512;
const PROGRAM_MAX = 2000;

export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/** Throws PatternError. */
export function linearPattern(source: string): LinearPattern {
  if (source.length > PATTERN_MAX)
    throw new PatternError(`the pattern is longer than ${PATTERN_MAX} characters`);
  const pattern = compiled(source);
  const size = pattern.programSize();
  if (size > PROGRAM_MAX) throw new PatternError('the pattern repeats too much: use smaller counts');
  return { size, matches: (text) => pattern.matcher(text).find() };
}

function compiled(source: string): RE2JS {
  try {
    return RE2JS.compile(withCodePoints(source));
  } catch (error) {
    if (error instanceof RE2JSException) throw new PatternError(problemOf(error.message));
    throw error;
  }
}

/** RE2's own text, with what people who know other engines miss in it. */
function problemOf(message: string): string {
  const text = message.replace('error parsing regexp: ', '');
  if (/Perl syntax|named capture: `\(\?<[!=]/.test(text)) return `${text}; look-around is not supported`;
  return /escape sequence: `\\[1-9]/.test(text) ? `${text}; back references are not supported` : text;
}

/** `\u0042`, which JSON and JavaScript know, as RE2 writes it. */
const withCodePoints = (source: string): string =>
  source.replace(/\\(?:u([0-9a-fA-F]{4})|.)/gsu, (escape, hex?: string) =>
    hex === undefined ? escape : `\\x{${hex}}`,
  );
