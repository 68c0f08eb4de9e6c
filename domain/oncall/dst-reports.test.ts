/** Bugs of other on-call tools at clock changes and month ends, each report as a test (docs/reliability.md §9). */
import { describe, expect, it } from '@jest/globals';
import type { Restriction, Rotation, ScheduleLayer } from './schedule-spec.js';
import { addBusinessDays, defaultCalendar } from './business-days.js';
import { resolveShifts } from './resolve-shifts.js';
import type { ScheduleWithOverrides } from './schedule.js';

const everyDay: Restriction['days'] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

function schedule(
  timezone: string,
  rotation: Rotation,
  rest: Partial<ScheduleLayer> = {},
): ScheduleWithOverrides {
  return { team: 'checkout', timezone, layers: [{ name: 'main', people: ['ana', 'bo'], rotation, ...rest }] };
}

function resolved(subject: ScheduleWithOverrides, from: string, to: string) {
  const { items, gaps } = resolveShifts(subject, from, to);
  return {
    items: items.map((item) => `${item.from.slice(5, 16)}–${item.to.slice(5, 16)} ${item.person}`),
    gaps: gaps.map((gap) => `${gap.from.slice(5, 16)}–${gap.to.slice(5, 16)}`),
  };
}

/** Each working day of three weeks, starting on a Monday, with the person on call. */
function workingDays(rotation: Rotation, rest: Partial<ScheduleLayer> = {}): string[] {
  const weekdays: Restriction = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '09:00', to: '17:00' };
  const subject = schedule('Europe/Berlin', rotation, {
    people: ['ana', 'bo', 'cleo'],
    restrictions: [weekdays],
    skipEmpty: true,
    ...rest,
  });
  const { items } = resolveShifts(subject, '2026-01-05T00:00:00Z', '2026-01-26T00:00:00Z');
  return items.map(({ from, person }) => `${everyDay[(new Date(from).getUTCDay() + 6) % 7]} ${person}`);
}

/** One line per week. */
const byWeek = (days: readonly string[]): string[] => days.join(', ').split(/, (?=mon)/);

describe('reports about other tools: a rotation that counts working days', () => {
  it('oncall#733: every 2 days, weekdays only, is two working days each, across the weekend as well', () => {
    const days = workingDays({ every: 2, unit: 'day', handover: '09:00', start: '2026-01-05' });
    expect(byWeek(days)).toEqual([
      'mon ana, tue ana, wed bo, thu bo, fri cleo',
      'mon cleo, tue ana, wed ana, thu bo, fri bo',
      'mon cleo, tue cleo, wed ana, thu ana, fri bo',
    ]);
  });

  it('goalert#3771: every day, weekdays only: nobody loses their turn to a weekend', () => {
    expect(byWeek(workingDays({ every: 1, unit: 'day', start: '2026-01-05' }))).toEqual([
      'mon ana, tue bo, wed cleo, thu ana, fri bo',
      'mon cleo, tue ana, wed bo, thu cleo, fri ana',
      'mon bo, tue cleo, wed ana, thu bo, fri cleo',
    ]);
  });

  it('oncall#4343: the order goes on from week to week, whichever day it began on', () => {
    const late = workingDays({ every: 3, unit: 'day', handover: '09:00', start: '2026-01-08' });
    expect(byWeek(late)).toEqual([
      'thu ana, fri ana',
      'mon ana, tue bo, wed bo, thu bo, fri cleo',
      'mon cleo, tue cleo, wed ana, thu ana, fri ana',
    ]);
    // Started on a weekend, the first shift is the next working day's.
    expect(workingDays({ every: 2, unit: 'day', start: '2026-01-10' }).slice(0, 3)).toEqual([
      'mon ana',
      'tue ana',
      'wed bo',
    ]);
  });

  it('oncall#4343: weeks and shifts of hours keep their length', () => {
    const weeks = workingDays({ every: 2, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' });
    expect(byWeek(weeks).map((week) => new Set(week.split(', ').map((day) => day.slice(4))))).toEqual(
      ['ana', 'ana', 'bo'].map((person) => new Set([person])),
    );
    // Two shifts a day of twelve hours: the night shift is empty and belongs to no one.
    const hours = workingDays({ every: 12, unit: 'hour', start: '2026-01-05T06:00' });
    expect(hours.slice(0, 6)).toEqual(['mon ana', 'tue bo', 'wed cleo', 'thu ana', 'fri bo', 'mon cleo']);
  });
});

describe('reports about other tools', () => {
  it('an end at the first minute of a doubled hour is its last occurrence: overlap, never a gap', () => {
    const nights = schedule(
      'Europe/Berlin',
      { every: 1, unit: 'week', start: '2026-10-19' },
      { people: ['ana'], restrictions: [{ days: ['sat'], from: '22:00', to: '02:00' }] },
    );
    expect(resolved(nights, '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z').items).toEqual([
      '10-24T20:00–10-25T01:00 ana',
    ]);
  });

  it('oncall#3261: hours set up in summer keep their clock time in winter', () => {
    const subject = schedule(
      'Europe/London',
      { every: 1, unit: 'day', handover: '08:30', start: '2023-10-01' },
      { people: ['ana'], restrictions: [{ days: everyDay, from: '08:30', to: '17:30' }] },
    );
    const day = (date: string): string[] => resolved(subject, `${date}T00:00:00Z`, `${date}T23:59:00Z`).items;
    expect(day('2023-10-28')).toEqual(['10-28T07:30–10-28T16:30 ana']);
    expect(day('2023-10-29')).toEqual(['10-29T08:30–10-29T17:30 ana']);
    expect(day('2024-04-01')).toEqual(['04-01T07:30–04-01T16:30 ana']);
  });

  it('oncall#5247: a weekly rotation has neither gap nor overlap when the clocks change', () => {
    const subject = schedule('America/Chicago', {
      every: 1,
      unit: 'week',
      handover: 'tue 09:00',
      start: '2024-10-01',
    });
    expect(resolved(subject, '2024-10-29T14:00:00Z', '2024-11-12T15:00:00Z')).toEqual({
      items: ['10-29T14:00–11-05T15:00 ana', '11-05T15:00–11-12T15:00 bo'],
      gaps: [],
    });
    expect(resolved(subject, '2025-03-04T15:00:00Z', '2025-03-18T14:00:00Z')).toEqual({
      items: ['03-04T15:00–03-11T14:00 ana', '03-11T14:00–03-18T14:00 bo'],
      gaps: [],
    });
  });

  it('oncall#5455: a shift across the spring change lasts until the next one begins', () => {
    const subject = schedule('America/New_York', {
      every: 1,
      unit: 'day',
      handover: '17:00',
      start: '2025-03-01',
    });
    expect(resolved(subject, '2025-03-08T22:00:00Z', '2025-03-10T21:00:00Z')).toEqual({
      items: ['03-08T22:00–03-09T21:00 bo', '03-09T21:00–03-10T21:00 ana'],
      gaps: [],
    });
  });

  it('OneUptime#1890: a hand-over set on a winter date is at the same clock time in summer', () => {
    const subject = schedule('Europe/Vienna', {
      every: 1,
      unit: 'week',
      handover: 'mon 08:00',
      start: '2025-01-06T08:00',
    });
    const handover = (from: string): string | undefined =>
      resolveShifts(subject, from, '2025-12-31T00:00:00Z').items[1]?.from;
    expect(handover('2025-01-08T00:00:00Z')).toBe('2025-01-13T07:00:00.000Z');
    expect(handover('2025-07-08T00:00:00Z')).toBe('2025-07-14T06:00:00.000Z');
  });

  it('alertmanager#5447: the day of the spring change is a whole day when days are counted', () => {
    const days = schedule('America/New_York', {
      every: 31,
      unit: 'day',
      handover: '00:00',
      start: '2021-03-01',
    });
    expect(resolveShifts(days, '2021-03-01T05:00:00Z', '2021-04-02T00:00:00Z').items[1]?.from).toBe(
      '2021-04-01T04:00:00.000Z',
    );
    const calendar = { ...defaultCalendar('America/New_York'), days: everyDay, to: '24:00' };
    expect(addBusinessDays('2021-03-01T12:00:00Z', 30, calendar)).toBe('2021-04-01T04:00:00.000Z');
  });

  it('goalert#1252: in a doubled hour a start is at its first and an end at its last occurrence', () => {
    const window = (from: string, to: string): Partial<ScheduleLayer> => ({
      people: ['ana'],
      restrictions: [{ days: ['sun'], from, to }],
    });
    const daily: Rotation = { every: 1, unit: 'week', handover: 'wed 12:00', start: '2026-10-07' };
    const sunday = (from: string, to: string): string[] =>
      resolved(
        schedule('Europe/Berlin', daily, window(from, to)),
        '2026-10-24T00:00:00Z',
        '2026-10-26T00:00:00Z',
      ).items;
    expect(sunday('02:30', '05:00')).toEqual(['10-25T00:30–10-25T04:00 ana']);
    expect(sunday('00:00', '02:30')).toEqual(['10-24T22:00–10-25T01:30 ana']);
    expect(sunday('02:15', '02:30')).toEqual(['10-25T00:15–10-25T01:30 ana']);
    expect(sunday('03:00', '04:00')).toEqual(['10-25T02:00–10-25T03:00 ana']);
  });

  it('goalert#1252: a rotation hands over at the first occurrence, once, and the incoming person has the overlap', () => {
    const rotation: Rotation = { every: 1, unit: 'day', handover: '02:30', start: '2026-10-20' };
    expect(
      resolved(schedule('Europe/Berlin', rotation), '2026-10-24T00:30:00Z', '2026-10-26T01:30:00Z'),
    ).toEqual({
      items: ['10-24T00:30–10-25T00:30 ana', '10-25T00:30–10-26T01:30 bo'],
      gaps: [],
    });
    const night: Partial<ScheduleLayer> = { restrictions: [{ days: everyDay, from: '18:00', to: '02:30' }] };
    expect(
      resolved(schedule('Europe/Berlin', rotation, night), '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')
        .items,
    ).toEqual(['10-24T16:00–10-25T00:30 ana', '10-25T00:30–10-25T01:30 bo']);
  });

  it('goalert#1252: a two-hour rotation hands over at even hours on both days', () => {
    const subject = schedule('America/New_York', { every: 2, unit: 'hour', start: '2026-01-01' });
    expect(resolved(subject, '2026-03-08T05:00:00Z', '2026-03-08T10:00:00Z').items).toEqual([
      '03-08T05:00–03-08T07:00 ana',
      '03-08T07:00–03-08T08:00 bo',
      '03-08T08:00–03-08T10:00 ana',
    ]);
    expect(resolved(subject, '2026-11-01T04:00:00Z', '2026-11-01T09:00:00Z').items).toEqual([
      '11-01T04:00–11-01T07:00 ana',
      '11-01T07:00–11-01T09:00 bo',
    ]);
  });
});

describe('clock changes', () => {
  const hourly = (timezone: string): ScheduleWithOverrides =>
    schedule(
      timezone,
      { every: 1, unit: 'hour', start: '2026-01-01' },
      { people: ['p0', 'p1', 'p2', 'p3', 'p4'] },
    );

  it('a start in a skipped hour is the first instant after it; "daily 02:30" still runs once', () => {
    const rotation: Rotation = { every: 1, unit: 'day', handover: '02:30', start: '2026-03-20' };
    expect(
      resolved(schedule('Europe/Berlin', rotation), '2026-03-28T01:30:00Z', '2026-03-30T00:30:00Z'),
    ).toEqual({
      items: ['03-28T01:30–03-29T01:00 ana', '03-29T01:00–03-30T00:30 bo'],
      gaps: [],
    });
  });

  it('an hour that is skipped is a turn without a shift, a doubled one is a shift of two hours', () => {
    const people = (from: string, to: string): string[] => resolved(hourly('Europe/Berlin'), from, to).items;
    expect(people('2026-03-29T00:00:00Z', '2026-03-29T02:00:00Z')).toEqual([
      '03-29T00:00–03-29T01:00 p4',
      '03-29T01:00–03-29T02:00 p1',
    ]);
    expect(people('2026-10-24T23:00:00Z', '2026-10-25T03:00:00Z')).toEqual([
      '10-24T23:00–10-25T00:00 p4',
      '10-25T00:00–10-25T02:00 p0',
      '10-25T02:00–10-25T03:00 p1',
    ]);
  });

  it('Lord Howe doubles and skips half an hour', () => {
    const rotation: Rotation = { every: 1, unit: 'day', handover: '01:45', start: '2026-04-01' };
    const subject = schedule('Australia/Lord_Howe', rotation);
    expect(resolved(subject, '2026-04-03T14:45:00Z', '2026-04-05T15:15:00Z').items).toEqual([
      '04-03T14:45–04-04T14:45 bo',
      '04-04T14:45–04-05T15:15 ana',
    ]);
    const spring = schedule('Australia/Lord_Howe', { ...rotation, handover: '02:15', start: '2026-10-01' });
    expect(resolved(spring, '2026-10-02T15:45:00Z', '2026-10-04T15:15:00Z').items).toEqual([
      '10-02T15:45–10-03T15:30 ana',
      '10-03T15:30–10-04T15:15 bo',
    ]);
  });

  it('Samoa left out 2011-12-30: its turn has no shift and its hours no window', () => {
    const rotation: Rotation = { every: 1, unit: 'day', handover: '09:00', start: '2011-12-29' };
    const subject = schedule('Pacific/Apia', rotation, { people: ['thu', 'fri', 'sat'] });
    expect(resolved(subject, '2011-12-29T19:00:00Z', '2011-12-31T19:00:00Z')).toEqual({
      items: ['12-29T19:00–12-30T10:00 thu', '12-30T10:00–12-30T19:00 fri', '12-30T19:00–12-31T19:00 sat'],
      gaps: [],
    });
    const friday = {
      ...subject.layers[0],
      restrictions: [{ days: ['fri' as const], from: '00:00', to: '24:00' }],
    };
    const onFridays: ScheduleWithOverrides = {
      ...subject,
      layers: [{ name: 'main', people: ['ana'], rotation, ...friday }],
    };
    expect(resolved(onFridays, '2011-12-29T19:00:00Z', '2011-12-31T19:00:00Z').items).toEqual([]);
  });
});
