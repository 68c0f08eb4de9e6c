/** The ingest key of a body: found before the body is read, and blanked in what is kept of it, whatever JSON escapes it has. */
import { secretPattern } from '../../domain/shared/secret-forms.js';

/** Ours are 32 letters and digits; as many, so that places in the body stay what they are said to be. */
const blank = (found: string): string => '*'.repeat(found.length);

/** `brought`: the key that was read from the body; `inPath`: the one of the address, which a body may repeat. */
export function withoutKeys(
  raw: Uint8Array,
  { brought, inPath }: { brought?: string | undefined; inPath?: string | null },
): Uint8Array {
  const body = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  // Written twice, the last one counts and the first is a key as well.
  const keys = [brought, inPath, ...keysIn(body)].flatMap((key) => key || []);
  const isEscaped = brought !== undefined && brought !== '' && !body.includes(brought);
  if (!isEscaped && !keys.some((key) => body.includes(key))) return raw;
  // Byte for byte, whatever the body is.
  const text = keys.reduce((rest, key) => rest.replaceAll(key, blank), body.toString('latin1'));
  return Buffer.from(isEscaped ? text.replace(secretPattern(brought), blank) : text, 'latin1');
}

const BROUGHT = /"routing_key"[ \t\r\n]*:[ \t\r\n]*"([A-Za-z0-9_-]{16,128})"/g;

const keysIn = (body: Buffer): string[] =>
  body.includes('"routing_key"')
    ? [...new Set(Array.from(body.toString('latin1').matchAll(BROUGHT), ([, key = '']) => key))].slice(0, 20)
    : [];

/** The key that a body seems to bring; null when none is plain to see. What the body's reader finds is what counts. */
export const keyIn = (raw: Uint8Array): string | null =>
  keysIn(Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength))[0] ?? null;
