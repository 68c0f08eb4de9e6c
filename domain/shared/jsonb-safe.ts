/** Makes text storable in PostgreSQL's jsonb: NUL and lone halves of surrogate pairs become U+FFFD. */

const LONE = /[\uD800-\uDFFF]/gu;

export const jsonbSafeText = (text: string): string =>
  text.replaceAll('\u0000', '\uFFFD').replace(LONE, '\uFFFD');

/** A copy of a JSON value whose texts, keys included, can be stored. */
export function jsonbSafe<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return jsonbSafeText(value);
  if (Array.isArray(value)) return value.map(copy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [jsonbSafeText(key), copy(one)]));
}
