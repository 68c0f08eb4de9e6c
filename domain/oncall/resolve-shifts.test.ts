import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Rotation, ScheduleLayer } from './schedule-spec.js';
import { randomFrom, randomSchedule } from './oracle/random-schedule.js';
import { resolveShifts, resolveTimeline } from './resolve-shifts.js';
import { type Override, ScheduleError, type ScheduleWithOverrides } from './schedule.js';

const weekly: Rotation = { every: 1, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' };
const workHours = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' } as const;

function layer(rotation: Rotation, rest: Partial<ScheduleLayer> = {}): ScheduleLayer {
  return { name: 'main', people: ['ana', 'bo', 'cleo'], rotation, ...rest };
}

function schedule(
  layers: ScheduleLayer[],
  timezone = 'UTC',
  overrides: Override[] = [],
): ScheduleWithOverrides {
  return { team: 'checkout', timezone, layers, overrides };
}

/** Every shift as `from–to person`, without the constant parts. */
function lines(subject: ScheduleWithOverrides, from: string, to: string): string[] {
  return resolveShifts(subject, `${from}T00:00:00Z`, `${to}T00:00:00Z`).items.map(line);
}

const line = (item: { from: string; to: string; person: string }): string =>
  `${item.from.slice(5, 16)}–${item.to.slice(5, 16)} ${item.person}`;

describe('rotation', () => {
  it('hands over weekly at the wall-clock time of the zone and starts with the first person', () => {
    expect(
      resolveShifts(
        schedule([layer(weekly)], 'Europe/Berlin'),
        '2026-01-01T00:00:00Z',
        '2026-01-20T00:00:00Z',
      ),
    ).toEqual({
      timezone: 'Europe/Berlin',
      gaps: [{ from: '2026-01-01T00:00:00.000Z', to: '2026-01-05T08:00:00.000Z' }],
      items: [
        { from: '2026-01-05T08:00:00.000Z', to: '2026-01-12T08:00:00.000Z', person: 'ana', source: 'main' },
        { from: '2026-01-12T08:00:00.000Z', to: '2026-01-19T08:00:00.000Z', person: 'bo', source: 'main' },
        { from: '2026-01-19T08:00:00.000Z', to: '2026-01-20T00:00:00.000Z', person: 'cleo', source: 'main' },
      ],
    });
  });

  it.each<[string, Rotation, string[]]>([
    [
      'every day',
      { every: 1, unit: 'day', handover: '09:00', start: '2026-01-05' },
      ['01-05T09:00–01-06T09:00 ana', '01-06T09:00–01-07T09:00 bo', '01-07T09:00–01-08T00:00 cleo'],
    ],
    [
      'every 2 days',
      { every: 2, unit: 'day', handover: '18:30', start: '2026-01-05' },
      ['01-05T18:30–01-07T18:30 ana', '01-07T18:30–01-08T00:00 bo'],
    ],
    [
      'every 12 hours, from the clock time of the start',
      { every: 12, unit: 'hour', start: '2026-01-06T06:00' },
      [
        '01-06T06:00–01-06T18:00 ana',
        '01-06T18:00–01-07T06:00 bo',
        '01-07T06:00–01-07T18:00 cleo',
        '01-07T18:00–01-08T00:00 ana',
      ],
    ],
    [
      'days without a handover, from midnight of the start',
      { every: 1, unit: 'day', start: '2026-01-06' },
      ['01-06T00:00–01-07T00:00 ana', '01-07T00:00–01-08T00:00 bo'],
    ],
    [
      'a week that starts between hand-overs with a short first turn',
      { every: 1, unit: 'week', handover: 'wed 09:00', start: '2026-01-05' },
      ['01-05T09:00–01-07T09:00 ana', '01-07T09:00–01-08T00:00 bo'],
    ],
    [
      'a start time before the day’s hand-over with a short first turn',
      { every: 1, unit: 'day', handover: '09:00', start: '2026-01-06T06:00' },
      ['01-06T06:00–01-06T09:00 ana', '01-06T09:00–01-07T09:00 bo', '01-07T09:00–01-08T00:00 cleo'],
    ],
  ])('%s', (_, rotation, expected) => {
    expect(lines(schedule([layer(rotation)]), '2026-01-05', '2026-01-08')).toEqual(expected);
  });

  it('keeps its order however far the range is from the start', () => {
    // 2026-01-05 to 2036-01-07 are 522 weeks and two days: 522 mod 3 = 0.
    expect(lines(schedule([layer(weekly)]), '2036-01-08', '2036-01-09')).toEqual([
      '01-08T00:00–01-09T00:00 ana',
    ]);
  });

  it('keeps a hand-over visible when the same person has both shifts', () => {
    const alone = layer(
      { every: 1, unit: 'day', handover: '09:00', start: '2026-01-01' },
      { people: ['ana'] },
    );
    expect(lines(schedule([alone]), '2026-01-05', '2026-01-06')).toEqual([
      '01-05T00:00–01-05T09:00 ana',
      '01-05T09:00–01-06T00:00 ana',
    ]);
  });
});

describe('restrictions', () => {
  it('leave gaps outside their hours and days', () => {
    const { items, gaps } = resolveShifts(
      schedule([layer(weekly, { restrictions: [{ ...workHours, days: [...workHours.days] }] })]),
      '2026-01-09T00:00:00Z',
      '2026-01-13T00:00:00Z',
    );
    expect(items.map(line)).toEqual(['01-09T09:00–01-09T17:00 ana', '01-12T09:00–01-12T17:00 bo']);
    expect(gaps.map((gap) => `${gap.from.slice(5, 16)}–${gap.to.slice(5, 16)}`)).toEqual([
      '01-09T00:00–01-09T09:00',
      '01-09T17:00–01-12T09:00',
      '01-12T17:00–01-13T00:00',
    ]);
  });

  it('run overnight from the day they open on', () => {
    const nights = layer(weekly, { restrictions: [{ days: ['sun', 'mon'], from: '22:00', to: '06:00' }] });
    expect(lines(schedule([nights]), '2026-01-11', '2026-01-14')).toEqual([
      '01-11T22:00–01-12T06:00 ana',
      '01-12T22:00–01-13T06:00 bo',
    ]);
  });

  it('of whole days meet without a seam', () => {
    const weekend = layer(weekly, { restrictions: [{ days: ['sat', 'sun'], from: '00:00', to: '24:00' }] });
    expect(lines(schedule([weekend]), '2026-01-09', '2026-01-13')).toEqual(['01-10T00:00–01-12T00:00 ana']);
  });

  it('are counted by skipEmpty, so that a weekend takes nobody’s turn', () => {
    const days: Rotation = { every: 1, unit: 'day', handover: '09:00', start: '2026-01-08' };
    const restrictions = [{ ...workHours, days: [...workHours.days] }];
    const names = (skipEmpty: boolean): string[] =>
      lines(schedule([layer(days, { restrictions, skipEmpty })]), '2026-01-08', '2026-01-15').map(
        (text) => text.slice(0, 5) + text.slice(23),
      );
    expect(names(true)).toEqual(['01-08 ana', '01-09 bo', '01-12 cleo', '01-13 ana', '01-14 bo']);
    expect(names(false)).toEqual(['01-08 ana', '01-09 bo', '01-12 bo', '01-13 cleo', '01-14 ana']);
  });

  it('that never open put nobody on call', () => {
    expect(
      lines(schedule([layer(weekly, { restrictions: [], skipEmpty: true })]), '2026-01-09', '2026-02-13'),
    ).toEqual([]);
  });
});

describe('layers and overrides', () => {
  const base = layer(weekly);
  const day = layer(weekly, {
    name: 'day',
    people: ['dana'],
    restrictions: [{ days: ['tue'], from: '09:00', to: '17:00' }],
  });

  it('the last layer that covers an instant wins, and the shift below it comes back', () => {
    const { items } = resolveShifts(schedule([base, day]), '2026-01-06T00:00:00Z', '2026-01-07T00:00:00Z');
    expect(items.map((item) => `${line(item)} ${item.source}`)).toEqual([
      '01-06T00:00–01-06T09:00 ana main',
      '01-06T09:00–01-06T17:00 dana day',
      '01-06T17:00–01-07T00:00 ana main',
    ]);
    expect(lines(schedule([day, base]), '2026-01-06', '2026-01-07')).toEqual(['01-06T00:00–01-07T00:00 ana']);
  });

  it('overrides lie on top, the later of two on the earlier, also where nobody was on call', () => {
    const overrides = [
      { from: '2026-01-06T10:00:00Z', to: '2026-01-06T14:00:00Z', person: 'eve' },
      { from: '2026-01-06T12:00:00+00:00', to: '2026-01-06T13:00:00Z', person: 'finn' },
      { from: '2026-01-07T10:00:00Z', to: '2026-01-07T12:00:00Z', person: 'eve' },
    ];
    expect(lines(schedule([day], 'UTC', overrides), '2026-01-06', '2026-01-08')).toEqual([
      '01-06T09:00–01-06T10:00 dana',
      '01-06T10:00–01-06T12:00 eve',
      '01-06T12:00–01-06T13:00 finn',
      '01-06T13:00–01-06T14:00 eve',
      '01-06T14:00–01-06T17:00 dana',
      '01-07T10:00–01-07T12:00 eve',
    ]);
  });

  it('very many overrides lie on each other in the time of one look', () => {
    const overrides = Array.from({ length: 40_000 }, (_, n) => ({
      from: new Date(Date.UTC(2026, 0, 6) + n * 60_000).toISOString(),
      to: new Date(Date.UTC(2026, 0, 6) + (n + 2) * 60_000).toISOString(),
      person: n % 2 === 0 ? 'eve' : 'finn',
    }));
    const { items } = resolveShifts(
      schedule([day], 'UTC', overrides),
      '2026-01-06T00:00:00Z',
      '2026-02-06T00:00:00Z',
    );
    expect(items.filter(({ source }) => source === 'override')).toHaveLength(40_000);
  });

  it('shifts and gaps cover the range exactly, whatever the schedule (invariant I12)', () => {
    const change = { at: Date.UTC(2026, 9, 25, 1), before: 120, after: 60 };
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: -5000, max: 5000 }),
        fc.nat(9000),
        (seed, offset, length) => {
          const from = change.at + offset * 60_000;
          const range = [from, from + length * 60_000].map((at) => new Date(at).toISOString());
          const [start = '', end = ''] = range;
          const { items, gaps } = resolveShifts(
            randomSchedule('Europe/Berlin', change, randomFrom(seed)),
            start,
            end,
          );
          const spans = [...items, ...gaps].toSorted((a, b) => a.from.localeCompare(b.from));
          expect([start, ...spans.map(({ to }) => to)]).toEqual([...spans.map((span) => span.from), end]);
          expect(spans.every((span) => span.from < span.to)).toBe(true);
          expect(items).toEqual(items.toSorted((a, b) => a.from.localeCompare(b.from)));
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('resolveTimeline', () => {
  const before = { effectiveFrom: '2026-01-01T00:00:00Z', spec: schedule([layer(weekly)]) };
  const after = {
    effectiveFrom: '2026-01-14T12:00:00Z',
    spec: schedule([layer(weekly, { people: ['dana', 'eve'] })], 'Europe/Paris'),
  };

  it('an edit counts from its date and never changes the past', () => {
    const { items, gaps, timezone } = resolveTimeline(
      [after, before],
      '2026-01-12T00:00:00Z',
      '2026-01-20T00:00:00Z',
    );
    expect(items.map(line)).toEqual([
      '01-12T00:00–01-12T09:00 ana',
      '01-12T09:00–01-14T12:00 bo',
      '01-14T12:00–01-19T08:00 eve',
      '01-19T08:00–01-20T00:00 dana',
    ]);
    expect(gaps).toEqual([]);
    expect(timezone).toBe('Europe/Paris');
    expect(resolveTimeline([before, after], '2026-01-05T00:00:00Z', '2026-01-14T12:00:00Z')).toEqual(
      resolveShifts(before.spec, '2026-01-05T00:00:00Z', '2026-01-14T12:00:00Z'),
    );
  });

  it('an edit that leaves a shift alone does not cut it, and overrides apply throughout', () => {
    const same = { ...before, effectiveFrom: '2026-01-14T12:00:00Z' };
    const range = ['2026-01-12T00:00:00Z', '2026-01-20T00:00:00Z'] as const;
    expect(resolveTimeline([before, same], ...range)).toEqual(resolveShifts(before.spec, ...range));
    const override = { from: '2026-01-14T11:00:00Z', to: '2026-01-14T13:00:00Z', person: 'finn' };
    expect(resolveTimeline([before, after], ...range, [override]).items.map(line)).toContain(
      '01-14T11:00–01-14T13:00 finn',
    );
  });

  it('the first revision also stands for the time before it', () => {
    const late = { ...before, effectiveFrom: '2026-06-01T00:00:00Z' };
    expect(resolveTimeline([late], '2026-01-06T00:00:00Z', '2026-01-07T00:00:00Z').items.map(line)).toEqual([
      '01-06T00:00–01-07T00:00 ana',
    ]);
  });
});

describe('refusals say what is wrong and what would be right', () => {
  const range = ['2026-01-06T00:00:00Z', '2026-01-07T00:00:00Z'] as const;
  it.each<[string, ScheduleWithOverrides, RegExp]>([
    [
      'no zone',
      schedule([layer(weekly)], ''),
      /timezone is missing: name an IANA zone such as Europe\/Berlin/,
    ],
    ['an unknown zone', schedule([layer(weekly)], 'Mars/Olympus'), /timezone "Mars\/Olympus" is unknown/],
    ['a fixed offset', schedule([layer(weekly)], '+02:00'), /ignores clock changes/],
    [
      'a bad handover',
      schedule([layer({ ...weekly, handover: 'monday 9' })]),
      /layer "main": handover "monday 9"/,
    ],
    [
      'a bad start',
      schedule([layer({ ...weekly, start: '2026-02-30' })]),
      /start "2026-02-30" is not a date/,
    ],
    [
      'a start with a zone',
      schedule([layer({ ...weekly, start: '2026-02-03T09:00Z' })]),
      /in the schedule's zone/,
    ],
    [
      'a period of nothing',
      schedule([layer({ ...weekly, every: 0 })]),
      /every 0 is not a whole number of weeks/,
    ],
    [
      'a bad time',
      schedule([layer(weekly, { restrictions: [{ days: ['mon'], from: '9', to: '25:00' }] })]),
      /restriction from "9"/,
    ],
    [
      'a bad override',
      schedule([layer(weekly)], 'UTC', [{ from: 'soon', to: 'later', person: 'eve' }]),
      /override from "soon" is not an instant/,
    ],
  ])('%s', (_, subject, message) => {
    expect(() => resolveShifts(subject, ...range)).toThrow(ScheduleError);
    expect(() => resolveShifts(subject, ...range)).toThrow(message);
  });

  it('a range that runs backwards or has no offset', () => {
    expect(() => resolveShifts(schedule([]), range[1], range[0])).toThrow(/is after to/);
    expect(() => resolveShifts(schedule([]), '2026-01-06T00:00', range[1])).toThrow(
      /from "2026-01-06T00:00" is not an instant/,
    );
    expect(resolveShifts(schedule([]), range[0], range[0])).toEqual({ items: [], gaps: [], timezone: 'UTC' });
    expect(() => resolveTimeline([], ...range)).toThrow(/at least one revision/);
  });
});
