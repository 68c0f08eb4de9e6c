/**
 * Finds the minutes that a cron expression matches. A scheduled start of a drill is checked against its document by the newest
 * one, because anybody with access to Temporal can send the request to start; a heartbeat is expected at the next one.
 */
import { temporalCron } from './cron.js';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

interface Field {
  from: number;
  to: number;
  names?: readonly string[];
}

const fields: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31 },
  { from: 1, to: 12, names: months },
  { from: 0, to: 7, names: weekdays },
];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Every day of the calendar occurs within 8 years (29 February around 2100). */
const DAYS_AHEAD = 8 * 366 + 1;

/**
 * The newest whole minute, not after `wall` and at most `backMs` before it, that the cron matches; null when none does. `wall` is
 * the local clock time as `Date.UTC` would encode it. The cron must be in Temporal's form (`temporalCron`).
 */
export function newestSlot(cron: string, wall: number, backMs: number): number | null {
  const parts = cron.trim().split(/\s+/);
  if (parts.length !== fields.length) return null;
  for (let at = Math.floor(wall / MINUTE) * MINUTE; at > wall - backMs - MINUTE; at -= MINUTE) {
    const time = new Date(at);
    const shown = [
      time.getUTCMinutes(),
      time.getUTCHours(),
      time.getUTCDate(),
      time.getUTCMonth() + 1,
      time.getUTCDay(),
    ];
    if (fields.every((field, index) => matches(parts[index] ?? '', field, shown[index] ?? -1))) return at;
  }
  return null;
}

/**
 * The first whole minute after `wall` that the crontab line matches; null when there is none, as for 30 February. Days match by day of
 * the month *or* weekday when both are restricted, as in crontab(5); `tue#1` is the first Tuesday.
 */
export function nextSlot(crontab: string, wall: number): number | null {
  const parts = temporalCron(crontab).split(/\s+/);
  const [minutes = '', hours = '', daysOfMonth = '', monthsOf = '', daysOfWeek = ''] = parts;
  if (parts.length !== fields.length) return null;
  const [minute, hour, dayOfMonth, month, weekday] = fields as [Field, Field, Field, Field, Field];
  const isEither = !crontab.includes('#') && !daysOfMonth.startsWith('*') && !daysOfWeek.startsWith('*');
  const isDay = (at: number): boolean => {
    const date = new Date(at);
    const ofMonth = matches(daysOfMonth, dayOfMonth, date.getUTCDate());
    const ofWeek = matches(daysOfWeek, weekday, date.getUTCDay());
    return (
      matches(monthsOf, month, date.getUTCMonth() + 1) && (isEither ? ofMonth || ofWeek : ofMonth && ofWeek)
    );
  };
  const from = Math.floor(wall / MINUTE) * MINUTE + MINUTE;
  const firstDay = Math.floor(from / DAY) * DAY;
  for (let day = firstDay; day < firstDay + DAYS_AHEAD * DAY; day += DAY) {
    if (!isDay(day)) continue;
    for (let at = Math.max(day, from); at < day + DAY;) {
      const time = new Date(at);
      if (!matches(hours, hour, time.getUTCHours())) at = Math.floor(at / HOUR) * HOUR + HOUR;
      else if (matches(minutes, minute, time.getUTCMinutes())) return at;
      else at += MINUTE;
    }
  }
  return null;
}

/** Every field must match, including both day fields, as in Temporal's calendars. */
const matches = (part: string, field: Field, value: number): boolean =>
  part.split(',').some((item) => matchesItem(item, field, value));

function matchesItem(item: string, field: Field, value: number): boolean {
  const [range = '', stepText] = item.split('/');
  const step = stepText === undefined ? 1 : Number(stepText);
  if (!Number.isInteger(step) || step < 1) return false;
  const [low, high] = range === '*' ? [field.from, field.to] : bounds(range, field, stepText !== undefined);
  // Sunday is 0 and 7.
  const values = field.names === weekdays && value === 0 ? [0, 7] : [value];
  return values.some((one) => one >= low && one <= high && (one - low) % step === 0);
}

/** `5/15` continues to the end of the field, `5` is one value. */
function bounds(range: string, field: Field, hasStep: boolean): [number, number] {
  const [from = '', to] = range.split('-');
  const low = valueOf(from, field);
  if (to !== undefined) return [low, valueOf(to, field)];
  return [low, hasStep ? field.to : low];
}

function valueOf(text: string, { names }: Field): number {
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return names === months ? named + 1 : named;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
