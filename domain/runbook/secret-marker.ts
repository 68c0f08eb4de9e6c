/**
 * A secret in rendered text: a marker that activities replace late, so that no secret value is ever in workflow state, an
 * event or a plan. The marker begins with a Unicode noncharacter which `withoutMarkers` takes out of all data, so text from
 * outside (an alert's title, an answer's body) can never name a secret.
 */
const SIGN = '\uFDD0';
const marker = /\uFDD0\{\{secret:([A-Za-z_][\w-]{0,62})\}\}/g;

export const secretMarker = (name: string): string => `${SIGN}{{secret:${name}}}`;

/** For every string of data before an expression may read it. */
export const withoutMarkers = (text: string): string =>
  text.includes(SIGN) ? text.replaceAll(SIGN, '\uFFFD') : text;

/** The names of the secrets that a rendered value refers to. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>();
  mapText(value, (text) => {
    for (const [, name] of text.matchAll(marker)) if (name !== undefined) names.add(name);
    return text;
  });
  return [...names];
}

/** The value with every marker replaced. `lookup` throws for a secret that does not exist. For activities only. */
export function resolveSecrets<T>(value: T, lookup: (name: string) => string): T {
  return mapText(value, (text) => text.replace(marker, (_, name: string) => lookup(name))) as T;
}

/** For people: `{{secret:db}}` without the sign. */
export const shownSecrets = <T>(value: T): T => mapText(value, (text) => text.replaceAll(SIGN, '')) as T;

/** A copy with `change` applied to every string, keys too. */
function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [change(key), mapText(field, change)]),
  );
}
