/** Shifts as calendar entries that keep their identity while the schedule changes around them. */
import { resolve } from './resolve-shifts.js';
import type { ScheduleHistory, Shift } from './schedule.js';
import { DAY, instantMs, isoOf } from './wall-clock.js';

export interface CalendarEntry extends Shift {
  schedule: string;
  /** Stays the same for the same start of the same person's shift, even when its end changes. */
  key: string;
  /** The layers put this person on call, but an override took all of the shift, or its beginning. */
  isCancelled: boolean;
}

const PAST_DAYS = 30;
const AHEAD_DAYS = 180;
/** Margin of the search, so that hardly any shown shift is cut at the edge of the range. */
const AROUND_DAYS = 100;
/** Limit of the search for the start of the first shift: no shift is longer (1000 weeks). */
const LONGEST_DAYS = 7200;

/** Entries from 30 days back to 180 days ahead, in order of time. Throws ScheduleError as resolveShifts does. */
export function calendarEntries(schedule: string, history: ScheduleHistory, now: string): CalendarEntry[] {
  const present = instantMs(now, 'now');
  const [first, last] = [present - PAST_DAYS * DAY, present + AHEAD_DAYS * DAY];
  // Rounded to whole days, so that two requests on one day use the same range.
  const edge = (ms: number): string => isoOf(Math.floor(ms / DAY) * DAY);
  const [from, to] = [edge(first - AROUND_DAYS * DAY), edge(last + AROUND_DAYS * DAY)];
  const entry =
    (isCancelled: boolean) =>
    (shift: Shift): CalendarEntry => ({
      ...shift,
      schedule,
      key: [schedule, shift.source, shift.person, shift.from].join('/'),
      isCancelled,
    });
  const held = wholeShifts(history, from, to).map(entry(false));
  const keys = new Set(held.map(({ key }) => key));
  const taken = wholeShifts({ ...history, overrides: [] }, from, to)
    .map(entry(true))
    .filter(({ key }) => !keys.has(key));
  return [...held, ...taken]
    .filter((one) => Date.parse(one.to) > first && Date.parse(one.from) < last)
    .toSorted((a, b) => a.from.localeCompare(b.from) || a.key.localeCompare(b.key));
}

/** Restores the true start of the first shift, which is part of its key: the start of the searched range moves daily. */
function wholeShifts(history: ScheduleHistory, from: string, to: string): Shift[] {
  const { items } = resolve(history, from, to);
  const [first, ...others] = items;
  if (first === undefined || first.from !== from) return items;
  return [{ ...first, from: beginningOf(history, from) }, ...others];
}

/** Start of the shift that covers this instant. */
function beginningOf(history: ScheduleHistory, at: string): string {
  const atMs = instantMs(at, 'at');
  const justAfter = isoOf(atMs + 1);
  for (let days = AROUND_DAYS; ; days *= 4) {
    const earliest = isoOf(atMs - Math.min(days, LONGEST_DAYS) * DAY);
    const begins = resolve(history, earliest, justAfter).items.at(-1)?.from ?? at;
    if (begins !== earliest || days >= LONGEST_DAYS) return begins;
  }
}
