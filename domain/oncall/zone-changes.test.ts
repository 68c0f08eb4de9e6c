import { describe, expect, it } from '@jest/globals';
import { firstMove, nearPeriods, zonesInUse } from './zone-changes.js';
import type { ZonePeriod } from './zone-data.js';

const HOUR = 3_600_000;
const day = (date: string) => Date.parse(`${date}T00:00:00Z`);
const now = day('2026-12-01');
const winter: ZonePeriod = { until: day('2027-03-28'), offset: HOUR };
const summer: ZonePeriod = { until: day('2027-10-31'), offset: 2 * HOUR };
const next: ZonePeriod = { until: day('2028-11-30'), offset: HOUR };
const usual = [winter, summer, next];

describe('a newer release of the zone data', () => {
  it.each<[string, ZonePeriod[], unknown]>([
    ['is the same', usual, null],
    ['knows a year more', [...usual.slice(0, 2), { ...next, until: day('2029-11-30') }], null],
    [
      'ends summer time',
      [{ ...winter, until: next.until }],
      { at: day('2027-03-28'), before: 2 * HOUR, after: HOUR },
    ],
    [
      'moves the change by a week',
      [{ ...winter, until: day('2027-04-04') }, summer, next],
      { at: day('2027-03-28'), before: 2 * HOUR, after: HOUR },
    ],
    [
      'moves the clock at once',
      [{ ...winter, offset: 0 }, summer, next],
      { at: now, before: HOUR, after: 0 },
    ],
    ['says nothing', [], null],
  ])('%s', (_name, after, move) => expect(firstMove(usual, after, now)).toEqual(move));

  it('is compared from now on alone', () => {
    const before = [{ until: day('2026-06-01'), offset: 9 * HOUR }, ...usual];
    expect(firstMove(before, usual, now)).toBeNull();
    expect(firstMove(usual, [{ ...winter, until: next.until }], day('2027-11-15'))).toBeNull();
  });

  it('is read for two years', () => {
    const near = nearPeriods('Europe/Berlin', now) ?? [];
    expect(near.map(({ offset }) => offset / HOUR)).toEqual([1, 2, 1, 2, 1]);
    expect(near.at(-1)?.until).toBe(now + 732 * 24 * HOUR);
    expect(nearPeriods('UTC', now)?.map(({ offset }) => Math.abs(offset))).toEqual([0]);
    expect(nearPeriods('Mars/Base', now)).toBeNull();
  });
});

it('the zones in use are those that documents name, wherever they name them', () => {
  const organisation = {
    kind: 'Organisation',
    name: 'default',
    revision: 1,
    spec: { timezone: 'Europe/Berlin' },
  } as never;
  const drill = {
    kind: 'Drill',
    name: 'loss',
    revision: 1,
    spec: { schedule: { cron: '0 9 * * 1', timezone: 'Asia/Tokyo' }, inject: [{ timezone: 'Asia/Tokyo' }] },
  } as never;
  expect([...zonesInUse([organisation, drill])]).toEqual([
    ['Europe/Berlin', ['Organisation default']],
    ['Asia/Tokyo', ['Drill loss']],
  ]);
});
