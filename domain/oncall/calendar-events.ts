/** Shifts as entries of a calendar: each keeps its identity while the schedule changes around it. */
import { resolve } from './resolve-shifts.js';
import type { ScheduleHistory, Shift } from './schedule.js';
import { DAY, instantMs, isoOf } from './wall-clock.js';

export interface CalendarEntry extends Shift {
  schedule: string;
  /** The same for the same beginning of the same person's shift, whatever becomes of its end. */
  key: string;
  /** Layers put this person on call, and an override took all of it, or its beginning, away. */
  isCancelled: boolean;
}

const PAST_DAYS = 30;
const AHEAD_DAYS = 180;
/** Shifts are looked for so far around that hardly one shown is cut by the edge of the look. */
const AROUND_DAYS = 100;
/** Of one that is, the beginning is looked for so far back: no turn is longer (1000 weeks). */
const LONGEST_DAYS = 7200;

/** Of a month back and half a year ahead, in order of time. Throws ScheduleError as resolveShifts does. */
export function calendarEntries(schedule: string, history: ScheduleHistory, now: string): CalendarEntry[] {
  const present = instantMs(now, 'now');
  const [first, last] = [present - PAST_DAYS * DAY, present + AHEAD_DAYS * DAY];
  // Whole days, so that two questions on one day look at one range.
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

/** With the true beginning of the first, which is its identity: where the look begins moves from day to day. */
function wholeShifts(history: ScheduleHistory, from: string, to: string): Shift[] {
  const { items } = resolve(history, from, to);
  const [first, ...others] = items;
  if (first === undefined || first.from !== from) return items;
  return [{ ...first, from: beginningOf(history, from) }, ...others];
}

/** Of the shift that covers this instant. */
function beginningOf(history: ScheduleHistory, at: string): string {
  const atMs = instantMs(at, 'at');
  const justAfter = isoOf(atMs + 1);
  for (let days = AROUND_DAYS; ; days *= 4) {
    const earliest = isoOf(atMs - Math.min(days, LONGEST_DAYS) * DAY);
    const begins = resolve(history, earliest, justAfter).items.at(-1)?.from ?? at;
    if (begins !== earliest || days >= LONGEST_DAYS) return begins;
  }
}
