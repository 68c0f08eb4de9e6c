/**
 * Which bands a metric is in. Each band is a machine of its own: it is entered after `for` without a break at or beyond its
 * edge, and left after `for` without a break below the edge less the hysteresis. A worse series of values is in every band
 * that a better one is in.
 */
import { durationMs } from '../shared/duration.js';
import type { WatchSpec } from './watch-spec.js';

/** Instants are epoch milliseconds. */
export interface BandState {
  isIn: boolean;
  /** At or beyond the edge without a break since then. */
  beyondSince: number | null;
  /** Below the edge less the hysteresis without a break since then. */
  insideSince: number | null;
}

type Bands = Pick<WatchSpec, 'bands' | 'hysteresis'>;

export interface BandInput {
  at: number;
  /** Acceptable deviations. */
  count: number;
  /** The metric was silent for long: what was counted towards `for` no longer counts. */
  isAfterGap: boolean;
}

export function foldBands(
  { bands, hysteresis }: Bands,
  known: readonly BandState[],
  { at, count, isAfterGap }: BandInput,
): BandState[] {
  return bands.map((band, index): BandState => {
    const before = known[index] ?? { isIn: false, beyondSince: null, insideSince: null };
    const since = (is: boolean, kept: number | null): number | null =>
      is ? ((isAfterGap ? null : kept) ?? at) : null;
    const beyondSince = since(count >= band.beyond, before.beyondSince);
    const insideSince = since(count < leftBelow(band, hysteresis), before.insideSince);
    const waited = (from: number | null): boolean =>
      from !== null && at - from >= durationMs(band.for ?? '0s');
    return {
      isIn: before.isIn ? !waited(insideSince) : waited(beyondSince),
      beyondSince,
      insideSince,
    };
  });
}

/**
 * The bands of a changed document while an alert of the watch is open: a band is in at once when the value has not fallen below
 * its edge, so that an edit neither resolves what still is wrong nor raises it without waiting.
 */
export const adoptBands = ({ bands, hysteresis }: Bands, at: number, count: number): BandState[] =>
  bands.map((band) => ({
    isIn: count >= leftBelow(band, hysteresis),
    beyondSince: count >= band.beyond ? at : null,
    insideSince: count < leftBelow(band, hysteresis) ? at : null,
  }));

const leftBelow = ({ beyond }: { beyond: number }, hysteresis: number): number => beyond * (1 - hysteresis);

/** The worst band that the metric is in; null: none. */
export function worstBand(states: readonly BandState[]): number | null {
  const index = states.findLastIndex(({ isIn }) => isIn);
  return index === -1 ? null : index;
}
