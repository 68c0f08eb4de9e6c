/**
 * Matches a secret in every form in which a response may echo it: literal, percent-encoded, escaped for JSON or HTML, in part or
 * whole, in base64 at any offset, in hex. Code that receives a secret can still transform it, so redaction is the second line of
 * defence; the first is that a secret is sent to its own hosts only.
 */

/** Shorter secrets cannot be distinguished from ordinary words in a response. */
export const LEAST_SECRET_LENGTH = 8;
const MASK = '[redacted]';
/** Minimum length of a secret's cut-off beginning; fewer characters reveal little. */
const LEAST_START = 6;
/** Minimum length of a part of a split secret; shorter parts may be words. */
const LEAST_PART = 12;

const special = /[.*+?^${}()|[\]\\/-]/g;
const literal = (text: string): string => text.replaceAll(special, '\\$&');

const htmlNames: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
const jsonNames: Record<string, string> = { '\n': 'n', '\r': 'r', '\t': 't', '\b': 'b', '\f': 'f' };

/** Both cases of each hex digit. */
const hexPattern = (hex: string): string =>
  hex.replaceAll(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);

/** UTF-8 bytes as characters 0 to 255. */
const binary = (text: string): string =>
  encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\uFFFD')).replaceAll(
    /%([0-9A-F]{2})/g,
    (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)),
  );

const hexBytes = (text: string): string[] =>
  Array.from(binary(text), (byte) => byte.charCodeAt(0).toString(16).padStart(2, '0'));

function characterPattern(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  const named = htmlNames[character];
  const escaped = jsonNames[character] ?? (/["\\/]/.test(character) ? character : undefined);
  return `(?:${[
    literal(character),
    hexBytes(character)
      .map((hex) => `%${hexPattern(hex)}`)
      .join(''),
    units.map((unit) => `\\\\u${hexPattern(unit.toString(16).padStart(4, '0'))}`).join(''),
    ...(escaped === undefined ? [] : [`\\\\${literal(escaped)}`]),
    `&#0{0,4}${code};`,
    `&#[xX]0{0,4}${hexPattern(code.toString(16))};`,
    ...(named === undefined ? [] : [`&${named};`]),
    ...(character === ' ' ? ['\\+'] : []),
  ].join('|')})`;
}

/** The part of its base64 that does not depend on the surrounding bytes. */
function base64Cores(secret: string): string[] {
  const bytes = binary(secret);
  return [0, 1, 2].map((before) => {
    const text = btoa(`${'\0'.repeat(before)}${bytes}`).replaceAll('=', '');
    const unsure = (before + bytes.length) % 3 === 0 ? 0 : 1;
    return text.slice(before === 0 ? 0 : before + 1, text.length - unsure);
  });
}

/** Matches every form of the secret. */
export function secretPattern(secret: string): RegExp {
  const cores = base64Cores(secret)
    .filter((core) => core.length >= LEAST_SECRET_LENGTH)
    .map((core) =>
      literal(core).replaceAll('+', '[+-]').replaceAll('\\[+-]', '[+-]').replaceAll('\\/', '[/_]'),
    );
  const base64 = cores.map((core) => `[A-Za-z0-9+/_-]{0,3}${core}[A-Za-z0-9+/_=-]{0,4}`);
  return new RegExp(
    [
      Array.from(secret, characterPattern).join(''),
      ...base64,
      hexBytes(secret).map(hexPattern).join(''),
    ].join('|'),
    'g',
  );
}

/** A multi-line key may be echoed line by line. */
const linesOf = (secret: string): string[] =>
  secret.includes('\n')
    ? secret.split(/\r?\n/).flatMap((line) => (line.length >= LEAST_PART ? [line] : []))
    : [];

export type Hide = (text: string, isCut?: boolean) => string;

/** `isCut`: the text is truncated, so a secret's beginning at its end is redacted too. */
export function hiding(secrets: readonly string[]): Hide {
  const known = [...new Set(secrets.flatMap((secret) => [secret, ...linesOf(secret)]))]
    .filter((secret) => secret !== '')
    // Longer ones first, so that a secret that contains another is redacted whole.
    .toSorted((a, b) => b.length - a.length);
  const patterns = known.map(secretPattern);
  return (text, isCut = false) => {
    const hidden = patterns.reduce((rest, pattern) => rest.replace(pattern, MASK), text);
    return isCut ? known.reduce(withoutStart, hidden) : hidden;
  };
}

function withoutStart(text: string, secret: string): string {
  for (let length = Math.min(secret.length - 1, text.length); length >= LEAST_START; length--)
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}${MASK}`;
  return text;
}

/** Any half of the secret contains at least one of these parts. */
export function secretParts(secret: string): string[] {
  const length = Math.max(LEAST_PART, Math.ceil(secret.length / 4));
  const parts: string[] = [];
  for (let at = 0; at + length <= secret.length; at += length) parts.push(secret.slice(at, at + length));
  return parts;
}
