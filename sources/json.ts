/** The one JSON reader of the inbound formats: strict, because what two readers understand differently is a way around a rule. */
import type { Json } from '../domain/alert/signal.js';
import type { FieldError, SourceHeaders } from './format.js';
import { scanJson, type ScanOptions } from './json-scan.js';

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

const rejected = (error: FieldError): JsonOutcome => ({ kind: 'rejected', errors: [error] });
