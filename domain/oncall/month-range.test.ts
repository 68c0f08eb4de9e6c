import { expect, it } from '@jest/globals';
import { monthOf, monthRange } from './month-range.js';

it.each([
  ['2026-03', 'Europe/Berlin', '2026-02-28T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
  ['2026-12', 'UTC', '2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  // A month without a first midnight: the clocks went from 23:59:59 to 01:00 on its first day.
  ['2017-10', 'America/Asuncion', '2017-10-01T04:00:00.000Z', '2017-11-01T03:00:00.000Z'],
])('%s in %s is from %s to %s', (month, timezone, from, to) => {
  expect(monthRange(month, timezone)).toEqual({ from, to });
});

it('an instant lies in the month that people there have', () => {
  expect(monthOf('2026-02-28T23:30:00.000Z', 'Europe/Berlin')).toBe('2026-03');
  expect(monthOf('2026-01-15T00:00:00.000Z', 'UTC', -1)).toBe('2025-12');
});
