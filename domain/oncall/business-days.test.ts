import { describe, expect, it } from '@jest/globals';
import {
  addBusinessDays,
  type BusinessCalendar,
  defaultCalendar,
  dueAt,
  teamCalendar,
} from './business-days.js';
import { ScheduleError } from './schedule.js';

const berlin = defaultCalendar('Europe/Berlin');

describe('addBusinessDays', () => {
  it.each<[string, string, number, Partial<BusinessCalendar>, string]>([
    ['a working day', '2026-01-07T10:00:00Z', 1, {}, '2026-01-08T16:00:00.000Z'],
    ['over a weekend', '2026-01-07T10:00:00Z', 3, {}, '2026-01-12T16:00:00.000Z'],
    ['from a weekend', '2026-01-10T10:00:00Z', 1, {}, '2026-01-12T16:00:00.000Z'],
    ['late on a friday', '2026-01-09T21:00:00Z', 1, {}, '2026-01-12T16:00:00.000Z'],
    ['over a holiday', '2026-12-24T10:00:00Z', 1, { holidays: ['2026-12-25'] }, '2026-12-28T16:00:00.000Z'],
    ['over the spring change', '2026-03-27T10:00:00Z', 1, {}, '2026-03-30T15:00:00.000Z'],
    ['by the date in the zone, not in UTC', '2026-01-07T23:30:00Z', 1, {}, '2026-01-09T16:00:00.000Z'],
    [
      'of another working week',
      '2026-01-07T10:00:00Z',
      2,
      { days: ['sun', 'thu'], to: '12:30' },
      '2026-01-11T11:30:00.000Z',
    ],
    [
      'of a night calendar',
      '2026-01-07T10:00:00Z',
      1,
      { from: '22:00', to: '06:00' },
      '2026-01-09T05:00:00.000Z',
    ],
    ['none, before the close of the day', '2026-01-07T10:00:00Z', 0, {}, '2026-01-07T16:00:00.000Z'],
    ['none, after the close of the day', '2026-01-09T17:00:00Z', 0, {}, '2026-01-12T16:00:00.000Z'],
    ['two hundred', '2026-01-05T10:00:00Z', 200, {}, '2026-10-12T15:00:00.000Z'],
  ])('%s', (_, from, days, change, expected) => {
    expect(addBusinessDays(from, days, { ...berlin, ...change })).toBe(expected);
  });

  it('ends in a doubled hour at its last occurrence', () => {
    const calendar = { ...berlin, days: ['sun' as const], to: '02:30', from: '00:00' };
    expect(addBusinessDays('2026-10-20T10:00:00Z', 1, calendar)).toBe('2026-10-25T01:30:00.000Z');
  });

  it('finds the day after holidays that fill weeks', () => {
    const holidays = Array.from({ length: 40 }, (_, day) =>
      new Date(Date.UTC(2026, 0, 8 + day)).toISOString().slice(0, 10),
    );
    expect(addBusinessDays('2026-01-07T10:00:00Z', 1, { ...berlin, holidays })).toBe(
      '2026-02-17T16:00:00.000Z',
    );
  });

  it.each<[Partial<BusinessCalendar>, number, RegExp]>([
    [{ days: [] }, 1, /no working day/],
    [{ holidays: ['christmas'] }, 1, /holiday "christmas" is not a date/],
    [{ to: '5pm' }, 1, /calendar to "5pm" is not a time of day/],
    [{ timezone: 'Mars/Olympus' }, 1, /unknown/],
    [{}, -1, /whole number of business days/],
  ])('refuses %j', (change, days, message) => {
    const call = (): string => addBusinessDays('2026-01-07T10:00:00Z', days, { ...berlin, ...change });
    expect(call).toThrow(ScheduleError);
    expect(call).toThrow(message);
  });
});

describe('dueAt', () => {
  it('takes business days of the calendar, of UTC without one, or elapsed time', () => {
    expect(dueAt('3bd', '2026-01-07T10:00:00Z', berlin)).toBe('2026-01-12T16:00:00.000Z');
    expect(dueAt('3bd', '2026-01-07T10:00:00Z')).toBe('2026-01-12T17:00:00.000Z');
    expect(dueAt('5d', '2026-03-27T10:00:00Z', berlin)).toBe('2026-04-01T10:00:00.000Z');
    expect(dueAt('36h', '2026-01-07T10:00:00Z')).toBe('2026-01-08T22:00:00.000Z');
  });

  it.each(['soon', '', '3 bd', '-1d', '1.5d'])('refuses %j', (due) => {
    expect(() => dueAt(due, '2026-01-07T10:00:00Z')).toThrow(
      /neither business days such as 3bd nor a duration such as 5d/,
    );
  });
});

describe('teamCalendar', () => {
  it('is the calendar of the team in its zone, or the default one', () => {
    const calendar = { days: ['mon' as const], from: '10:00', to: '12:00', holidays: [] };
    expect(teamCalendar({ timezone: 'Asia/Tokyo', calendar })).toEqual({
      ...calendar,
      timezone: 'Asia/Tokyo',
    });
    expect(teamCalendar({ timezone: 'Asia/Tokyo' })).toEqual(defaultCalendar('Asia/Tokyo'));
  });
});
