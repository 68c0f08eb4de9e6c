import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { median, quantile, spread } from './quantiles.js';

describe('quantiles', () => {
  it('interpolate between neighbours, whatever the order', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20, 30], 0.25)).toBe(15);
    expect(median([7])).toBe(7);
  });

  it('take the ends as they are', () => {
    expect([quantile([5, 1, 9], 0), quantile([5, 1, 9], 1)]).toEqual([1, 9]);
  });

  it('lie between the ends and never fall as q grows', () => {
    const values = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 });
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(values, share, share, (list, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        // Floating-point interpolation may be off by the last digit.
        const last = 1e-6;
        expect(quantile(list, low)).toBeLessThanOrEqual(quantile(list, high) + last);
        expect(quantile(list, low)).toBeGreaterThanOrEqual(Math.min(...list) - last);
        expect(quantile(list, high)).toBeLessThanOrEqual(Math.max(...list) + last);
      }),
    );
  });

  it('refuse what has no answer', () => {
    expect(() => quantile([], 0.5)).toThrow('no samples');
    expect(() => quantile([1], 99)).toThrow('a share from 0 to 1');
  });

  it('tell the spread in two digits', () => {
    expect(spread([1.004, 2.006, 1.5])).toEqual({ median: 1.5, min: 1, max: 2.01 });
  });
});
