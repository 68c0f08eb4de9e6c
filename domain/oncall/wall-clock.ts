/**
 * Wall-clock time in one zone as plain integers. A "wall" value is the milliseconds that `Date.UTC` would give for the local date
 * and time; an "instant" is epoch milliseconds. The zone's transitions are looked up once for a range, everything after that is
 * arithmetic, so a year of hourly shifts costs a few milliseconds.
 *
 * Clock changes follow docs/reliability.md §5, and both rules are one formula each:
 * - a start is the first instant at which the clock has reached it: in a skipped hour the first instant after the gap, in a
 *   repeated hour the first occurrence;
 * - an end is the last instant at which the clock reaches it: in a repeated hour, its first minute included, the last occurrence,
 *   in a skipped hour the instant of the change.
 * Both keep the order of wall values, so successive boundaries never run backwards.
 */
import { Temporal } from 'temporal-polyfill';
import { ScheduleError } from './schedule.js';
import { zonePeriods, type ZonePeriod } from './zone-data.js';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const WEEK = 7 * DAY;

/** Margin around a range, so that wall values near its edges get the right offset even where a zone jumps a whole day. */
const MARGIN = 5 * DAY;
const MAX_CACHED_RANGES = 1000;

export interface WallClock {
  /** Local time at an instant. */
  wallAt(instant: number): number;
  /** Instant at which a shift with wall-clock start `wall` begins. */
  startAt(wall: number): number;
  /** Instant at which a shift with wall-clock end `wall` ends. */
  endAt(wall: number): number;
}

interface Segment {
  since: number;
  until: number;
  offset: number;
}

const cache = new Map<string, Segment[]>();

/**
 * The clock of an IANA zone, exact for instants from `from` to `to` (epoch milliseconds); outside it only the order of results is
 * right. Throws ScheduleError when the zone is missing, unknown or a fixed offset such as `+02:00`.
 */
export function wallClock(timezone: string, from: number, to: number): WallClock {
  const segments = segmentsOf(timezone, from, to);
  const first = segments[0];
  const last = segments.at(-1);
  if (first === undefined || last === undefined) throw new ScheduleError(`no zone data for "${timezone}"`);
  return {
    wallAt(instant) {
      const segment = segments.find(({ until }) => instant < until) ?? last;
      return instant + segment.offset;
    },
    startAt(wall) {
      const segment = segments.find(({ until, offset }) => wall - offset < until) ?? last;
      return Math.max(segment.since, wall - segment.offset);
    },
    endAt(wall) {
      const segment = segments.findLast(({ since, offset }) => since <= wall - offset) ?? first;
      return Math.min(segment.until, wall - segment.offset);
    },
  };
}

function segmentsOf(timezone: string, from: number, to: number): Segment[] {
  const firstYear = new Date(from - MARGIN).getUTCFullYear();
  const endYear = new Date(to + MARGIN).getUTCFullYear() + 1;
  const key = `${timezone} ${firstYear} ${endYear}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const found = findSegments(timezone, Date.UTC(firstYear, 0), Date.UTC(endYear, 0));
  if (cache.size >= MAX_CACHED_RANGES) cache.clear();
  cache.set(key, found);
  return found;
}

function findSegments(timezone: string, from: number, to: number): Segment[] {
  const periods = periodsOf(timezone);
  const first = periods.findIndex(({ until }) => from < until);
  const last = periods.findIndex(({ until }) => to <= until);
  return periods.slice(first, last + 1).map(({ until, offset }, index, { length }) => ({
    since: index === 0 ? Number.NEGATIVE_INFINITY : (periods[first + index - 1]?.until ?? from),
    until: index === length - 1 ? Number.POSITIVE_INFINITY : until,
    offset,
  }));
}

function periodsOf(timezone: string): ZonePeriod[] {
  const example = 'name an IANA zone such as Europe/Berlin';
  if (timezone.trim() === '') throw new ScheduleError(`timezone is missing: ${example}`);
  if (/^[+\-\u2212\d]/.test(timezone)) {
    throw new ScheduleError(`timezone "${timezone}" is a fixed offset and ignores clock changes: ${example}`);
  }
  const periods = zonePeriods(timezone);
  if (periods === null) throw new ScheduleError(`timezone "${timezone}" is unknown: ${example}`);
  return periods;
}

/** Epoch milliseconds of an ISO 8601 instant with `Z` or an offset. `what` names the value in the error. */
export function instantMs(iso: string, what: string): number {
  try {
    return Temporal.Instant.from(iso).epochMilliseconds;
  } catch (cause) {
    throw new ScheduleError(`${what} "${iso}" is not an instant such as 2026-01-05T08:00:00Z`, { cause });
  }
}

export function isoOf(instant: number): string {
  return new Date(instant).toISOString();
}
