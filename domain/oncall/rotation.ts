/**
 * Handovers of one layer on the wall clock. Period `k` runs from `boundary(k)` to `boundary(k + 1)`; period 0 is the one in which
 * the rotation starts, cut at the start. So hours, days and weeks keep their wall-clock time through every clock change: a week
 * may last 167 or 169 hours, and an hourly period may be empty or last two hours.
 */
import type { Rotation } from './schedule-spec.js';
import { dayOf, handoverOf, startOf, weekdayOfDay } from './calendar-text.js';
import { touchesWindow, type WeeklyWindows } from './restrictions.js';
import { ScheduleError } from './schedule.js';
import { DAY, HOUR, WEEK } from './wall-clock.js';

export interface RotationGrid {
  /** Wall value at which the rotation starts; no one is on call before it. */
  start: number;
  boundary(k: number): number;
  /** The period that contains a wall value; below 0 before the first. */
  periodAt(wall: number): number;
  /** Number of shifts before period `k`: 0 is the first person's. */
  shiftIndex(k: number): number;
}

const unitMs = { hour: HOUR, day: DAY, week: WEEK };

/**
 * With `counted`, days and weeks are counted one by one, and only those that touch a window: `every: 2, unit: day` then means two
 * working days each. Other days belong to the person before them. Hours are counted by the shift: `every` hours form one.
 */
export function rotationGrid(rotation: Rotation, counted?: WeeklyWindows): RotationGrid {
  if (!Number.isInteger(rotation.every) || rotation.every < 1) {
    throw new ScheduleError(
      `rotation every ${rotation.every} is not a whole number of ${rotation.unit}s, 1 or more`,
    );
  }
  const isCountedSingly = counted !== undefined && rotation.unit !== 'hour';
  const period = (isCountedSingly ? 1 : rotation.every) * unitMs[rotation.unit];
  const { start, anchor } = startAndAnchor(rotation);
  const boundary = (k: number): number => anchor + k * period;
  if (counted === undefined)
    return {
      start,
      boundary,
      periodAt: (wall) => Math.floor((wall - anchor) / period),
      shiftIndex: (k) => k,
    };
  const countedBefore = countedShifts(counted, { start, period, boundary });
  const each = isCountedSingly ? rotation.every : 1;
  const shiftIndex = (k: number): number => Math.floor(countedBefore(k) / each);
  return { start, boundary, periodAt: (wall) => Math.floor((wall - anchor) / period), shiftIndex };
}

/** The start, and the last handover at or before it. A start without a time begins at the handover's time of day. */
function startAndAnchor({ unit, handover, start: text }: Rotation): { start: number; anchor: number } {
  const { day, time } = startOf(text);
  const written = unit === 'hour' || handover === undefined ? undefined : handoverOf(handover);
  const start = day * DAY + (time ?? written?.time ?? 0);
  if (written === undefined) return { start, anchor: start };
  const sinceHandover = (unit: number, phase: number): number => (((start - phase) % unit) + unit) % unit;
  if (unit === 'day') return { start, anchor: start - sinceHandover(DAY, written.time) };
  const weekday = written.weekday ?? weekdayOfDay(dayOf(start));
  const firstSuchDay = (weekday - weekdayOfDay(0) + 7) % 7;
  return { start, anchor: start - sinceHandover(WEEK, firstSuchDay * DAY + written.time) };
}

/**
 * Windows repeat weekly and periods are whole hours, so the pattern of empty periods repeats after at most 168 periods. Counting
 * shifts is then a table look-up, however long ago the rotation started.
 */
function countedShifts(
  windows: WeeklyWindows,
  { start, period, boundary }: { start: number; period: number; boundary: (k: number) => number },
): (k: number) => number {
  const cycle = WEEK / greatestCommonDivisor(period, WEEK);
  const before = [0];
  for (let k = 0; k < cycle; k++) {
    const touches = touchesWindow(windows, { from: boundary(k), to: boundary(k + 1) });
    before.push((before[k] ?? 0) + (touches ? 1 : 0));
  }
  const perCycle = before[cycle] ?? 0;
  // The table contains whole periods, but the start may cut the first one so that it is empty.
  const whole = before[1] ?? 0;
  const first = touchesWindow(windows, { from: start, to: boundary(1) }) ? 1 : 0;
  return (k) => {
    const cycles = Math.floor((k + 1) / cycle);
    const counted = cycles * perCycle + (before[k + 1 - cycles * cycle] ?? 0) - whole + first;
    return Math.max(0, counted - 1);
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
