import { describe, expect, it } from '@jest/globals';
import { type WindowTimes, windowSpans } from './maintenance-spans.js';

const now = '2026-03-01T12:00:00.000Z';
const rule = (rrule: string, more: Partial<Extract<WindowTimes, { kind: 'rule' }>> = {}): WindowTimes => ({
  kind: 'rule',
  rrule,
  duration: '2h',
  timezone: 'Europe/Berlin',
  from: null,
  reviewBy: null,
  ...more,
});
const starts = (times: WindowTimes): unknown => {
  const found = windowSpans(times, now);
  return found.kind === 'refused' ? found.code : found.spans.map(({ from }) => from);
};

describe('a maintenance window', () => {
  it('once has a begin and an end', () => {
    const once = { kind: 'once', from: '2026-03-02T00:00:00Z', to: '2026-03-02T02:00:00Z' } as const;
    expect(starts(once)).toEqual(['2026-03-02T00:00:00.000Z']);
    expect(starts({ ...once, to: '2026-03-01T23:00:00Z' })).toBe('ends_before_it_begins');
    expect(starts({ ...once, from: '2026-02-01T00:00:00Z', to: '2026-02-02T00:00:00Z' })).toBe(
      'never_in_force',
    );
    expect(starts({ ...once, to: '2026-05-02T02:00:00Z' })).toBe('too_long');
    expect(starts({ ...once, from: '2028-03-02T00:00:00Z', to: '2028-03-02T02:00:00Z' })).toBe(
      'too_far_ahead',
    );
  });

  it('follows the wall clock of its zone over a change of the clock', () => {
    expect(starts(rule('FREQ=WEEKLY;BYDAY=SA;BYHOUR=4;COUNT=5'))).toEqual([
      '2026-03-07T03:00:00.000Z',
      '2026-03-14T03:00:00.000Z',
      '2026-03-21T03:00:00.000Z',
      '2026-03-28T03:00:00.000Z',
      '2026-04-04T02:00:00.000Z',
    ]);
  });

  it('in a skipped hour begins at the first instant after the gap; in a doubled hour at the first occurrence', () => {
    expect(starts(rule('FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=29;BYHOUR=2;BYMINUTE=30;COUNT=1'))).toEqual([
      '2026-03-29T01:00:00.000Z',
    ]);
    expect(starts(rule('FREQ=YEARLY;BYMONTH=10;BYMONTHDAY=25;BYHOUR=2;BYMINUTE=30;COUNT=1'))).toEqual([
      '2026-10-25T00:30:00.000Z',
    ]);
  });

  it('ends with its rule, by an instant or a day of the zone', () => {
    const daily = 'FREQ=DAILY;BYHOUR=1';
    expect(starts(rule(`${daily};UNTIL=20260303`))).toHaveLength(2);
    expect(starts(rule(`${daily};UNTIL=20260303T000000Z`))).toHaveLength(2);
    expect(starts(rule(`${daily};UNTIL=20260302T235959Z`))).toHaveLength(1);
  });

  it('of a rule that never ends needs a date of review, and ends there', () => {
    expect(starts(rule('FREQ=WEEKLY;BYDAY=SU;BYHOUR=2'))).toBe('never_ends');
    expect(starts(rule('FREQ=WEEKLY;BYDAY=SU;BYHOUR=2', { reviewBy: '2026-03-20T00:00:00Z' }))).toHaveLength(
      2,
    );
    expect(starts(rule('FREQ=WEEKLY;BYDAY=SU;BYHOUR=2', { reviewBy: '2027-06-01T00:00:00Z' }))).toBe(
      'review_date',
    );
  });

  it('of a rule that costs too much, or never comes, is refused', () => {
    const reviewBy = '2027-02-01T00:00:00Z';
    expect(starts(rule('FREQ=DAILY;BYHOUR=1,2,3,4', { duration: '10m', reviewBy }))).toBe('costs_too_much');
    expect(starts(rule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;BYHOUR=2', { reviewBy }))).toBe('costs_too_much');
    expect(starts(rule('FREQ=HOURLY', { reviewBy }))).toBe('wrong_rule');
    expect(starts(rule('FREQ=DAILY;BYHOUR=25', { reviewBy }))).toBe('wrong_rule');
    expect(starts(rule('FREQ=DAILY;FOO=1', { reviewBy }))).toBe('wrong_rule');
    expect(starts(rule('FREQ=DAILY;BYDAY=XX', { reviewBy }))).toBe('wrong_rule');
    expect(starts(rule('FREQ=DAILY', { reviewBy }))).toBe('no_hour');
    expect(starts(rule('FREQ=DAILY;BYHOUR=2', { reviewBy, timezone: 'Mars/Base' }))).toBe('wrong_time');
    expect(starts(rule('FREQ=DAILY;BYHOUR=2', { reviewBy, duration: '1d' }))).toBe('too_long');
  });

  it('begins where it is told to', () => {
    expect(starts(rule('FREQ=DAILY;COUNT=2', { from: '2026-03-05T22:15' }))).toEqual([
      '2026-03-05T21:15:00.000Z',
      '2026-03-06T21:15:00.000Z',
    ]);
  });
});
