import { describe, expect, it } from '@jest/globals';
import { NO_LIVE_DATA, type LivePerson } from '../config/live-data.js';
import type { ConfigDocument, ConfigSnapshot } from '../config/specs.js';
import { person, snapshotWith } from '../escalation/testing/snapshot.js';
import { type LastRound, reachabilityCheck } from './reachability-check.js';

const ana = person('ana');
const inZone = (timezone: string): ConfigDocument<'Person'> => ({ ...ana, spec: { ...ana.spec, timezone } });
const organisation = (every: string): ConfigDocument<'Organisation'> => ({
  kind: 'Organisation',
  name: 'default',
  revision: 1,
  spec: { displayName: 'Acme', timezone: 'UTC', catchAll: [], reachability: { every } },
});
const quiet = (from: string, to: string): LivePerson => ({
  contacts: [],
  unusable: [],
  rules: null,
  quietHours: { from, to },
});

interface Asked {
  every?: string;
  timezone?: string;
  live?: LivePerson;
  last?: LastRound;
}

function tested(
  when: string,
  { every = '7d', timezone = 'Europe/Berlin', live, last }: Asked = {},
): string[] {
  const documents = snapshotWith(inZone(timezone), organisation(every));
  const people = new Map(live === undefined ? [] : [['ana', live]]);
  const snapshot: ConfigSnapshot = { ...documents, live: { ...NO_LIVE_DATA, people } };
  const lasts = new Map(last === undefined ? [] : [['ana', last]]);
  return reachabilityCheck(snapshot, ['ana', 'ana'], lasts, when).map(({ contact, dueAt, held }) => {
    expect(held === undefined).toBe(dueAt === undefined);
    return `${contact} ${dueAt === undefined ? 'now' : dueAt.slice(0, 16)}`;
  });
}
const atOnce = ['hook now', 'mail now'];
const at = (time: string): string[] => [`hook ${time}`, `mail ${time}`];

describe('the round of test pages', () => {
  it('rings nobody in the night: it goes from 10:00 to 17:00 on the wall of the person', () => {
    // Thursday 00:00 in UTC is 01:00 in Berlin, and 11:00 in Noumea.
    expect(tested('2026-01-08T00:00:00Z')).toEqual(at('2026-01-08T09:00'));
    expect(tested('2026-01-08T00:00:00Z', { timezone: 'Pacific/Noumea' })).toEqual(atOnce);
    expect(tested('2026-01-08T08:59:00Z')).toEqual(at('2026-01-08T09:00'));
    expect(tested('2026-01-08T09:00:00Z')).toEqual(atOnce);
    expect(tested('2026-01-08T15:59:00Z')).toEqual(atOnce);
    expect(tested('2026-01-08T16:00:00Z')).toEqual(at('2026-01-09T09:00'));
    // The clocks go forward in that night.
    expect(tested('2026-03-28T22:00:00Z')).toEqual(at('2026-03-29T08:00'));
  });

  it('counts from the last one of each person, not from a date that all share', () => {
    const last = { id: '1', at: '2026-01-07T09:30:00Z' };
    expect(tested('2026-01-08T09:00:00Z', { last })).toEqual([]);
    expect(tested('2026-01-14T09:29:00Z', { last })).toEqual([]);
    expect(tested('2026-01-14T09:30:00Z', { last })).toEqual(atOnce);
    expect(tested('2026-01-07T09:31:00Z', { last: { id: '1', at: '2026-01-08T09:00:00Z' } })).toEqual([]);
  });

  it('never goes in quiet hours, and still reaches who sleeps in the day', () => {
    expect(tested('2026-01-08T10:00:00Z', { live: quiet('09:00', '12:00') })).toEqual(at('2026-01-08T11:00'));
    expect(tested('2026-01-08T10:00:00Z', { live: quiet('12:00', '20:00') })).toEqual(atOnce);
    expect(tested('2026-01-08T13:00:00Z', { live: quiet('12:00', '20:00') })).toEqual(at('2026-01-09T09:00'));
    expect(tested('2026-01-08T11:00:00Z', { live: quiet('08:00', '18:00') })).toEqual(at('2026-01-08T17:00'));
    expect(tested('2026-01-08T19:00:00Z', { live: quiet('08:00', '18:00') })).toEqual(atOnce);
    expect(tested('2026-01-08T19:00:00Z', { live: quiet('22:00', '07:00') })).toEqual(at('2026-01-09T09:00'));
  });

  it('is sent at any hour, but quiet ones, where it is asked for more than once a day', () => {
    const asked = { every: '1h', last: { id: '1', at: '2026-01-08T01:00:00Z' } };
    expect(tested('2026-01-08T02:00:00Z', asked)).toEqual(atOnce);
    expect(tested('2026-01-08T02:00:00Z', { ...asked, live: quiet('22:00', '07:00') })).toEqual(
      at('2026-01-08T06:00'),
    );
  });
});
