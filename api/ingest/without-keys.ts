/** Finds the ingest key of a body before it is parsed, and blanks it in the stored body, whatever JSON escapes it has. */
import { secretPattern } from '../../domain/shared/secret-forms.js';

/** Asterisks, one per character of the key, so that offsets in the body stay valid. */
const blank = (found: string): string => '*'.repeat(found.length);

/** `brought`: the key read from the body; `inPath`: the key of the path, which the body may repeat. */
export function withoutKeys(
  raw: Uint8Array,
  { brought, inPath }: { brought?: string | undefined; inPath?: string | null },
): Uint8Array {
  const body = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  // The last value of a repeated field counts, but the first may be a key too.
  const keys = [brought, inPath, ...keysIn(body)].flatMap((key) => key || []);
  const isEscaped = brought !== undefined && brought !== '' && !body.includes(brought);
  if (!isEscaped && !keys.some((key) => body.includes(key))) return raw;
  // latin1 keeps every byte as it is.
  const text = keys.reduce((rest, key) => rest.replaceAll(key, blank), body.toString('latin1'));
  return Buffer.from(isEscaped ? text.replace(secretPattern(brought), blank) : text, 'latin1');
}

const BROUGHT = /"routing_key"[ \t\r\n]*:[ \t\r\n]*"([A-Za-z0-9_-]{16,128})"/g;

const keysIn = (body: Buffer): string[] =>
  body.includes('"routing_key"')
    ? [...new Set(Array.from(body.toString('latin1').matchAll(BROUGHT), ([, key = '']) => key))].slice(0, 20)
    : [];

/** Key that an unparsed body seems to contain, or null. The key that the parser finds is the one that counts. */
export const keyIn = (raw: Uint8Array): string | null =>
  keysIn(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))[0] ?? null;
