/**
 * The JSON readers. `readJson`, of the API, is strict, because input that two readers interpret differently can bypass a rule.
 * `readAlertJson`, of the inbound formats, reads as much of a body as possible and reports what was wrong: one bad field must not
 * lose a page.
 */
import type { Json } from '../../domain/alert/signal.js';
import { jsonbSafe, jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import type { JsonProblem } from './json-problem.js';
import { JsonRepair } from './json-repair.js';
import { FORBIDDEN_KEYS, scanJson, type ScanOptions } from './json-scan.js';
import { decodeText } from './text-encoding.js';

/** Header names in lower case. */
export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

export type JsonOutcome = { kind: 'json'; value: Json } | { kind: 'rejected'; errors: JsonProblem[] };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * UTF-8 (a byte order mark is tolerated), no duplicate keys, no `__proto__`, `constructor` or `prototype`, at most 64 levels. NUL
 * and lone surrogates, which PostgreSQL cannot store, become U+FFFD, so that a broken log line does not lose an alert.
 */
export function readJson(
  raw: Uint8Array,
  headers: HttpHeaders,
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
  const error = scanJson(text, { clean: mayBeBroken ? jsonbSafeText : undefined, keysMax });
  if (error !== null) return rejected(error);
  const value = JSON.parse(text) as Json;
  return { kind: 'json', value: mayBeBroken ? jsonbSafe(value) : value };
}

export type AlertJson =
  { kind: 'json'; value: Json; notes: JsonProblem[] } | { kind: 'rejected'; errors: JsonProblem[] };

/** As `readJson`, and in part where `readJson` would refuse the whole body; at most 64 levels. */
export function readAlertJson(raw: Uint8Array, headers: HttpHeaders): AlertJson {
  const { text, note } = decodeText(raw, charsetOf(headers));
  if (text.trim() === '')
    return rejected({ path: 'body', message: 'the body is empty; a JSON document is expected' });
  const mayBeBroken = /\\u(?:0000|d[89a-f])/i.test(text);
  const repair = new JsonRepair(text);
  const error = scanJson(text, { clean: mayBeBroken ? jsonbSafeText : undefined, repair });
  if (error !== null) return rejected(error);
  const parsed = JSON.parse(repair.result()) as Json;
  // The repair has turned raw NULs into escapes.
  const value = mayBeBroken || text.includes('\0') ? jsonbSafe(parsed) : parsed;
  return {
    kind: 'json',
    value: repair.hasForbiddenKeys ? withRenamedKeys(value) : value,
    notes: note === null ? repair.notes : [{ path: 'body', message: note }, ...repair.notes],
  };
}

/** The value of a header, by its lower-case name; the first of several. */
export function header(headers: HttpHeaders, name: string): string | null {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function charsetOf(headers: HttpHeaders): string | null {
  return /;\s*charset\s*=\s*"?([^";\s]+)/i.exec(header(headers, 'content-type') ?? '')?.[1] ?? null;
}

/** Forbidden keys are renamed, not dropped: two alerts may differ by such a label alone. */
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

const rejected = (error: JsonProblem): { kind: 'rejected'; errors: JsonProblem[] } => ({
  kind: 'rejected',
  errors: [error],
});
