/**
 * Determines when each edit of a schedule takes effect. A document is in force from its application, or from the date in `from`;
 * among the revisions whose date has come the newest applies. So an edit never changes the past, a pending one has no early
 * effect, and a newer one with an earlier date replaces it.
 */
import type { ConfigSnapshot } from '../config/specs.js';
import type { ScheduleSpec } from './schedule-spec.js';
import { startOf } from './calendar-text.js';
import { runningShiftEnd } from './running-shift.js';
import { type ScheduleHistory, ScheduleError, type ScheduleRevision } from './schedule.js';
import { DAY, instantMs, isoOf, wallClock } from './wall-clock.js';

/** One written revision of the document; `spec` null: it was deleted. */
export interface WrittenRevision {
  at: string;
  spec: ScheduleSpec | null;
}

/**
 * The instant of a `from`: an instant as it is, or a date or wall-clock time in the schedule's zone (in a skipped hour the first
 * instant after it). Throws ScheduleError when it is neither.
 */
export function fromInstant(from: string, timezone: string): number {
  if (/(?:Z|[+-]\d\d:\d\d)$/i.test(from)) return instantMs(from, 'from');
  try {
    const { day, time } = startOf(from);
    const wall = day * DAY + (time ?? 0);
    return wallClock(timezone, wall - DAY, wall + DAY).startAt(wall);
  } catch (cause) {
    const wanted =
      'in the zone of the schedule such as 2026-12-01T09:00, or an instant such as 2026-12-01T08:00:00Z';
    throw new ScheduleError(`from "${from}" is not a date or time ${wanted}`, { cause });
  }
}

/** `from: handover`: the person on call at the time of application keeps the running shift. */
export const FROM_HANDOVER = 'handover';

/** Start of a revision applied at `applied`, on top of earlier ones (`all`, in the order in which they were written). */
export function countsFrom(
  spec: Pick<ScheduleSpec, 'from' | 'timezone'>,
  applied: number,
  all: readonly { since: number; spec: ScheduleSpec }[],
): number {
  if (spec.from === undefined) return applied;
  if (spec.from !== FROM_HANDOVER) return fromInstant(spec.from, spec.timezone);
  const inForce = all.findLast(({ since }) => since <= applied);
  return inForce === undefined ? applied : (runningShiftEnd(inForce.spec, applied) ?? applied);
}

/** Input and output are oldest first; revisions that a newer one replaced before their date are dropped. */
export function revisionsInForce(written: readonly WrittenRevision[]): ScheduleRevision[] {
  const all: { since: number; spec: ScheduleSpec }[] = [];
  let last: ScheduleSpec | undefined;
  for (const { at, spec } of written) {
    const applied = instantMs(at, 'at');
    const isFirst = last === undefined;
    const wanted = spec === null ? applied : countsFrom(spec, applied, all);
    // The first revision also represents the time before it; one with a date begins at that date.
    if (isFirst && spec?.from !== undefined && spec.from !== FROM_HANDOVER)
      all.push({ since: 0, spec: nobody(spec) });
    last = spec ?? (last === undefined ? undefined : nobody(last));
    if (last !== undefined) all.push({ since: isFirst ? wanted : Math.max(applied, wanted), spec: last });
  }
  const kept: ScheduleRevision[] = [];
  let earliest = Number.POSITIVE_INFINITY;
  for (const { since, spec } of all.toReversed()) {
    if (since >= earliest) continue;
    earliest = since;
    kept.push({ effectiveFrom: isoOf(since), spec });
  }
  return kept.toReversed();
}

/** Everything that determines the person on call: the schedule's revisions and overrides. Undefined: no such schedule. */
export function scheduleHistory(snapshot: ConfigSnapshot, name: string): ScheduleHistory | undefined {
  const document = snapshot.get('Schedule', name);
  if (document === undefined) return undefined;
  const { overrides, schedules } = snapshot.live;
  const revisions = schedules.get(name) ?? revisionsInForce([{ at: isoOf(0), spec: document.spec }]);
  return { revisions, overrides: overrides.get(name) ?? [] };
}

/** The spec in force at an instant, which is not always the newest. Undefined for a history without revisions. */
export function specAt({ revisions }: ScheduleHistory, at: string): ScheduleSpec | undefined {
  const now = instantMs(at, 'at');
  const begun = revisions.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) <= now);
  return (begun.at(-1) ?? revisions[0])?.spec;
}

/** All people that the schedule names now or in a future revision. */
export function peopleOf(history: ScheduleHistory, at: string): string[] {
  const now = instantMs(at, 'at');
  const coming = history.revisions.filter(({ effectiveFrom }) => Date.parse(effectiveFrom) > now);
  const specs = [specAt(history, at), ...coming.map(({ spec }) => spec)];
  return [...new Set(specs.flatMap((spec) => spec?.layers.flatMap(({ people }) => people) ?? []))];
}

const nobody = (spec: ScheduleSpec): ScheduleSpec => ({ ...spec, layers: [] });
