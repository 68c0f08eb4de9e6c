/** Weekly hours of a layer. A window belongs to the day on which it opens; `to` at or before `from` closes the next day. */
import type { Restriction } from './schedule-spec.js';
import { dayOf, timeOfDay, weekdayNumber, weekdayOfDay } from './calendar-text.js';
import { DAY, WEEK, type WallClock } from './wall-clock.js';

/** Half-open, `from` before `to`; wall values or instants, depending on the function. */
export interface Interval {
  from: number;
  to: number;
}

/** Windows of one weekday, as milliseconds from its midnight; index 0 is Monday. */
export type WeeklyWindows = readonly (readonly Interval[])[];

export function weeklyWindows(restrictions: readonly Restriction[]): WeeklyWindows {
  const week: Interval[][] = Array.from({ length: 7 }, () => []);
  for (const { days, from, to } of restrictions) {
    const open = timeOfDay(from, 'restriction from');
    const close = timeOfDay(to, 'restriction to');
    const window = { from: open, to: close <= open ? close + DAY : close };
    for (const day of new Set(days)) week[weekdayNumber(day)]?.push(window);
  }
  return week;
}

/** True when any window touches the wall interval. Uses the wall clock only, so that a clock change never changes the result. */
export function touchesWindow(week: WeeklyWindows, shift: Interval): boolean {
  const lastDay = Math.min(dayOf(shift.to), dayOf(shift.from + WEEK));
  for (let day = dayOf(shift.from) - 2; day <= lastDay; day++) {
    for (const window of week[weekdayOfDay(day)] ?? []) {
      if (day * DAY + window.from < shift.to && day * DAY + window.to > shift.from) return true;
    }
  }
  return false;
}

/** The windows that may touch `range` as instants, in order; adjacent ones are joined. */
export function windowInstants(week: WeeklyWindows, clock: WallClock, range: Interval): Interval[] {
  const found: Interval[] = [];
  // Starts three days before, to cover an overnight window and a zone that goes back a whole day.
  for (let day = dayOf(clock.wallAt(range.from)) - 3; clock.startAt(day * DAY) < range.to; day++) {
    for (const window of week[weekdayOfDay(day)] ?? []) {
      const from = clock.startAt(day * DAY + window.from);
      const to = clock.endAt(day * DAY + window.to);
      if (from < to && to > range.from && from < range.to) found.push({ from, to });
    }
  }
  return joined(found.toSorted((a, b) => a.from - b.from));
}

function joined(sorted: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  for (const next of sorted) {
    const last = out.at(-1);
    if (last !== undefined && next.from <= last.to) last.to = Math.max(last.to, next.to);
    else out.push({ ...next });
  }
  return out;
}
