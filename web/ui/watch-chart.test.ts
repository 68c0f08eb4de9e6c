import { describe, expect, it } from '@jest/globals';
import type { WatchPictureData } from '../../services/watch/watches.service.js';
import { watchChart } from './watch-chart.js';

const START = Date.UTC(2026, 10, 23);
const at = (minute: number): string => new Date(START + minute * 60_000).toISOString();
const point = (minute: number, value: number, expected: number | null = 1) => ({
  at: at(minute),
  value,
  low: value,
  high: value,
  expected,
  acceptable: expected === null ? null : 0.5,
});
const chart = (over: Partial<WatchPictureData>) =>
  watchChart({
    title: 'p99',
    unit: 's',
    direction: 'above',
    bands: [
      { beyond: 1, priority: 'P4' },
      { beyond: 2, priority: 'P1' },
    ],
    from: at(0),
    to: at(100),
    points: [],
    ...over,
  });
const numbers = (path: string): number[] => (path.match(/-?[\d.]+/g) ?? []).map(Number);

describe('the picture of a watch', () => {
  it('breaks its line where values are missing', () => {
    const { value } = chart({ points: [point(0, 1), point(5, 1), point(60, 1), point(65, 1)] });
    expect(value.match(/M/g)).toHaveLength(2);
  });

  it('draws a worse band further from the expected line, above it or below it', () => {
    const points = [point(0, 1), point(5, 3)];
    const [near, far] = chart({ points }).bands.map(({ area }) => numbers(area)[1] ?? NaN);
    expect(far).toBeLessThan(near ?? NaN);
    const below = chart({ points: [point(0, 1), point(5, -3)], direction: 'below' });
    const [nearBelow, farBelow] = below.bands.map(({ area }) => numbers(area)[1] ?? NaN);
    expect(farBelow).toBeGreaterThan(nearBelow ?? NaN);
  });

  it('stays within its plot, whatever the values are', () => {
    for (const values of [
      [0, 0],
      [1e100, -1e100],
      [5, 5],
      [1e-100, 0],
    ]) {
      const drawn = chart({
        points: values.map((value, index) => point(index * 5, value)),
        direction: 'both',
      });
      for (const path of [drawn.value, drawn.expected, ...drawn.bands.map(({ area }) => area)])
        for (const number of numbers(path)) {
          expect(number).toBeGreaterThanOrEqual(0);
          expect(number).toBeLessThanOrEqual(1000);
        }
    }
  });

  it('draws values for which nothing is expected yet, and nothing of nothing', () => {
    const { expected, value, bands } = chart({ points: [point(0, 1, null), point(5, 2, null)] });
    expect([expected, ...bands.map(({ area }) => area)]).toEqual(['', '', '']);
    expect(value).not.toBe('');
    expect(chart({}).value).toBe('');
  });
});
