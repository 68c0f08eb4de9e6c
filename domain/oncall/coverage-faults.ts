/**
 * I12 (reliability.md §7): shifts and gaps are all of the time, and whoever would be paged at an instant is who the shifts show.
 * What people see, a calendar and the page at three in the morning must never tell different stories.
 */
import type { Gap, ResolvedShifts, Shift } from './schedule.js';

/** Hand-overs compared with what would be paged; the ones to come first. */
const HANDOVERS = 12;

/**
 * What is wrong, a sentence each; none when all is well. `personAt`: who would be paged at an instant (ISO 8601, UTC), null for
 * nobody. `from` and `to` are the range that `resolved` was asked for.
 */
export function coverageFaults(
  resolved: Pick<ResolvedShifts, 'items' | 'gaps'>,
  { from, to }: { from: string; to: string },
  personAt: (at: string) => string | null,
): string[] {
  const pieces: (Gap | Shift)[] = [...resolved.items, ...resolved.gaps].toSorted(
    (a, b) => Date.parse(a.from) - Date.parse(b.from),
  );
  const faults: string[] = [];
  let covered = from;
  for (const piece of pieces) {
    if (piece.from !== covered)
      faults.push(`nothing is said of ${covered} to ${piece.from}, or it is said twice`);
    if (Date.parse(piece.to) <= Date.parse(piece.from))
      faults.push(`a piece ends at ${piece.to}, before it begins`);
    covered = piece.to;
  }
  if (covered !== to) faults.push(`nothing is said of ${covered} to ${to}`);
  for (const piece of pieces.slice(0, HANDOVERS)) {
    const shown = 'person' in piece ? piece.person : null;
    const last = new Date(Date.parse(piece.to) - 1).toISOString();
    for (const at of [piece.from, last]) {
      const paged = personAt(at);
      if (paged !== shown)
        faults.push(`at ${at} the shifts show ${shown ?? 'nobody'} and ${paged ?? 'nobody'} would be paged`);
    }
  }
  return faults;
}
