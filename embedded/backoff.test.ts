import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { backoffMs } from './backoff.js';

const backoff = { firstMs: 250, capMs: 10_000 };

it('doubles with every death, between half and the whole', () => {
  expect([1, 2, 3, 7, 100].map((deaths) => backoffMs(backoff, deaths, 0))).toEqual([
    125, 250, 500, 5_000, 5_000,
  ]);
  expect([1, 2, 3, 7, 100].map((deaths) => backoffMs(backoff, deaths, 1))).toEqual([
    250, 500, 1_000, 10_000, 10_000,
  ]);
});

it('never waits longer than the cap and never not at all', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (deaths, random) => {
        const delay = backoffMs(backoff, deaths, random);
        return delay >= 125 && delay <= backoff.capMs;
      },
    ),
  );
});
