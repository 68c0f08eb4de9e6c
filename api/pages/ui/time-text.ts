/** Instants as people read them: absolute with the zone, and how far from now. */
import { wallDate, zoneOffset } from '../../../domain/oncall/zone-data.js';

const options: Intl.DateTimeFormatOptions = {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
  timeZone: 'UTC',
};
const thisYear = new Intl.DateTimeFormat('en-GB', options);
const otherYear = new Intl.DateTimeFormat('en-GB', { ...options, year: 'numeric' });

const zoneNames = new Map<string, Intl.DateTimeFormat | null>();

/** `CET` where readers know letters, `GMT+5:30` elsewhere and where the rules of the zone are newer than the formatter. */
function zoneName(zone: string, iso: string): string {
  const format = zoneNames.get(zone) ?? zoneFormat(zone);
  zoneNames.set(zone, format);
  if (format === null) return 'UTC';
  const at = new Date(iso);
  const parts = format.formatToParts(at);
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? '';
  const minutes = zoneOffset(zone, at.getTime()) / 60_000;
  const isCurrent =
    Number(part('minute')) === wallDate(zone, iso).getUTCMinutes() &&
    Number(part('hour')) === wallDate(zone, iso).getUTCHours();
  const letters = part('timeZoneName');
  if (isCurrent && !/^GMT[+-]/.test(letters)) return letters;
  const size = Math.abs(minutes);
  const rest = size % 60 === 0 ? '' : `:${String(size % 60).padStart(2, '0')}`;
  return size === 0 ? 'GMT' : `GMT${minutes < 0 ? '-' : '+'}${Math.floor(size / 60)}${rest}`;
}

function zoneFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    const options = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZoneName: 'short' } as const;
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone });
  } catch {
    return null;
  }
}

/** `22 Nov, 23:10:05 CET`; with the year when it is not this one. An unknown zone in a document is shown as UTC. */
export function absoluteTime(iso: string, zone: string, now: string): string {
  const format = iso.slice(0, 4) === now.slice(0, 4) ? thisYear : otherYear;
  return `${format.format(wallDate(zone, iso))} ${zoneName(zone, iso)}`;
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;

/** `45 s`, `12 min`, `3 h 10 min`, `2 d 4 h`: the largest unit, from hours on with the next one. */
export function lengthText(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000)) * 1000;
  const first = units.findIndex(([, size]) => whole >= size);
  const [unit, size] = units[first] ?? ['s', 1000];
  const count = Math.floor(whole / size);
  const next = size >= 3_600_000 ? units[first + 1] : undefined;
  const rest = next === undefined ? 0 : Math.floor((whole - count * size) / next[1]);
  return `${count} ${unit}${next === undefined || rest === 0 ? '' : ` ${rest} ${next[0]}`}`;
}

/** `3 min ago`, `in 5 min`, `just now`. */
export function relativeTime(iso: string, now: string): string {
  const ms = Date.parse(iso) - Date.parse(now);
  if (Math.abs(ms) < 1000) return 'just now';
  return ms < 0 ? `${lengthText(-ms)} ago` : `in ${lengthText(ms)}`;
}
