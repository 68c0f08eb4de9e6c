/**
 * Markers for secrets in rendered text, which activities replace late, so that no secret value is ever in workflow state, an
 * event or a plan. The marker begins with a Unicode noncharacter that `withoutMarkers` removes from all data, so external text
 * (an alert's title, a response body) can never name a secret.
 */
const SIGN = '\uFDD0';
/** `secret-encoded`: the value is percent-encoded on replacement. */
const marker = /\uFDD0\{\{secret(-encoded)?:([A-Za-z_][\w-]{0,62})\}\}/g;

export const secretMarker = (name: string): string => `${SIGN}{{secret:${name}}}`;

/** Applied to every string of data before an expression may read it. */
export const withoutMarkers = (text: string): string =>
  text.includes(SIGN) ? text.replaceAll(SIGN, '\uFFFD') : text;

/** Names of the secrets that a rendered value refers to. */
export function secretsIn(value: unknown): string[] {
  const names = new Set<string>();
  mapText(value, (text) => {
    for (const [, , name] of text.matchAll(marker)) if (name !== undefined) names.add(name);
    return text;
  });
  return [...names];
}

/** The value with every marker replaced. `lookup` throws for an unknown secret. For activities only. */
export function resolveSecrets<T>(value: T, lookup: (name: string) => string): T {
  return mapText(value, (text) =>
    text.replace(marker, (_, encoded: string | undefined, name: string) =>
      encoded === undefined ? lookup(name) : percentEncoded(lookup(name)),
    ),
  ) as T;
}

/**
 * Percent-encodes one part of a path, a query or a form; a secret in it is percent-encoded when its value replaces the marker.
 */
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
const percentEncoded = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD'));

/** For people: `{{secret:db}}` without the sign. */
export const shownSecrets = <T>(value: T): T =>
  mapText(value, (text) => text.replace(marker, '{{secret:$2}}').replaceAll(SIGN, '')) as T;

/** A copy with `change` applied to every string, keys included. */
function mapText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapText(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [change(key), mapText(field, change)]),
  );
}
