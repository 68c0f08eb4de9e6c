/** Finds the position at which a text stops being JSON. YAML is a superset, so a body declared as JSON is checked first. */
import type { Position } from './yaml-tree.js';

export function jsonError(text: string): { position: Position; message: string } | null {
  const message = parseError(text);
  if (message === null) return null;
  // Not every engine version reports the position, but a prefix that ends too early can be distinguished from one that is already
  // wrong.
  let right = 0;
  let wrong = text.length;
  while (wrong - right > 1) {
    const middle = Math.floor((right + wrong) / 2);
    if (endsEarly(text.slice(0, middle))) right = middle;
    else wrong = middle;
  }
  const offset = endsEarly(text) ? text.length : right;
  const before = text.slice(0, offset);
  const position = { line: before.split('\n').length, col: offset - before.lastIndexOf('\n') };
  const character = text[offset];
  const what =
    character === undefined ? 'it ends too early' : `${JSON.stringify(character)} is not expected here`;
  return { position, message: `not JSON: ${what}` };
}

function parseError(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function endsEarly(prefix: string): boolean {
  const message = parseError(prefix);
  if (message === null) return true;
  if (/^Unexpected end|^Unterminated string/.test(message)) return true;
  const [, position] = /at position (\d+)/.exec(message) ?? [];
  return position !== undefined && Number(position) >= prefix.length;
}
