import { expect, it } from '@jest/globals';
import { describeInterval, intervalBetween, inWords } from './interval.js';

const noon = '2026-11-23T12:00:00.000Z';

it.each([
  [intervalBetween(noon, '2026-11-23T12:03:12.000Z'), '3 min 12 s'],
  [intervalBetween(noon, noon), '0 ms'],
  [intervalBetween(noon, null), 'pending'],
  [intervalBetween(noon, null, 'nobody acknowledged'), 'not applicable: nobody acknowledged'],
  [
    intervalBetween(noon, '2026-11-23T11:59:59.000Z'),
    'invalid: it ends (2026-11-23T11:59:59.000Z) before it starts (2026-11-23T12:00:00.000Z)',
  ],
  [intervalBetween(noon, 'soon'), `invalid: ${noon} or soon is not an instant`],
])('%j reads %s', (interval, words) => {
  expect(describeInterval(interval)).toBe(words);
});

it.each([
  [42, '42 ms'],
  [1000, '1 s'],
  [61_000, '1 min 1 s'],
  [3_600_000, '1 h'],
  [90_061_000, '1 d 1 h'],
])('%d ms is %s', (ms, words) => {
  expect(inWords(ms)).toBe(words);
});
