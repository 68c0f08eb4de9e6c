import { expect, it } from '@jest/globals';
import { clockText, minuteText, withTimesIn } from './time-text.js';

it.each([
  ['Europe/Berlin', '2026-11-22 23:10 CET'],
  ['America/New_York', '2026-11-22 17:10 GMT-5'],
  ['UTC', '2026-11-22 22:10 UTC'],
  ['Nowhere/Here', '2026-11-22 22:10 UTC'],
])('an instant is told in %s with the name of the zone', (zone, told) => {
  expect(minuteText('2026-11-22T22:10:00.000Z', zone)).toBe(told);
});

it('a sentence has no instant that nobody reads', () => {
  const text = 'INC-42 was resolved by Ana at 2026-11-22T22:10:44.963Z';
  expect(withTimesIn(text, 'Europe/Berlin')).toBe('INC-42 was resolved by Ana at 2026-11-22 23:10 CET');
  expect(clockText('2026-11-22T22:10:44.963Z', 'Europe/Berlin')).toBe('23:10 CET');
});
