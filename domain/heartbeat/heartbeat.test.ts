import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Expectation, expectationOf, nextExpected } from './expectation.js';
import {
  decideLate,
  decideMessage,
  lateAt,
  decidePing,
  type Heartbeat,
  type PingKind,
  stateOf,
  unheard,
} from './heartbeat.js';

const at = (time: string): string => `2026-03-03T${time}.000Z`;
const hourly: Expectation = { interval: { every: '1h' }, graceMs: 300_000, expects: 'ping' };

/** A heartbeat after pings at these times. */
const after = (...pings: readonly (readonly [PingKind, string])[]): Heartbeat =>
  pings.reduce((heartbeat, [kind, time]) => decidePing(heartbeat, kind, at(time)).heartbeat, unheard);

describe('a heartbeat', () => {
  it.each<[string, Heartbeat, string, boolean]>([
    ['nothing is expected before the first ping', unheard, '23:00:00', false],
    ['in time until the grace is over', after(['success', '10:00:00']), '11:04:59', false],
    ['late after it', after(['success', '10:00:00']), '11:05:00', true],
    ['a log is no sign of life', after(['success', '10:00:00'], ['log', '11:00:00']), '11:05:00', true],
    [
      'a run may last as long as the grace',
      after(['success', '10:00:00'], ['start', '10:30:00']),
      '10:34:59',
      false,
    ],
    [
      'a run that does not end is late',
      after(['success', '10:00:00'], ['start', '10:30:00']),
      '10:35:00',
      true,
    ],
    [
      'a job that restarts for ever is late from its first start',
      after(['start', '10:00:00'], ['start', '10:04:00']),
      '10:05:00',
      true,
    ],
    ['the first run may not end either', after(['start', '10:00:00']), '10:05:00', true],
  ])('%s', (_what, heartbeat, now, isLate) => {
    const { signal } = decideLate(heartbeat, hourly, at(now));
    expect(signal).toBe(isLate ? 'trigger' : null);
  });

  it('triggers once for each missed ping, so that a resolved incident comes back', () => {
    const late = decideLate(after(['success', '10:00:00']), hourly, at('11:05:00')).heartbeat;
    expect(stateOf(late)).toBe('late');
    expect(decideLate(late, hourly, at('11:05:05')).signal).toBeNull();
    expect(decideLate(late, hourly, at('12:09:59')).signal).toBeNull();
    expect(decideLate(late, hourly, at('12:10:00')).signal).toBe('trigger');
  });

  it('resolves by success alone', () => {
    const late = decideLate(after(['success', '10:00:00']), hourly, at('11:05:00')).heartbeat;
    expect(decidePing(late, 'start', at('11:06:00')).signal).toBeNull();
    expect(decidePing(late, 'success', at('11:06:00'))).toEqual({
      heartbeat: { ...unheard, heardAt: at('11:06:00') },
      signal: 'resolve',
    });
    expect(decidePing(after(['success', '10:00:00']), 'success', at('11:00:00')).signal).toBeNull();
  });

  it('fails at once, and each failure is told', () => {
    const first = decidePing(after(['start', '10:00:00']), 'failure', at('10:01:00'));
    expect([first.signal, stateOf(first.heartbeat)]).toEqual(['trigger', 'failed']);
    expect(decidePing(first.heartbeat, 'failure', at('10:30:00')).signal).toBe('trigger');
  });

  it('is heard by messages of its source, in any order', () => {
    const heard = decideMessage(unheard, at('10:00:00')).heartbeat;
    expect(decideMessage(heard, at('09:00:00')).heartbeat.heardAt).toBe(at('10:00:00'));
    const quiet = decideLate(heard, { ...hourly, graceMs: 0, expects: 'message' }, at('11:00:00')).heartbeat;
    expect(decideMessage(quiet, at('10:00:00')).signal).toBeNull();
    expect(decideMessage(quiet, at('11:00:01')).signal).toBe('resolve');
  });

  it('has an alert exactly while it is late or failed, whatever the pings', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom<PingKind>('success', 'start', 'failure', 'log'), fc.nat(7_200)), {
          maxLength: 20,
        }),
        (pings) => {
          let [heartbeat, isOpen, now] = [unheard, false, Date.parse(at('00:00:00'))];
          const apply = ({ heartbeat: next, signal }: ReturnType<typeof decidePing>): void => {
            heartbeat = next;
            isOpen = signal === null ? isOpen : signal === 'trigger';
          };
          for (const [kind, seconds] of pings) {
            now += seconds * 1000;
            const time = new Date(now).toISOString();
            apply(decideLate(heartbeat, hourly, time));
            apply(decidePing(heartbeat, kind, time));
            expect(isOpen).toBe(['late', 'failed'].includes(stateOf(heartbeat)));
          }
        },
      ),
    ));
});

describe('what is expected next', () => {
  const berlin = (cron: string) => ({ cron, timezone: 'Europe/Berlin' });
  it.each([
    [{ every: '90s' }, '2026-03-03T10:00:00Z', '2026-03-03T10:01:30Z'],
    [berlin('0 3 * * *'), '2026-03-03T02:00:00Z', '2026-03-04T02:00:00Z'],
    [berlin('0 3 * * *'), '2026-03-03T01:59:00Z', '2026-03-03T02:00:00Z'],
    // 29 March 2026: the clock goes from 02:00 to 03:00; a skipped minute is expected at the first instant after the gap.
    [berlin('30 2 * * *'), '2026-03-28T12:00:00Z', '2026-03-29T01:00:00Z'],
    // 25 October 2026: 02:30 happens twice; the first time counts, and the second is not expected.
    [berlin('30 2 * * *'), '2026-10-24T12:00:00Z', '2026-10-25T00:30:00Z'],
    [berlin('30 2 * * *'), '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
    [berlin('0 0 29 2 *'), '2026-03-01T00:00:00Z', '2028-02-28T23:00:00Z'],
  ])('%j after %s is %s', (interval, from, next) => {
    expect(nextExpected(interval, Date.parse(from))).toBe(Date.parse(next));
  });

  it('is nothing for a source that may be quiet', () => {
    expect(expectationOf({})).toBeNull();
    expect(expectationOf({ quietAfter: '1h' })).toEqual({
      interval: { every: '1h' },
      graceMs: 0,
      expects: 'message',
    });
    expect(expectationOf({ expect: { every: '1h' } })?.graceMs).toBe(300_000);
  });
});

describe('what was not heard, because no api listened', () => {
  const ms = (time: string): number => Date.parse(at(time));
  const minutely: Expectation = { interval: { every: '1m' }, graceMs: 60_000, expects: 'ping' };
  const deaf = (from: string, to: string, isNow = false) => ({
    expectedSince: null,
    deafness: { from: ms(from), to: ms(to), isNow },
  });
  const heard = after(['success', '10:00:00']);

  it.each<[string, Expectation, ReturnType<typeof deaf>, string]>([
    ['the next ping is waited for', minutely, deaf('10:00:30', '10:20:00'), '10:22:00'],
    ['for 15 minutes at most', hourly, deaf('10:50:00', '11:10:00'), '11:25:00'],
    ['what is late long after is not put off', hourly, deaf('10:10:00', '10:20:00'), '11:05:00'],
    ['what was late before is not put off', minutely, deaf('10:02:00', '10:20:00'), '10:02:00'],
    ['a time before the last ping counts for nothing', minutely, deaf('09:50:00', '10:00:00'), '10:02:00'],
    ['and while it goes on for 15 minutes', minutely, deaf('10:01:00', '10:05:00', true), '10:16:00'],
  ])('%s', (_what, expectation, circumstances, late) => {
    expect(lateAt(heard, expectation, circumstances)).toBe(ms(late));
  });

  it('concerns a run that does not end too', () => {
    const running = after(['start', '10:00:00']);
    expect(lateAt(running, hourly, deaf('10:04:00', '10:06:00'))).toBe(ms('10:21:00'));
  });
});

describe('an expectation that is new', () => {
  it('counts from then on: an edited document is not late for what was not expected', () => {
    const circumstances = { expectedSince: at('15:00:00'), deafness: null };
    expect(lateAt(after(['success', '10:00:00']), hourly, circumstances)).toBe(Date.parse(at('16:05:00')));
    expect(lateAt(after(['success', '15:30:00']), hourly, circumstances)).toBe(Date.parse(at('16:35:00')));
  });
});

describe('a ping just before its minute', () => {
  const cron = (text: string): Expectation => ({
    interval: { cron: text, timezone: 'UTC' },
    graceMs: 300_000,
    expects: 'ping',
  });
  it.each([
    [
      'is that of the minute: the clock of its sender is ahead',
      '0 1 * * *',
      '00:59:00',
      '2026-03-04T01:05:00.000Z',
    ],
    ['but not three minutes before', '0 1 * * *', '00:57:00', '2026-03-03T01:05:00.000Z'],
    ['in time is of its own', '0 1 * * *', '01:00:20', '2026-03-04T01:05:00.000Z'],
    ['a quarter of the time between two at the most', '* * * * *', '01:00:44', '2026-03-03T01:06:00.000Z'],
    ['of a job of every minute too', '* * * * *', '01:00:45', '2026-03-03T01:07:00.000Z'],
  ])('%s', (_what, text, time, late) => {
    expect(new Date(lateAt(after(['success', time]), cron(text)) ?? 0).toISOString()).toBe(late);
  });
});
