/**
 * A secret in rendered text: a marker that activities replace late, so that no secret value is ever in workflow state, an
 * event or a plan. The marker begins with a Unicode noncharacter which `withoutMarkers` takes out of all data, so text from
 * outside (an alert's title, an answer's body) can never name a secret.
 */
const SIGN = '\uFDD0';
/** `secret-encoded`: the value is percent-encoded where it is put in. */
const marker = /\uFDD0\{\{secret(-encoded)?:([A-Za-z_][\w-]{0,62})\}\}/g;

export const secretMarker = (name: string): string => `${SIGN}{{secret:${name}}}`;

/** For every string of data before an expression may read it. */
export const withoutMarkers = (text: string): string =>
  text.includes(SIGN) ? text.replaceAll(SIGN, '\uFFFD') : text;

/** The names of the secrets that a rendered value refers to. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>();
  mapText(value, (text) => {
    for (const [, , name] of text.matchAll(marker)) if (name !== undefined) names.add(name);
    return text;
  });
  return [...names];
}

/** The value with every marker replaced. `lookup` throws for a secret that does not exist. For activities only. */
export function resolveSecrets<T>(value: T, lookup: (name: string) => string): T {
  return mapText(value, (text) =>
    text.replace(marker, (_, encoded: string | undefined, name: string) =>
      encoded === undefined ? lookup(name) : percentEncoded(lookup(name)),
    ),
  ) as T;
}

/** One part of a path, a query or a form, percent-encoded; a secret in it will be as well, when its value is put in. */
export function encodedPart(text: string): string {
  let encoded = '';
  let at = 0;
  for (const found of text.matchAll(marker)) {
    encoded += `${percentEncoded(text.slice(at, found.index))}${SIGN}{{secret-encoded:${found[2] ?? ''}}}`;
    at = found.index + found[0].length;
  }
  return encoded + percentEncoded(text.slice(at));
}

/** A lone half of a surrogate pair has no encoding. */
export const percentEncoded = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));

/** For people: `{{secret:db}}` without the sign. */
export const shownSecrets = <T>(value: T): T =>
  mapText(value, (text) => text.replace(marker, '{{secret:$2}}').replaceAll(SIGN, '')) as T;

/** A copy with `change` applied to every string, keys too. */
function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [change(key), mapText(field, change)]),
  );
}
