/**
 * What a rolling baseline does not learn from: the time in which the metric was in a band. Else an outage longer than half of the window
 * would become what is expected, the alert would end by itself, and the recovery would be the next deviation.
 */
import { DAY } from '../oncall/wall-clock.js';
import type { Span } from './span.js';
import type { WatchState } from './watch-state.js';

/** A level that has held for so long is the new one. */
const LEARNED_AFTER = DAY;
/** As many as short buckets are kept for, and as many as one state may hold. */
const KEPT_FOR = 8 * DAY;
const KEPT = 30;

type Bands = Pick<WatchState, 'bands' | 'open'>;

/** Since when the metric has been at or beyond a band; null: it is not. */
export function beyondSince({ bands, open }: Bands): number | null {
  const since = bands.flatMap((band) => band.beyondSince ?? []);
  if (open !== null) since.push(open.from ?? open.since);
  return since.length === 0 ? null : Math.min(...since);
}

/** The outages of a watch whose band ends now. */
export function withOutage(known: readonly Span[] | undefined, outage: Span): Span[] {
  return [...(known ?? []), outage].filter(({ to }) => to > outage.to - KEPT_FOR).slice(-KEPT);
}

/** Oldest first; the present one, if there is one, ends `at`. */
export function notLearned(state: (Bands & Pick<WatchState, 'outages'>) | null, at: number): Span[] {
  if (state === null) return [];
  const since = beyondSince(state);
  const all = [...(state.outages ?? []), ...(since === null || since >= at ? [] : [{ from: since, to: at }])];
  return all.map(({ from, to }) => ({ from, to: Math.min(to, from + LEARNED_AFTER) }));
}
