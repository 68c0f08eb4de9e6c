/** Problems of a schedule edit beyond its form: its start date, and the coverage gaps that it would create. */
import type { Problem } from '../config/referring.js';
import type { ConfigSnapshot } from '../config/specs.js';
import type { ScheduleSpec } from './schedule-spec.js';
import { type CoverageGap, gapsOf } from './coverage-gaps.js';
import { onCallAt } from './on-call-at.js';
import { countsFrom, FROM_HANDOVER, fromInstant, scheduleHistory } from './revisions.js';
import { ScheduleError, type ScheduleHistory, type ScheduleRevision } from './schedule.js';
import { DAY, instantMs, isoOf } from './wall-clock.js';

const GAPS_AHEAD_DAYS = 14;

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
  // The first revision, which represents all earlier time, stays whatever its date is.
  const kept = history.revisions.filter(
    ({ effectiveFrom }: ScheduleRevision, index) => index === 0 || Date.parse(effectiveFrom) < since,
  );
  return { ...history, revisions: [...kept, { effectiveFrom: isoOf(since), spec }] };
}

/**
 * `after` is the configuration after the change, `before` the current one: an existing schedule keeps its past. Problems contain
 * the paths of the document.
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
    // A schedule that begins later is checked from its beginning.
    const begin = Math.max(instantMs(now, 'now'), Date.parse(edited.revisions.at(-1)?.effectiveFrom ?? now));
    const [from, to] = [isoOf(begin), isoOf(begin + GAPS_AHEAD_DAYS * DAY)];
    const gaps = gapsOf(edited, after, { name, team: spec.team, from, to });
    return [...replacedAtOnce(history, edited, now), ...summariseGaps(gaps)].map((message) =>
      problem('warning', 'spec.layers', message),
    );
  } catch (error) {
    if (error instanceof ScheduleError) return [problem('error', 'spec', error.message)];
    throw error;
  }
}

/** An edit that takes effect at once may end the current shift of the person on call. */
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

/** Reports repeated gaps once. People without a contact are reported at their names (domain/config/reach.ts). */
function summariseGaps(gaps: readonly CoverageGap[]): string[] {
  const [first, ...more] = gaps.filter(({ kind }) => kind !== 'unreachable');
  if (first === undefined) return [];
  const others =
    more.length === 0
      ? ''
      : `, and ${more.length} more ${more.length === 1 ? 'time' : 'times'} within ${GAPS_AHEAD_DAYS} days`;
  return [`${first.text}${others}`];
}
