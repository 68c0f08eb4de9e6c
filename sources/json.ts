/**
 * The JSON readers. `readJson`, of our own API, is strict, because what two readers understand differently is a way around a rule.
 * `readAlertJson`, of the inbound formats, takes what can be read of a body and says what was wrong with it: a page must not be lost
 * for one field.
 */
import type { Json } from '../domain/alert/signal.js';
import type { FieldError, SourceHeaders } from './format.js';
import { Mending } from './json-mending.js';
import { FORBIDDEN_KEYS, scanJson, type ScanOptions } from './json-scan.js';
import { decodeText } from './text-encoding.js';

export type JsonOutcome = { kind: 'json'; value: Json } | { kind: 'rejected'; errors: FieldError[] };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * UTF-8 (a byte order mark is tolerated), no duplicate keys, no `__proto__`, `constructor` or `prototype`, at most 64 levels.
 * NUL and lone surrogates, which PostgreSQL cannot store, come back as U+FFFD: an alert is not lost for a broken log line.
 */
export function readJson(
  raw: Uint8Array,
  headers: SourceHeaders,
  { keysMax }: Pick<ScanOptions, 'keysMax'> = {},
): JsonOutcome {
  const charset = charsetOf(headers);
  if (charset !== null && !/^(utf-?8|us-ascii)$/i.test(charset)) {
    return rejected({
      path: 'body',
      message: `the charset "${charset.slice(0, 40)}" is not understood; send UTF-8`,
    });
  }
  let text: string;
  try {
    text = utf8.decode(raw);
  } catch {
    return rejected({ path: 'body', message: 'the body is not UTF-8' });
  }
  if (text.trim() === '')
    return rejected({ path: 'body', message: 'the body is empty; a JSON document is expected' });
  const mayBeBroken = /\\u(?:0000|d[89a-f])/i.test(text);
  const error = scanJson(text, { clean: mayBeBroken ? storable : undefined, keysMax });
  if (error !== null) return rejected(error);
  const value = JSON.parse(text) as Json;
  return { kind: 'json', value: mayBeBroken ? storableValue(value) : value };
}

export type AlertJson =
  { kind: 'json'; value: Json; notes: FieldError[] } | { kind: 'rejected'; errors: FieldError[] };

/** As `readJson`, and in part where that would refuse all of it; at most 64 levels. */
export function readAlertJson(raw: Uint8Array, headers: SourceHeaders): AlertJson {
  const { text, note } = decodeText(raw, charsetOf(headers));
  if (text.trim() === '')
    return rejected({ path: 'body', message: 'the body is empty; a JSON document is expected' });
  const mayBeBroken = /\\u(?:0000|d[89a-f])/i.test(text);
  const mending = new Mending(text);
  const error = scanJson(text, { clean: mayBeBroken ? storable : undefined, mending });
  if (error !== null) return rejected(error);
  const parsed = JSON.parse(mending.result()) as Json;
  // A raw NUL is an escape by now.
  const value = mayBeBroken || text.includes('\0') ? storableValue(parsed) : parsed;
  return {
    kind: 'json',
    value: mending.hasForbiddenKeys ? withRenamedKeys(value) : value,
    notes: note === null ? mending.notes : [{ path: 'body', message: note }, ...mending.notes],
  };
}

/** The value of a header whose name is given in lower case; of several the first. */
export function header(headers: SourceHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function charsetOf(headers: SourceHeaders): string | null {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header(headers, 'content-type') ?? '')?.[1] ?? null;
}

function storable(text: string): string {
  return text.replace(/\p{Surrogate}|\0/gu, '\uFFFD');
}

/** Recursion is safe: the scan has bounded the depth. */
function storableValue(value: Json): Json {
  if (typeof value === 'string') return storable(value);
  if (Array.isArray(value)) return value.map(storableValue);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [storable(key), storableValue(field)]),
  );
}

/** Not left out: two alerts may differ by such a label alone. */
function withRenamedKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(withRenamedKeys);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      FORBIDDEN_KEYS.has(key) ? `${key}_` : key,
      withRenamedKeys(field),
    ]),
  );
}

const rejected = (error: FieldError): { kind: 'rejected'; errors: FieldError[] } => ({
  kind: 'rejected',
  errors: [error],
});
