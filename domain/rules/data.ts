/** Converts values into and out of an expression. Inside, integers are BigInt and maps have no prototype. */

import { Duration, UnsignedInt } from '@marcbachmann/cel-js/evaluator';

/** JSON-like data that an expression may read. */
export type RuleData = Record<string, unknown>;

export class DataError extends Error {
  override readonly name = 'DataError';
}

const DEPTH_MAX = 32;
/** Characters and entries together. */
const SIZE_MAX = 2 * 1024 * 1024;

/**
 * A copy with own properties only, without prototypes, whole numbers as BigInt. `text` is applied to every string, keys included.
 * Throws DataError when it is too deep, too large or not data.
 */
export function toRule(data: unknown, text: (value: string) => string = (value) => value): unknown {
  let left = SIZE_MAX;
  const copy = (value: unknown, depth: number): unknown => {
    if (depth > DEPTH_MAX) throw new DataError(`the data is nested deeper than ${DEPTH_MAX} levels`);
    left -= typeof value === 'string' ? value.length + 1 : 1;
    if (left < 0) throw new DataError(`the data is larger than ${SIZE_MAX} characters`);
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
    if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return value;
    if (Array.isArray(value)) return value.map((item) => copy(item ?? null, depth + 1));
    if (typeof value === 'object') {
      const out = Object.create(null) as Record<string, unknown>;
      for (const [key, field] of Object.entries(value)) {
        left -= key.length;
        if (field !== undefined) out[text(key)] = copy(field, depth + 1);
      }
      return out;
    }
    throw new DataError(`a ${typeof value} is not data`);
  };
  return copy(data, 0);
}

/** Data that many expressions read: copied once. For expressions without `text` and secrets. */
export class PreparedData {
  /** What the parts of it cost to read; they do not change. */
  readonly weights = new WeakMap<object, number>();
  private made: Record<string, unknown> | null = null;

  constructor(private readonly data: RuleData) {}

  /** Throws DataError, as `toRule` does. */
  context(): Record<string, unknown> {
    return (this.made ??= toRule(this.data) as Record<string, unknown>);
  }
}

/**
 * The result as plain JSON: BigInt → number, timestamps and durations → text. Throws DataError for bytes, types, whole variables
 * and numbers that JSON cannot hold.
 */
export function fromRule(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    if (!Number.isSafeInteger(number)) throw new DataError(`the number ${value} is too large`);
    return number;
  }
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new DataError(`${value} is not a number that JSON can hold`);
    return value;
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(fromRule);
  if (typeof value === 'object') {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype)
      return Object.fromEntries(Object.entries(value).map(([key, field]) => [key, fromRule(field)]));
    if (value instanceof Duration) return value.toString();
    if (value instanceof UnsignedInt) return fromRule(value.value);
  }
  throw new DataError('the result is not data: name one of its fields');
}
