/** Name of a zone at an instant, for people. */
import { wallDate, zoneOffset } from './zone-data.js';

const formats = new Map<string, Intl.DateTimeFormat | null>();

/** `CET` where an abbreviation exists, `GMT+5:30` elsewhere and where the zone's rules are newer than the formatter's. */
export function zoneName(zone: string, instant: string): string {
  const format = formats.get(zone) ?? formatOf(zone);
  formats.set(zone, format);
  if (format === null) return 'UTC';
  const at = new Date(instant);
  const parts = format.formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const wall = wallDate(zone, instant);
  const isCurrent =
    Number(part('minute')) === wall.getUTCMinutes() && Number(part('hour')) === wall.getUTCHours();
  const letters = part('timeZoneName');
  if (isCurrent && !/^GMT[+-]/.test(letters)) return letters;
  const minutes = zoneOffset(zone, at.getTime()) / 60_000;
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return size === 0 ? 'GMT' : `GMT${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  try {
    const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    return null;
  }
}
