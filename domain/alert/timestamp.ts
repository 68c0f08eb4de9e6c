const pattern =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?)?$/i;

/**
 * Normalises an ISO 8601 date-time to `2026-11-22T22:10:00.123Z`. Accepts `+0000` without a colon, a blank for `T`, nine decimals
 * (cut to milliseconds), no zone (read as UTC) and no time (midnight UTC). Returns null for anything else, for days that do not
 * exist, and for years outside 1 to 9999, which PostgreSQL would not read back.
 */
export function parseTimestamp(text: string): string | null {
  const match = pattern.exec(text.trim());
  if (match === null) return null;
  const [, day = '', time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  // A leap second is mapped to the second before it, because JavaScript's clock has no sixty-first second.
  const clock = `${time}:${seconds === '60' ? '59' : seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`;
  if (Number.isNaN(Date.parse(`${day}T${clock}Z`))) return null;
  // JavaScript rolls 30 February over into March; a day that changes in a round trip does not exist.
  if (day.slice(8) > '28' && new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) return null;
  const instant = Date.parse(`${day}T${clock}${zoneSuffix(zone)}`);
  if (Number.isNaN(instant)) return null;
  const iso = new Date(instant).toISOString();
  return /^(?!0000)\d{4}-/.test(iso) ? iso : null;
}

function zoneSuffix(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone.charAt(0)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
