/**
 * Checks that `JSON.parse` lacks: duplicate keys, keys that would reach a prototype, nesting, and error positions. One pass
 * without recursion, so neither depth nor length of a body is dangerous. Accepts exactly the grammar of RFC 8259, and with a
 * `JsonRepair` also `NaN`, a raw line break in a text, a trailing comma and a duplicate key.
 */
import { cutText } from '../../domain/alert/signal-limits.js';
import type { JsonProblem } from './json-problem.js';
import type { JsonRepair } from './json-repair.js';

const MAX_DEPTH = 64;
export const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

interface Frame {
  /** Null: an array. */
  keys: Set<string> | null;
  /** The key or index being read. */
  at: string | number;
}

export interface ScanOptions {
  /** Applied to keys before comparison. */
  clean?: ((key: string) => string) | undefined;
  /** Limit of keys of all objects together. */
  keysMax?: number | undefined;
  /** Collects the repairs of near-JSON. */
  repair?: JsonRepair;
}

/** The first error of the text, or null when `JSON.parse` will accept it (with `repair`: its result). */
export function scanJson(
  text: string,
  { clean = (key) => key, keysMax = Infinity, repair }: ScanOptions = {},
): JsonProblem | null {
  const literal = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  // Numbers as JavaScript, Python and Go write them and JSON does not have them.
  const noNumber = /[+-]?(?:nan|infinity|inf)\b/iy;
  const frames: Frame[] = [];
  let offset = 0;
  let keyCount = 0;

  const blank = (): void => {
    for (;;) {
      const unit = text.charCodeAt(offset);
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return;
      offset += 1;
    }
  };
  const fail = (what: string): JsonProblem => ({
    path: pathOf(frames),
    message: `${what} at ${positionOf(text, offset)}`,
  });
  const note = (message: string): JsonProblem => ({ path: pathOf(frames), message });
  const wrong = (expected: string): JsonProblem =>
    fail(
      offset >= text.length
        ? `the JSON ends early: ${expected} is missing`
        : `${shown(text, offset)} where ${expected} should be`,
    );
  /** The raw text of the string that starts here, or null. */
  const readString = (): string | null => {
    const end = endOfString(text, offset);
    if (end !== -1) {
      const raw = text.slice(offset, end);
      offset = end;
      return raw;
    }
    const mended = repair?.string(text, offset) ?? null;
    if (repair === undefined || mended === null) return null;
    repair.note(() => note('holds a raw control character or a wrong escape, which was read as it stands'));
    repair.replace(offset, mended.end, mended.raw);
    offset = mended.end;
    return mended.raw;
  };
  /** `NaN` and similar numbers, read as a text. */
  const readNoNumber = (): boolean => {
    noNumber.lastIndex = offset;
    const [found] = (repair === undefined ? null : noNumber.exec(text)) ?? [];
    if (repair === undefined || found === undefined) return false;
    repair.note(() => note(`is ${found}, which JSON has not; it was read as a text`));
    repair.replace(offset, noNumber.lastIndex, `"${found}"`);
    offset = noNumber.lastIndex;
    return true;
  };
  /** A comma before the end of its list or object. */
  const dropsComma = (comma: number, frame: Frame): boolean => {
    if (repair === undefined || text[offset] !== (frame.keys === null ? ']' : '}')) return false;
    repair.note(() => note('ends with a comma, which was left out'));
    repair.replace(comma, comma + 1, '');
    return true;
  };
  /** Reads `"key":` into the top frame. */
  const readKey = (frame: Frame, keys: Set<string>): JsonProblem | null => {
    const start = offset;
    const raw = text.charCodeAt(offset) === 0x22 ? readString() : null;
    if (raw === null)
      return text[offset] === '"' ? badString(text, offset, frames) : wrong('a key in double quotes');
    const key = clean(raw.includes('\\') ? String(JSON.parse(raw)) : raw.slice(1, -1));
    const problem = keys.has(key)
      ? 'occurs twice'
      : FORBIDDEN_KEYS.has(key)
        ? 'is not allowed as a key'
        : null;
    if (problem !== null) {
      const path = pathOf(frames.slice(0, -1));
      const message = `"${key.slice(0, 60)}" ${problem}`;
      if (repair === undefined) return { path, message: `${message}, at ${positionOf(text, start)}` };
      const end = keys.has(key) ? 'the last one counts' : `it is kept as "${key}_"`;
      repair.note(() => ({ path, message: `${message}; ${end}` }));
      if (FORBIDDEN_KEYS.has(key)) repair.hasForbiddenKeys = true;
    }
    keyCount += 1;
    if (keyCount > keysMax) {
      offset = start;
      return fail(`more than ${keysMax} fields in all`);
    }
    keys.add(key);
    frame.at = key;
    blank();
    if (text[offset] !== ':') return wrong('a colon');
    offset += 1;
    return null;
  };

  for (;;) {
    blank();
    if (repair?.isTooBroken === true) return fail('more is broken than can be repaired');
    // Start of a value.
    const first = text[offset];
    if (first === '{' || first === '[') {
      if (frames.length === MAX_DEPTH) return fail(`nested deeper than ${MAX_DEPTH} levels`);
      const frame: Frame = { keys: first === '{' ? new Set() : null, at: first === '{' ? '' : 0 };
      offset += 1;
      blank();
      if (text[offset] !== (first === '{' ? '}' : ']')) {
        frames.push(frame);
        const error = frame.keys === null ? null : readKey(frame, frame.keys);
        if (error !== null) return error;
        continue;
      }
      offset += 1;
    } else if (first === '"') {
      if (readString() === null) return badString(text, offset, frames);
    } else {
      literal.lastIndex = offset;
      if (literal.test(text)) offset = literal.lastIndex;
      else if (!readNoNumber()) return wrong('a value');
    }
    // End of a value: close enclosing arrays and objects, then continue with the next value.
    for (;;) {
      blank();
      const frame = frames.at(-1);
      if (frame === undefined) return offset === text.length ? null : wrong('the end');
      const next = text[offset];
      if (next === ',') {
        const comma = offset;
        offset += 1;
        blank();
        if (dropsComma(comma, frame)) continue;
        if (frame.keys === null) {
          frame.at = Number(frame.at) + 1;
          break;
        }
        const error = readKey(frame, frame.keys);
        if (error !== null) return error;
        break;
      }
      if (next !== (frame.keys === null ? ']' : '}'))
        return wrong(frame.keys === null ? 'a comma or ]' : 'a comma or }');
      offset += 1;
      frames.pop();
    }
  }
}

const escape = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y;

/** The offset after the closing quote, or -1. A loop: a regular expression would store state for each of 4 million characters. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === 0x22) return at + 1;
    if (unit < 0x20) return -1;
    if (unit !== 0x5c) continue;
    escape.lastIndex = at;
    if (!escape.test(text)) return -1;
    at = escape.lastIndex - 1;
  }
  return -1;
}

function badString(text: string, start: number, frames: Frame[]): JsonProblem {
  const message = `a string that is not closed, or holds a raw control character or a wrong escape, starts at ${positionOf(text, start)}`;
  return { path: pathOf(frames), message };
}

/** `alerts[3].labels.job`; `body` for the outermost value. */
function pathOf(frames: readonly Frame[]): string {
  let path = '';
  for (const { keys, at } of frames) {
    if (keys === null) path += `[${at}]`;
    else if (at !== '') path += path === '' ? cutText(String(at), 60) : `.${cutText(String(at), 60)}`;
  }
  return path === '' ? 'body' : path;
}

function positionOf(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `line ${before.split('\n').length}, column ${offset - before.lastIndexOf('\n')}`;
}

function shown(text: string, offset: number): string {
  const character = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character)
    ? `"${character}"`
    : `character ${character.codePointAt(0)}`;
}
