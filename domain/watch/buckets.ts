/** Values summed up in spans of time, in the order in which rows are locked. */
import { floorTo, LONG_BUCKET, SHORT_BUCKET } from './expected.js';

export interface TimedValue {
  at: number;
  value: number;
}

export interface ValueBucket {
  width: number;
  at: number;
  n: number;
  mean: number;
  m2: number;
  low: number;
  high: number;
}

/** Welford's running mean and squares: no difference of two large sums. */
export function bucketsOf(
  values: readonly TimedValue[],
  widths: readonly number[] = [SHORT_BUCKET, LONG_BUCKET],
): ValueBucket[] {
  const buckets = new Map<string, ValueBucket>();
  for (const { at, value } of values)
    for (const width of widths) {
      const start = floorTo(at, width);
      const key = `${width} ${start}`;
      const bucket = buckets.get(key) ?? { width, at: start, n: 0, mean: 0, m2: 0, low: value, high: value };
      const delta = value - bucket.mean;
      bucket.n += 1;
      bucket.mean += delta / bucket.n;
      bucket.m2 += delta * (value - bucket.mean);
      bucket.low = Math.min(bucket.low, value);
      bucket.high = Math.max(bucket.high, value);
      buckets.set(key, bucket);
    }
  return [...buckets.values()].sort((a, b) => a.width - b.width || a.at - b.at);
}
