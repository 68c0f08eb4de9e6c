import { describe, expect, it } from '@jest/globals';
import { SHORT_BUCKET } from './expected.js';
import { simulateWatch } from './simulate-watch.js';
import { watchOf } from './testing/watch-document.js';
import { expectedInPast } from './watch-past.js';
import type { WatchSpec } from './watch-spec.js';

const START = Date.UTC(2026, 10, 23);
const DAY = 86_400_000;

function simulated(spec: Partial<WatchSpec>, valueAt: (minute: number) => number | null, days = 1) {
  const document = watchOf({
    expected: { value: 1 },
    acceptable: { absolute: 0.5 },
    bands: [{ beyond: 1, for: '10m', priority: 'P3' }],
    noData: { for: '15m', priority: 'P4' },
    ...spec,
  });
  const values = Array.from({ length: (days * DAY) / SHORT_BUCKET }, (_, index) => {
    const value = valueAt(index * 5);
    return value === null ? [] : [{ at: START + index * SHORT_BUCKET, n: 1, mean: value, m2: 0 }];
  }).flat();
  const expectedAt = expectedInPast(document.spec, 'Europe/Berlin', { short: values, long: [] });
  return simulateWatch(document, values, { from: START, to: START + days * DAY, expectedAt });
}
const seen = ({ told }: ReturnType<typeof simulated>) =>
  told.map(({ at, condition, what, priority }) => [(at - START) / 60_000, condition, what, priority]);

describe('a watch over the past of its metric', () => {
  it('tells when a band would have been entered and left, each after its time', () => {
    const result = simulated({}, (minute) => (minute >= 60 && minute < 120 ? 2 : 1));
    expect(seen(result)).toEqual([
      [70, 'band', 'begins', 'P3'],
      [130, 'band', 'ends', 'P3'],
    ]);
    expect(result).toMatchObject({ judged: 288, empty: 0, learning: 0, isCut: false });
  });

  it('tells once that there was no data', () => {
    const result = simulated({}, (minute) => (minute >= 60 && minute < 120 ? null : 1));
    expect(seen(result)).toEqual([
      [75, 'no-data', 'begins', 'P4'],
      [120, 'no-data', 'ends', 'P4'],
    ]);
    expect(result.empty).toBe(12);
  });

  it('learns first, and does not learn an outage', () => {
    const result = simulated(
      { expected: { baseline: { kind: 'rolling-median', window: '1h' } } },
      (minute) => (minute >= 300 && minute < 600 ? 2 : 1),
    );
    expect(result.learning).toBe(3);
    expect(seen(result)).toEqual([
      [310, 'band', 'begins', 'P3'],
      [610, 'band', 'ends', 'P3'],
    ]);
  });

  it('stops after 200, and says so', () => {
    const restless = { bands: [{ beyond: 1, priority: 'P3' as const }] };
    const result = simulated(restless, (minute) => (minute % 10 === 0 ? 1 : 2));
    expect(result.told).toHaveLength(200);
    expect(result.isCut).toBe(true);
  });

  it('of a week with the longest window is quick', () => {
    const start = performance.now();
    simulated(
      { expected: { baseline: { kind: 'rolling-median', window: '7d' } } },
      (minute) => 1 + (minute % 7) / 100,
      7,
    );
    expect(performance.now() - start).toBeLessThan(1_500);
  });
});
