/** What was expected of a metric at an instant of its past, from the buckets that are kept: for pictures and simulations. */
import { HOUR, MINUTE } from '../oncall/wall-clock.js';
import { durationMs } from '../shared/duration.js';
import { type Bucket, expectedFrom, type Expected, floorTo, historyFor, learned } from './expected.js';
import type { WatchSpec } from './watch-spec.js';
import type { Span } from './span.js';

export interface KeptBuckets {
  /** Of five minutes. */
  short: readonly Bucket[];
  /** Of an hour. */
  long: readonly Bucket[];
}

export type ExpectedAt = (at: number, except?: readonly Span[]) => Expected;

/** A long window moves little within half an hour, and its median costs thousands of values. */
const slotOf = ({ expected }: Pick<WatchSpec, 'expected'>, at: number): number => {
  if ('value' in expected) return 0;
  const { baseline } = expected;
  if (baseline.kind === 'same-hour') return floorTo(at, HOUR / 4);
  return floorTo(at, durationMs(baseline.window) > 6 * HOUR ? HOUR / 2 : 5 * MINUTE);
};

/** Asked in rising order of time it computes each expected value once. */
export function expectedInPast(
  spec: Pick<WatchSpec, 'expected' | 'unit'>,
  timezone: string,
  { short, long }: KeptBuckets,
): ExpectedAt {
  const hours = new Map(long.map((bucket) => [bucket.at, bucket]));
  let known: { slot: string; expected: Expected } | null = null;
  return (at, except = []) => {
    const slot = `${slotOf(spec, at)} ${except.length}`;
    if (known?.slot === slot) return known.expected;
    const need = historyFor(spec.expected, slotOf(spec, at) || at, timezone, except);
    const history =
      need === null
        ? []
        : 'from' in need
          ? learned(
              short.filter((bucket) => bucket.at >= need.from && bucket.at < need.to),
              except,
            )
          : need.at.flatMap((hour) => hours.get(hour) ?? []);
    const expected = expectedFrom(spec.expected, history, spec.unit);
    known = { slot, expected };
    return expected;
  };
}
