/** What jsonb and text cannot hold: NUL and lone surrogates (PostgreSQL, JSON Types). People paste and scanners send them. */
const unstorable = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

export const storableText = (text: string): string => text.replace(unstorable, '\uFFFD');

/** A deep copy of a JSON value with every string storable. */
export function storable<T>(value: T): T {
  // The copy has the shape it was made from: only characters inside strings change.
  if (typeof value === 'string') return storableText(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => storable(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, storable(item)])) as T;
}
