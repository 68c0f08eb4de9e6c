/** What speaks against a schedule that is about to be applied, beyond its form: its date, and the holes it would have. */
import type { Problem } from '../config/referring.js';
import type { ConfigSnapshot, ScheduleSpec } from '../config/specs.js';
import { type Hole, holesOf } from './holes.js';
import { onCallAt } from './on-call-at.js';
import { countsFrom, FROM_HANDOVER, fromInstant, scheduleHistory } from './revisions.js';
import { ScheduleError, type ScheduleHistory, type ScheduleRevision } from './schedule.js';
import { DAY, instantMs, isoOf } from './wall-clock.js';

export const HOLES_AHEAD_DAYS = 14;

/** The schedule as it would be if `spec` were applied at `now`: the same rules as `revisionsInForce` for the newest one. */
export function editedHistory(
  history: ScheduleHistory | undefined,
  spec: ScheduleSpec,
  now: string,
): ScheduleHistory {
  const present = instantMs(now, 'now');
  const known = (history?.revisions ?? []).map((one) => ({
    since: Date.parse(one.effectiveFrom),
    spec: one.spec,
  }));
  const wanted = countsFrom(spec, present, known);
  if (history === undefined) {
    const before =
      spec.from === undefined || spec.from === FROM_HANDOVER
        ? []
        : [{ effectiveFrom: isoOf(0), spec: { ...spec, layers: [] } }];
    return { revisions: [...before, { effectiveFrom: isoOf(wanted), spec }], overrides: [] };
  }
  const since = Math.max(present, wanted);
  // The one that stands for all time before it stays, whatever its date says.
  const kept = history.revisions.filter(
    ({ effectiveFrom }: ScheduleRevision, index) => index === 0 || Date.parse(effectiveFrom) < since,
  );
  return { ...history, revisions: [...kept, { effectiveFrom: isoOf(since), spec }] };
}

/**
 * `snapshot` is the configuration as it would be after the change, `before` as it is: a schedule that exists keeps its
 * past. Problems have the paths of the document.
 */
export function checkScheduleEdit(
  name: string,
  spec: ScheduleSpec,
  { before, after, now }: { before: ConfigSnapshot; after: ConfigSnapshot; now: string },
): Problem[] {
  const problem = (severity: Problem['severity'], path: string, message: string): Problem => ({
    severity,
    kind: 'Schedule',
    name,
    path,
    message,
  });
  try {
    const history = scheduleHistory(before, name);
    if (history !== undefined && spec.from !== undefined && spec.from !== FROM_HANDOVER) {
      const from = fromInstant(spec.from, spec.timezone);
      if (from < instantMs(now, 'now')) {
        const message = `"${spec.from}" (${isoOf(from)}) is past, and the past never changes: name a date to come, or leave it out for "from now on"`;
        return [problem('error', 'spec.from', message)];
      }
    }
    const edited = editedHistory(history, spec, now);
    // A schedule that begins later is looked at from its beginning.
    const begin = Math.max(instantMs(now, 'now'), Date.parse(edited.revisions.at(-1)?.effectiveFrom ?? now));
    const [from, to] = [isoOf(begin), isoOf(begin + HOLES_AHEAD_DAYS * DAY)];
    const holes = holesOf(edited, after, { name, team: spec.team, from, to });
    return [...replacedAtOnce(history, edited, now), ...holesToldOnce(holes)].map((message) =>
      problem('warning', 'spec.layers', message),
    );
  } catch (error) {
    if (error instanceof ScheduleError) return [problem('error', 'spec', error.message)];
    throw error;
  }
}

/** An edit that counts from now on may take a shift from whoever has it. */
function replacedAtOnce(
  history: ScheduleHistory | undefined,
  edited: ScheduleHistory,
  now: string,
): string[] {
  if (history === undefined) return [];
  const [before, after] = [history, edited].map((one) => onCallAt(one, now));
  const person = before?.person ?? null;
  if (person === null || person === after?.person) return [];
  const until = before?.until == null ? '' : `, in the middle of a shift that lasts until ${before.until}`;
  const keeps = `"from: ${FROM_HANDOVER}" lets ${person} finish it`;
  return [`${person} is replaced by ${after?.person ?? 'nobody'} at once${until}; ${keeps}`];
}

/** Fourteen nights without cover are one thing to know. Who has no contact is told at their name (config/reach.ts). */
function holesToldOnce(holes: readonly Hole[]): string[] {
  const [first, ...more] = holes.filter(({ kind }) => kind !== 'unreachable');
  if (first === undefined) return [];
  const others =
    more.length === 0
      ? ''
      : `, and ${more.length} more ${more.length === 1 ? 'time' : 'times'} within ${HOLES_AHEAD_DAYS} days`;
  return [`${first.text}${others}`];
}
