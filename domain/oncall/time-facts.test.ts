import { describe, expect, it } from '@jest/globals';
import { defaultCalendar } from './business-days.js';
import { nightOf } from './night-hours.js';
import { timeFacts } from './time-facts.js';

describe('the time that a condition looks at', () => {
  const berlin = { ...defaultCalendar('Europe/Berlin'), holidays: ['2026-12-25'] };

  it('is that on the wall of the team', () => {
    expect(timeFacts(berlin, '2026-03-02T07:59:59Z')).toEqual({
      hour: 8,
      minute: 59,
      weekday: 'mon',
      date: '2026-03-02',
      inHours: false,
      zone: 'Europe/Berlin',
    });
    expect(timeFacts(berlin, '2026-03-02T08:00:00Z')).toMatchObject({ hour: 9, inHours: true });
    // Summer time shifts the local time; the rule stays the same.
    expect(timeFacts(berlin, '2026-06-01T07:00:00Z')).toMatchObject({ hour: 9, inHours: true });
    expect(timeFacts(berlin, '2026-06-01T15:00:00Z')).toMatchObject({ hour: 17, inHours: false });
  });

  it('knows weekends, holidays and hours over midnight', () => {
    const inHours = (at: string, calendar = berlin): boolean => timeFacts(calendar, at).inHours;
    expect([inHours('2026-03-07T12:00:00Z'), inHours('2026-12-25T12:00:00Z')]).toEqual([false, false]);
    const nights = { ...defaultCalendar('UTC'), days: ['fri'] as const, from: '22:00', to: '06:00' };
    expect(
      ['2026-03-06T21:59:00Z', '2026-03-06T22:00:00Z', '2026-03-07T05:59:00Z', '2026-03-07T06:00:00Z'].map(
        (at) => timeFacts(nights, at).inHours,
      ),
    ).toEqual([false, true, true, false]);
  });
});

describe('a night', () => {
  it('is 22:00 to 07:00 where the person is, and has one date', () => {
    expect(nightOf('2026-03-01T21:00:00Z', 'Europe/Berlin')).toBe('2026-03-01');
    expect(nightOf('2026-03-02T05:59:59Z', 'Europe/Berlin')).toBe('2026-03-01');
    expect(nightOf('2026-03-02T06:00:00Z', 'Europe/Berlin')).toBeNull();
    expect(nightOf('2026-03-01T20:59:59Z', 'Europe/Berlin')).toBeNull();
    expect(nightOf('2026-03-02T06:00:00Z', 'America/New_York')).toBe('2026-03-01');
    expect(nightOf('2026-03-02T06:00:00Z', 'no/where')).toBe('2026-03-01');
  });
});
