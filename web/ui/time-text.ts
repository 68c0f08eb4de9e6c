/** Instants as text: absolute with the zone, and relative to now. */
import { wallDate } from '../../domain/oncall/zone-data.js';
import { zoneName } from '../../domain/oncall/zone-name.js';

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

/** `22 Nov, 23:10:05 CET`; with the year when it is another one. An unknown zone in a document is shown as UTC. */
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
