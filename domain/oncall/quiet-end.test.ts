import { describe, expect, it } from '@jest/globals';
import { quietEnd } from './quiet-end.js';

const end = (at: string, from = '22:00', to = '07:00', zone = 'Europe/Berlin'): string | null => {
  const ms = quietEnd({ from, to }, zone, Date.parse(at));
  return ms === null ? null : new Date(ms).toISOString();
};

describe('quiet hours', () => {
  it('over midnight hold from their start to the minute before their end, by the wall clock of the zone', () => {
    expect(end('2026-01-10T20:59:59Z')).toBeNull();
    expect(end('2026-01-10T21:00:00Z')).toBe('2026-01-11T06:00:00.000Z');
    expect(end('2026-01-11T05:59:59Z')).toBe('2026-01-11T06:00:00.000Z');
    expect(end('2026-01-11T06:00:00Z')).toBeNull();
  });

  it('within a day hold on that day', () => {
    expect(end('2026-07-10T10:30:00Z', '12:00', '14:00')).toBe('2026-07-10T12:00:00.000Z');
    expect(end('2026-07-10T12:00:00Z', '12:00', '14:00')).toBeNull();
  });

  it('end when the clock says so in the nights it is changed', () => {
    expect(end('2026-03-28T23:00:00Z')).toBe('2026-03-29T05:00:00.000Z');
    expect(end('2026-10-24T23:00:00Z')).toBe('2026-10-25T06:00:00.000Z');
    // A skipped end is the first instant after the gap; a repeated end is its second occurrence.
    expect(end('2026-03-28T23:00:00Z', '22:00', '02:30')).toBe('2026-03-29T01:00:00.000Z');
    expect(end('2026-10-24T23:00:00Z', '22:00', '02:30')).toBe('2026-10-25T01:30:00.000Z');
  });
});
