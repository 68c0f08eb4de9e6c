/** Deadlines in the working days of a team's calendar. */
import type { ConfigSnapshot } from '../config/specs.js';
import type { Weekday } from '../config/terms.js';
import type { TeamSpec } from '../people/person-spec.js';
import { durationMs } from '../shared/duration.js';
import { dayNumber, dayOf, timeOfDay, weekdayNumber, weekdayOfDay } from './calendar-text.js';
import { ScheduleError } from './schedule.js';
import { DAY, instantMs, isoOf, wallClock } from './wall-clock.js';

/** `holidays` are non-working dates (`2026-12-25`); hours are wall-clock times in the zone. */
export interface BusinessCalendar {
  timezone: string;
  days: readonly Weekday[];
  from: string;
  to: string;
  holidays: readonly string[];
}

const workWeek: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri'];

/** Monday to Friday, 09:00 to 17:00, no holidays. */
export function defaultCalendar(timezone: string): BusinessCalendar {
  return { timezone, days: workWeek, from: '09:00', to: '17:00', holidays: [] };
}

/** Used without a team: the default calendar in the organisation's zone. */
export const organisationCalendar = (snapshot: Pick<ConfigSnapshot, 'get'>): BusinessCalendar =>
  defaultCalendar(snapshot.get('Organisation', 'default')?.spec.timezone ?? 'UTC');

/** The team's own calendar, or the default one in its zone. */
export function teamCalendar(team: Pick<TeamSpec, 'timezone' | 'calendar'>): BusinessCalendar {
  return team.calendar === undefined
    ? defaultCalendar(team.timezone)
    : { ...team.calendar, timezone: team.timezone };
}

/**
 * The close of the `days`-th business day after the local date of `fromIso`; with 0 the next close at or after it. So "3 business
 * days" is never less than three whole working days, and two events of one day are due together. Throws ScheduleError when the
 * calendar has no working day or contains an invalid value.
 */
export function addBusinessDays(fromIso: string, days: number, calendar: BusinessCalendar): string {
  if (!Number.isInteger(days) || days < 0)
    throw new ScheduleError(`${days} is not a whole number of business days`);
  if (calendar.days.length === 0)
    throw new ScheduleError('the calendar has no working day: name at least one in days');
  const from = instantMs(fromIso, 'from');
  const workdays = new Set(calendar.days.map(weekdayNumber));
  const holidays = new Set(calendar.holidays.map((date) => dayNumber(date, 'holiday')));
  const open = timeOfDay(calendar.from, 'calendar from');
  const close = timeOfDay(calendar.to, 'calendar to');
  // Every week has a working day and every holiday removes at most one.
  const furthest = 7 * (days + holidays.size + 2);
  const clock = wallClock(calendar.timezone, from, from + (furthest + 2) * DAY);
  const closeOf = (day: number): number => clock.endAt(day * DAY + (close <= open ? close + DAY : close));
  const today = dayOf(clock.wallAt(from));
  let left = days;
  for (let day = days === 0 ? today : today + 1; day <= today + furthest; day++) {
    if (!workdays.has(weekdayOfDay(day)) || holidays.has(day)) continue;
    if (days === 0 ? closeOf(day) >= from : --left === 0) return isoOf(closeOf(day));
  }
  throw new ScheduleError(`no business day within ${furthest} days after ${fromIso}`);
}

/**
 * Due instant of `3bd` (business days) or of an elapsed duration such as `5d` or `36h`. Without a calendar the default business
 * days in UTC apply.
 */
export function dueAt(due: string, fromIso: string, calendar?: BusinessCalendar): string {
  const businessDays = /^(\d{1,4})bd$/.exec(due)?.[1];
  if (businessDays !== undefined) {
    return addBusinessDays(fromIso, Number(businessDays), calendar ?? defaultCalendar('UTC'));
  }
  if (!/^\d+(ms|s|m|h|d)$/.test(due)) {
    throw new ScheduleError(`due "${due}" is neither business days such as 3bd nor a duration such as 5d`);
  }
  return isoOf(instantMs(fromIso, 'from') + durationMs(due));
}
