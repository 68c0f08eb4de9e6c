/** What a watch would have told about the past of its metric: the same folds and decisions as at evaluations. */
import type { Bucket } from './expected.js';
import { SHORT_BUCKET } from './expected.js';
import { decideTells, type Tell } from './decide-tells.js';
import { foldWatch, type WatchDocument } from './fold-watch.js';
import { notLearned } from './not-learned.js';
import { newWatch } from './watch-state.js';
import type { ExpectedAt } from './watch-past.js';

export interface Simulated {
  /** `at`: epoch milliseconds. Repetitions are left out. */
  told: (Tell & { at: number })[];
  /** Values that were judged. */
  judged: number;
  /** Spans without a value. */
  empty: number;
  /** Values for which too little was known to expect anything. */
  learning: number;
}

/** Told about at the most; a watch that tells more is wrong in any case. */
const TOLD_MOST = 200;

export function simulateWatch(
  document: WatchDocument,
  values: readonly Bucket[],
  { from, to, expectedAt }: { from: number; to: number; expectedAt: ExpectedAt },
): Simulated & { isCut: boolean } {
  const byTime = new Map(values.map((value) => [value.at, value.mean]));
  const result: Simulated & { isCut: boolean } = {
    told: [],
    judged: 0,
    empty: 0,
    learning: 0,
    isCut: false,
  };
  let state = newWatch(document.revision);
  for (let at = from; at < to; at += SHORT_BUCKET) {
    const value = byTime.get(at);
    if (value === undefined) {
      result.empty += 1;
      state = foldWatch(document, state, { kind: 'no_data', at });
    } else {
      const expected = expectedAt(at, notLearned(state, at));
      if (expected.kind === 'learning') result.learning += 1;
      state = foldWatch(document, state, { kind: 'value', at, value, expected });
      if (state.last?.at === at) result.judged += 1;
    }
    const decided = decideTells(document, state, { now: at, usersAffected: null });
    ({ state } = decided);
    for (const tell of decided.tells)
      if (tell.what !== 'repeats' && result.told.push({ ...tell, at }) >= TOLD_MOST)
        return { ...result, isCut: true };
  }
  return result;
}
