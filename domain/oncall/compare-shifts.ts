/** Compares two resolutions of the same range and returns the times in which the person on call differs. */
import type { ResolvedShifts } from './schedule.js';

/** Null: no one is on call. */
export interface ShiftChange {
  from: string;
  to: string;
  before: string | null;
  after: string | null;
}

/** Both must cover the same range. Adjacent times with the same two people form one change. */
export function compareShifts(before: ResolvedShifts, after: ResolvedShifts): ShiftChange[] {
  const [old, next] = [personByTime(before), personByTime(after)];
  const changes: ShiftChange[] = [];
  let [i, j] = [0, 0];
  for (let a = old[i], b = next[j]; a !== undefined && b !== undefined; a = old[i], b = next[j]) {
    const from = a.from > b.from ? a.from : b.from;
    const to = a.to < b.to ? a.to : b.to;
    if (a.person !== b.person) extendOrPush(changes, { from, to, before: a.person, after: b.person });
    if (a.to === to) i++;
    if (b.to === to) j++;
  }
  return changes;
}

function extendOrPush(changes: ShiftChange[], change: ShiftChange): void {
  const last = changes.at(-1);
  if (last?.to === change.from && last.before === change.before && last.after === change.after)
    last.to = change.to;
  else changes.push(change);
}

/** The whole range in order; the instants have one format that sorts chronologically. */
const personByTime = ({ items, gaps }: ResolvedShifts) =>
  [
    ...items.map(({ from, to, person }) => ({ from, to, person })),
    ...gaps.map(({ from, to }) => ({ from, to, person: null })),
  ].toSorted((a, b) => a.from.localeCompare(b.from));
