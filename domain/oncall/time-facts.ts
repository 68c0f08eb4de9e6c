/** Time variables for the condition of a policy step, in the calendar of the paged team. */
import type { Weekday } from '../config/terms.js';
import type { BusinessCalendar } from './business-days.js';
import { dayNumber, dayOf, timeOfDay, weekdayNumber, weekdayOfDay } from './calendar-text.js';
import { DAY, HOUR, instantMs, MINUTE, wallClock } from './wall-clock.js';

export interface TimeFacts {
  /** 0 to 23, local time of the team. */
  hour: number;
  minute: number;
  weekday: Weekday;
  /** `2026-12-25`. */
  date: string;
  /** Business hours of the team: a working day, no holiday, between `from` and `to`. */
  inHours: boolean;
  /** IANA zone of these values. */
  zone: string;
}

const WEEKDAYS: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Throws ScheduleError for an invalid zone, date or hour. */
export function timeFacts(calendar: BusinessCalendar, atIso: string): TimeFacts {
  const at = instantMs(atIso, 'at');
  const wall = wallClock(calendar.timezone, at - DAY, at + DAY).wallAt(at);
  const day = dayOf(wall);
  const time = wall - day * DAY;
  const from = timeOfDay(calendar.from, 'calendar from');
  const to = timeOfDay(calendar.to, 'calendar to');
  const days = new Set(calendar.days.map(weekdayNumber));
  const holidays = new Set(calendar.holidays.map((date) => dayNumber(date, 'holiday')));
  const works = (one: number): boolean => days.has(weekdayOfDay(one)) && !holidays.has(one);
  // Hours that end at or before their start (22:00 to 06:00) belong to the day on which they start.
  const inHours =
    from < to
      ? works(day) && time >= from && time < to
      : (works(day) && time >= from) || (works(day - 1) && time < to);
  return {
    hour: Math.floor(time / HOUR),
    minute: Math.floor((time % HOUR) / MINUTE),
    weekday: WEEKDAYS[weekdayOfDay(day)] ?? 'mon',
    date: new Date(day * DAY).toISOString().slice(0, 10),
    inHours,
    zone: calendar.timezone,
  };
}
