/** How far a value is from the expected one, counted in acceptable deviations. */
import type { Expected } from './expected.js';
import type { Acceptable, Direction, WatchSpec } from './watch-spec.js';

export type Deviation =
  /** `count` grows as the value gets worse; below zero: on the good side. `unit`: the size of one acceptable deviation. */
  { kind: 'judged'; count: number; unit: number } | { kind: 'not_judged'; why: string };

export function deviationOf(
  { acceptable, direction }: Pick<WatchSpec, 'acceptable' | 'direction'>,
  value: number,
  expected: Extract<Expected, { kind: 'known' }>,
): Deviation {
  if (!Number.isFinite(value)) return { kind: 'not_judged', why: `the value is ${value}` };
  const unit = unitOf(acceptable, expected);
  const distance = distanceOf(direction, value, expected.value);
  if (unit > 0) return { kind: 'judged', count: distance / unit, unit };
  // Nothing varied so far: a value that still does not is as expected, and of any other nobody can say how unusual it is.
  return distance === 0
    ? { kind: 'judged', count: 0, unit }
    : { kind: 'not_judged', why: `${whyNoUnit(acceptable)}; use acceptable.absolute` };
}

/** The size of one acceptable deviation. */
export function unitOf(
  acceptable: Acceptable,
  { value, sigma }: { value: number; sigma: number | null },
): number {
  if ('absolute' in acceptable) return acceptable.absolute;
  if ('percent' in acceptable) return (Math.abs(value) * acceptable.percent) / 100;
  return acceptable.sigma * (sigma ?? 0);
}

const whyNoUnit = (acceptable: Acceptable): string =>
  'percent' in acceptable
    ? `the expected value is 0, and ${acceptable.percent} % of 0 is nothing`
    : 'the history does not vary, so its standard deviation is 0';

function distanceOf(direction: Direction, value: number, expected: number): number {
  if (direction === 'above') return value - expected;
  return direction === 'below' ? expected - value : Math.abs(value - expected);
}
