/** Limits the extra fields of an alert to 16 KiB, so that one huge alert does not slow down all others. */
import type { Json } from './signal.js';
import { cutText } from './signal-limits.js';

export const DETAIL_MAX_BYTES = 16 * 1024;
const VALUE_MAX_BYTES = 2048;
const NOTE = '…';

/** Length in UTF-8 bytes. */
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
 * Returns the value unchanged when its JSON fits in 16 KiB. Otherwise an object keeps its first fields in order, with long values
 * cut to their beginning, and a field `…` states how much is missing; any other value becomes the beginning of its JSON text.
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

/** Cuts so that the result fits even when JSON escapes characters as six bytes (`\u001b`); other characters take at most 4. */
function startOf(value: Json, max: number): string {
  return cutText(typeof value === 'string' ? value : JSON.stringify(value), Math.floor(max / 2));
}
