/** The expected value of a metric: fixed, or from its history. */
import { HOUR, MINUTE, WEEK, wallClock } from '../oncall/wall-clock.js';
import { durationMs } from '../shared/duration.js';
import type { ExpectedSpec } from './watch-spec.js';
import type { Span } from './span.js';
import { countWords, spanWords, valueWords } from './words.js';

/** Values of one span of time. `m2`: the sum of squared differences from the mean. */
export interface Bucket {
  at: number;
  n: number;
  mean: number;
  m2: number;
}

export type Expected =
  /** `sigma`: standard deviation of the history about the expected value; null for a fixed value. */
  | { kind: 'known'; value: number; sigma: number | null; words: string }
  /** The history is too short. */
  | { kind: 'learning'; why: string };

/** Width of the buckets that a rolling median reads. */
export const SHORT_BUCKET = 5 * MINUTE;
export const LONG_BUCKET = HOUR;
/** Short buckets are kept for longer than this. */
export const WINDOW_MOST = '7d';

/** A median of one week is that week: its outage would be expected in the next one. */
const WEEKS_LEAST = 2;
/** Share of the window that must hold values. */
const WINDOW_LEAST = 0.25;

/** The buckets that the expected value at an instant depends on; null for a fixed value. */
export type HistoryNeed = { width: number; at: number[] } | { width: number; from: number; to: number };

/**
 * `timezone`: of the service's team, because load follows the clock on people's walls. `except`: a rolling window reaches further back
 * by what it does not learn from.
 */
export function historyFor(
  spec: ExpectedSpec,
  at: number,
  timezone: string,
  except: readonly Span[] = [],
): HistoryNeed | null {
  if ('value' in spec) return null;
  const { baseline } = spec;
  if (baseline.kind === 'rolling-median') {
    const to = floorTo(at, SHORT_BUCKET);
    let from = to - durationMs(baseline.window);
    for (const span of except.toReversed())
      if (span.to > from) from -= Math.max(0, Math.min(span.to, to) - span.from);
    return { width: SHORT_BUCKET, from, to };
  }
  const clock = wallClock(timezone, at - baseline.weeks * WEEK, at);
  const hour = floorTo(clock.wallAt(at), HOUR);
  const weeks = Array.from({ length: baseline.weeks }, (_, index) => index + 1);
  return { width: LONG_BUCKET, at: weeks.map((week) => floorTo(clock.startAt(hour - week * WEEK), HOUR)) };
}

/** Changes when the expected value has to be computed again. */
export const expectedSlot = (spec: ExpectedSpec, at: number): number =>
  'value' in spec ? 0 : floorTo(at, spec.baseline.kind === 'same-hour' ? HOUR / 4 : SHORT_BUCKET);

export function expectedFrom(spec: ExpectedSpec, history: readonly Bucket[], unit?: string): Expected {
  if ('value' in spec)
    return {
      kind: 'known',
      value: spec.value,
      sigma: null,
      words: `the expected ${valueWords(spec.value, unit)}`,
    };
  const { baseline } = spec;
  const found = history.filter(({ n }) => n > 0);
  if (baseline.kind === 'same-hour') {
    const least = Math.min(WEEKS_LEAST, baseline.weeks);
    if (found.length < least)
      return {
        kind: 'learning',
        why: `the same hour is known for ${countWords(found.length, 'week')} of the ${least} that it takes`,
      };
    return known(found, `the same hour of the last ${countWords(found.length, 'week')}`);
  }
  const window = durationMs(baseline.window);
  const least = Math.max(3, Math.ceil((window / SHORT_BUCKET) * WINDOW_LEAST));
  if (found.length < least)
    return {
      kind: 'learning',
      why: `${spanWords(found.length * SHORT_BUCKET)} of values are known, a median of ${spanWords(window)} takes ${spanWords(least * SHORT_BUCKET)}`,
    };
  return known(found, `the median of the last ${spanWords(window)}`);
}

function known(buckets: readonly Bucket[], words: string): Expected {
  const value = median(buckets.map(({ mean }) => mean));
  let count = 0;
  let squares = 0;
  for (const { n, mean, m2 } of buckets) {
    count += n;
    squares += m2 + n * (mean - value) ** 2;
  }
  return { kind: 'known', value, sigma: Math.sqrt(squares / count), words };
}

/** The buckets of a rolling window without those of spans that it does not learn from. */
export const learned = (buckets: readonly Bucket[], except: readonly Span[]): readonly Bucket[] =>
  except.length === 0
    ? buckets
    : buckets.filter(({ at }) => !except.some(({ from, to }) => at + SHORT_BUCKET > from && at < to));

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const upper = sorted[half] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

export const floorTo = (at: number, width: number): number => Math.floor(at / width) * width;
