/** Figures of a sorted or unsorted list of numbers. Pure. */

/**
 * Below this many samples a p99 depends on a handful of them, so the largest value is shown instead
 * (docs/performance.md, Rules for benchmarks).
 */
export const P99_NEEDS = 2_000;

/** The value below which the share `q` (0 to 1) lies, interpolated between neighbours. Throws on an empty list. */
export function quantile(values: readonly number[], q: number): number {
  if (q < 0 || q > 1) throw new Error(`q is ${q}; it is a share from 0 to 1`);
  const sorted = values.toSorted((one, other) => one - other);
  const place = (sorted.length - 1) * q;
  const below = sorted[Math.floor(place)];
  const above = sorted[Math.ceil(place)];
  if (below === undefined || above === undefined) throw new Error('no samples');
  return below + (above - below) * (place - Math.floor(place));
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

export type Spread = { median: number; min: number; max: number };

export const spread = (values: readonly number[]): Spread => ({
  median: rounded(median(values)),
  min: rounded(Math.min(...values)),
  max: rounded(Math.max(...values)),
});

/** Two decimals: anything finer is noise. */
export const rounded = (value: number): number => Math.round(value * 100) / 100;
