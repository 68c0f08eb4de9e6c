/**
 * Checks invariant I12 (docs/reliability.md §7): shifts and gaps together cover all time, and the person paged at an instant is
 * the person the shifts show, so that pages, calendars and screens agree.
 */
import type { Gap, ResolvedShifts, Shift } from './schedule.js';

/** Number of upcoming handovers compared with the person who would be paged. */
const HANDOVERS = 12;

/**
 * Returns one sentence per fault, none when all is consistent. `personAt`: the person who would be paged at an instant (ISO 8601,
 * UTC), or null. `from` and `to` are the range of `resolved`.
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
      faults.push(`${covered} to ${piece.from} is covered by no shift and no gap, or by two`);
    if (Date.parse(piece.to) <= Date.parse(piece.from))
      faults.push(`a shift or gap ends at ${piece.to}, before it begins`);
    covered = piece.to;
  }
  if (covered !== to) faults.push(`${covered} to ${to} is covered by no shift and no gap`);
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
