/**
 * Resolves a schedule to shifts and gaps. Pure; used by preview, paging, calendar feed and simulator alike.
 *
 * One item is one unbroken piece of one shift (one turn of a layer's rotation, or one override). Adjacent shifts stay separate
 * even when the same person has both, so that every handover is visible; a shift that an override interrupts returns as a second
 * item.
 */
import { resolveLayers } from './layers.js';
import { overlay, type Piece, rejoin } from './overlay.js';
import type { Interval } from './restrictions.js';
import {
  type Gap,
  type Override,
  type ResolvedShifts,
  ScheduleError,
  type ScheduleHistory,
  type ScheduleRevision,
  type ScheduleWithOverrides,
  type Shift,
} from './schedule.js';
import { instantMs, isoOf, wallClock } from './wall-clock.js';

/** Resolves one current schedule. Throws ScheduleError on an invalid schedule or range; `fromIso` may equal `toIso`. */
export function resolveShifts(
  schedule: ScheduleWithOverrides,
  fromIso: string,
  toIso: string,
): ResolvedShifts {
  const range = rangeOf(fromIso, toIso);
  const layers = resolveLayers(schedule.layers, wallClock(schedule.timezone, range.from, range.to), range);
  return reply(withOverrides(layers, schedule.overrides ?? [], range), range, schedule.timezone);
}

/**
 * Resolves an edited schedule: every revision applies only from its `effectiveFrom`, so an edit never changes the past. Revisions
 * may come in any order (of two with one instant the later in the list wins); overrides apply throughout. `timezone` is that of
 * the revision in force at the end of the range.
 */
export function resolveTimeline(
  revisions: readonly ScheduleRevision[],
  fromIso: string,
  toIso: string,
  overrides: readonly Override[] = [],
): ResolvedShifts {
  const range = rangeOf(fromIso, toIso);
  const inOrder = revisions
    .map(({ effectiveFrom, spec }) => ({ since: instantMs(effectiveFrom, 'effectiveFrom'), spec }))
    .toSorted((a, b) => a.since - b.since);
  const pieces: Piece[] = [];
  let timezone: string | undefined;
  for (const [index, { since, spec }] of inOrder.entries()) {
    const from = index === 0 ? range.from : Math.max(range.from, since);
    const to = Math.min(range.to, inOrder[index + 1]?.since ?? range.to);
    timezone = index === 0 || since < range.to ? spec.timezone : timezone;
    if (from < to)
      pieces.push(...resolveLayers(spec.layers, wallClock(spec.timezone, from, to), { from, to }));
  }
  if (timezone === undefined) throw new ScheduleError('a timeline needs at least one revision');
  return reply(withOverrides(rejoin(pieces), overrides, range), range, timezone);
}

/** Accepts either form of a schedule. */
export function resolve(
  schedule: ScheduleWithOverrides | ScheduleHistory,
  fromIso: string,
  toIso: string,
): ResolvedShifts {
  return 'revisions' in schedule
    ? resolveTimeline(schedule.revisions, fromIso, toIso, schedule.overrides)
    : resolveShifts(schedule, fromIso, toIso);
}

/** Overrides take precedence over all layers, including times without anybody on call; of two the later in the list wins. */
function withOverrides(layers: readonly Piece[], overrides: readonly Override[], range: Interval): Piece[] {
  const top = overrides
    .map((override, shift) => ({
      from: Math.max(range.from, instantMs(override.from, 'override from')),
      to: Math.min(range.to, instantMs(override.to, 'override to')),
      person: override.person,
      source: 'override',
      shift,
    }))
    .filter(({ from, to }) => from < to);
  return overlay(layers, stacked(top));
}

/**
 * Each override covers those before it. Divides and conquers: one after the other, a year of thousands of short overrides takes
 * seconds.
 */
function stacked(pieces: readonly Piece[]): Piece[] {
  if (pieces.length < 2) return [...pieces];
  const middle = Math.floor(pieces.length / 2);
  return overlay(stacked(pieces.slice(0, middle)), stacked(pieces.slice(middle)));
}

function rangeOf(fromIso: string, toIso: string): Interval {
  const range = { from: instantMs(fromIso, 'from'), to: instantMs(toIso, 'to') };
  if (range.from > range.to)
    throw new ScheduleError(`from ${fromIso} is after to ${toIso}: give the earlier instant first`);
  return range;
}

function reply(pieces: readonly Piece[], range: Interval, timezone: string): ResolvedShifts {
  const items: Shift[] = [];
  const gaps: Gap[] = [];
  const end = isoOf(range.to);
  let covered = range.from;
  // Shifts are mostly adjacent, and formatting instants is half the cost of a long list: the text of a shared boundary is reused.
  let coveredText = isoOf(covered);
  for (const { from, to, person, source } of pieces) {
    const fromText = from === covered ? coveredText : isoOf(from);
    if (covered < from) gaps.push({ from: coveredText, to: fromText });
    covered = to;
    coveredText = isoOf(to);
    items.push({ from: fromText, to: coveredText, person, source });
  }
  if (covered < range.to) gaps.push({ from: coveredText, to: end });
  return { items, gaps, timezone };
}
