/** Text that PostgreSQL's jsonb takes: no NUL and no half of a surrogate pair; both become U+FFFD. */

const LONE = /[\uD800-\uDFFF]/gu;

export const storableText = (text: string): string =>
  text.replaceAll('\u0000', '\uFFFD').replace(LONE, '\uFFFD');

/** A copy of a JSON value whose texts, keys too, can be stored. */
export function storable<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [storableText(key), copy(one)]));
}
