/** A body as it is kept: the ingest key that came with it is blanked, whatever JSON escapes it was written with. */
import { secretPattern } from '../../domain/shared/secret-forms.js';

/** Ours are 32 letters and digits; as many, so that places in the body stay what they are said to be. */
const blank = (found: string): string => '*'.repeat(found.length);

/** `brought`: the key that was read from the body; `inPath`: the one of the address, which a body may repeat. */
export function withoutKeys(
  raw: Uint8Array,
  { brought, inPath }: { brought?: string | undefined; inPath?: string | null },
): Uint8Array {
  const body = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
  const keys = [brought, inPath].flatMap((key) => key || []);
  const isEscaped = brought !== undefined && brought !== '' && !body.includes(brought);
  if (!isEscaped && !keys.some((key) => body.includes(key))) return raw;
  // Byte for byte, whatever the body is.
  const text = keys.reduce((rest, key) => rest.replaceAll(key, blank), body.toString('latin1'));
  return Buffer.from(isEscaped ? text.replace(secretPattern(brought), blank) : text, 'latin1');
}
