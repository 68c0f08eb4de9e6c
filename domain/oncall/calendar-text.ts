/** Parses the texts of schedules (`mon 09:00`, `2026-01-05`, `22:00`) into wall values (see wall-clock.ts). */
import type { Weekday } from '../config/terms.js';
import { ScheduleError } from './schedule.js';
import { DAY, HOUR, MINUTE } from './wall-clock.js';

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
/** 1970-01-01, day 0 of wall values, was a Thursday. */
const WEEKDAY_OF_DAY_ZERO = 3;

/** Weekday number, Monday = 0. */
export function weekdayNumber(day: Weekday): number {
  return WEEKDAYS.indexOf(day);
}

/** Weekday number (Monday = 0) of a day number (whole wall-clock days since 1970-01-01). */
export function weekdayOfDay(dayNumber: number): number {
  return (((dayNumber + WEEKDAY_OF_DAY_ZERO) % 7) + 7) % 7;
}

export function dayOf(wall: number): number {
  return Math.floor(wall / DAY);
}

/** `09:00` → milliseconds since midnight. `24:00` is the end of the day. */
export function timeOfDay(text: string, what: string): number {
  const match = /^([01]\d|2[0-4]):([0-5]\d)$/.exec(text);
  const time = Number(match?.[1]) * HOUR + Number(match?.[2]) * MINUTE;
  if (match === null || time > DAY) {
    throw new ScheduleError(`${what} "${text}" is not a time of day such as 09:00 (00:00 to 24:00)`);
  }
  return time;
}

/** `mon 09:00` or `09:00` → weekday number, if given, and time of day. */
export function handoverOf(text: string): { weekday: number | undefined; time: number } {
  const match = /^(?:(mon|tue|wed|thu|fri|sat|sun) )?(\d\d:\d\d)$/.exec(text);
  const time = match?.[2];
  if (time === undefined)
    throw new ScheduleError(`handover "${text}" is not a time such as "mon 09:00" or "09:00"`);
  const weekday = WEEKDAYS.findIndex((day) => day === match?.[1]);
  return { weekday: weekday === -1 ? undefined : weekday, time: timeOfDay(time, 'handover') };
}

/** `2026-01-05` → day number. Refuses dates that do not exist, such as 2026-02-30. */
export function dayNumber(text: string, what: string): number {
  const wall = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== text) {
    throw new ScheduleError(`${what} "${text}" is not a date such as 2026-01-05`);
  }
  return dayOf(wall);
}

/** `2026-01-05` or `2026-01-05T09:00` → day number and, if given, time of day. */
export function startOf(text: string): { day: number; time: number | undefined } {
  const match = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d)(?::00)?)?$/.exec(text);
  const date = match?.[1];
  if (date === undefined) {
    throw new ScheduleError(
      `start "${text}" is not a date in the schedule's zone such as 2026-01-05 or 2026-01-05T09:00`,
    );
  }
  const time = match?.[2];
  return { day: dayNumber(date, 'start'), time: time === undefined ? undefined : timeOfDay(time, 'start') };
}
