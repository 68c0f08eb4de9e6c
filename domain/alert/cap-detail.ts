/** Keeps what senders tell us beside the named fields small enough for a row: one huge alert must not cost the others. */
import { cutText, type Json } from './signal.js';

export const DETAIL_MAX_BYTES = 16 * 1024;
const VALUE_MAX_BYTES = 2048;
const NOTE = '…';

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // A surrogate pair is four bytes in two units: two bytes per unit.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

/**
 * The value itself when its JSON fits in 16 KiB. Else an object keeps its fields in order, long values cut to the start of
 * their text, as many as fit, and a field `…` says what is missing; anything else becomes the start of its JSON text.
 */
export function capDetail(detail: Json): Json {
  const text = JSON.stringify(detail);
  const bytes = utf8Length(text);
  if (bytes <= DETAIL_MAX_BYTES) return detail;
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) {
    return { [NOTE]: `cut, ${bytes} bytes in all`, start: startOf(text, DETAIL_MAX_BYTES / 4) };
  }
  const kept = Object.create(null) as Record<string, Json>;
  const entries = Object.entries(detail);
  let left = DETAIL_MAX_BYTES - 256;
  let missing = 0;
  for (const [name, value] of entries) {
    const small =
      utf8Length(JSON.stringify(value)) <= VALUE_MAX_BYTES ? value : startOf(value, VALUE_MAX_BYTES / 4);
    const cost = utf8Length(JSON.stringify(name)) + utf8Length(JSON.stringify(small)) + 2;
    if (cost > left) {
      missing += 1;
      continue;
    }
    left -= cost;
    kept[name] = small;
  }
  kept[NOTE] = `cut, ${bytes} bytes in all, ${missing} of ${entries.length} fields left out`;
  return kept;
}

/** `max` characters of at most 4 bytes each, or 6 where JSON escapes them: `\u001b`. */
function startOf(value: Json, max: number): string {
  return cutText(typeof value === 'string' ? value : JSON.stringify(value), Math.floor(max / 2));
}
