import { describe, expect, it } from '@jest/globals';
import { coverageFaults } from './coverage-faults.js';
import { slotAt } from './on-call-at.js';
import { resolve } from './resolve-shifts.js';
import type { ScheduleWithOverrides } from './schedule.js';

const range = { from: '2026-10-20T00:00:00.000Z', to: '2026-11-03T00:00:00.000Z' };
const hour = (n: number): string => new Date(Date.parse(range.from) + n * 3_600_000).toISOString();

const schedule: ScheduleWithOverrides = {
  team: 'checkout',
  timezone: 'Europe/Berlin',
  layers: [
    {
      name: 'days',
      people: ['ana', 'bo'],
      rotation: { every: 1, unit: 'day', handover: '02:30', start: '2026-01-01' },
      restrictions: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sun'], from: '02:30', to: '23:00' }],
    },
  ],
  overrides: [{ from: hour(30), to: hour(40), person: 'cleo' }],
};

describe('coverage of shifts and gaps', () => {
  it('covers all of the time and is what would be paged, through a change of the clocks', () => {
    const resolved = resolve(schedule, range.from, range.to);
    expect(resolved.gaps.length).toBeGreaterThan(5);
    expect(coverageFaults(resolved, range, (at) => slotAt(schedule, at, 'now'))).toEqual([]);
  });

  it.each([
    [
      'time that is left out',
      [
        { from: hour(0), to: hour(1) },
        { from: hour(2), to: range.to },
      ],
      'is covered by no shift and no gap',
    ],
    [
      'time that is covered twice',
      [
        { from: hour(0), to: hour(3) },
        { from: hour(2), to: range.to },
      ],
      'or by two',
    ],
    ['an end that is missing', [{ from: hour(0), to: hour(3) }], `to ${range.to}`],
    [
      'a shift that ends before it begins',
      [
        { from: hour(0), to: hour(0) },
        { from: hour(0), to: range.to },
      ],
      'before it begins',
    ],
  ])('is faulted for %s', (_name, pieces, says) => {
    const items = pieces.map((piece) => ({ ...piece, person: 'ana', source: 'days' }));
    expect(coverageFaults({ items, gaps: [] }, range, () => 'ana')).toEqual([expect.stringContaining(says)]);
  });

  it('is faulted when somebody else would be paged', () => {
    const items = [{ ...range, person: 'ana', source: 'days' }];
    const paged = (at: string): string | null => (at === range.from ? 'ana' : null);
    expect(coverageFaults({ items, gaps: [] }, range, paged)).toEqual([
      'at 2026-11-02T23:59:59.999Z the shifts show ana and nobody would be paged',
    ]);
  });
});
