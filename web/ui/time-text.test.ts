import { describe, expect, it } from '@jest/globals';
import { absoluteTime, lengthText, relativeTime } from './time-text.js';

const now = '2026-11-22T22:15:00.000Z';

describe('times', () => {
  it.each([
    ['Europe/Berlin', '22 Nov, 23:10:05 CET'],
    ['UTC', '22 Nov, 22:10:05 UTC'],
    ['Asia/Kolkata', '23 Nov, 03:40:05 GMT+5:30'],
    ['Nowhere/At-All', '22 Nov, 22:10:05 UTC'],
  ])('are shown with their zone: %s', (zone, text) => {
    expect(absoluteTime('2026-11-22T22:10:05.000Z', zone, now)).toBe(text);
  });

  it('have their year when it is another one', () => {
    expect(absoluteTime('2025-01-02T03:04:05.000Z', 'UTC', now)).toBe('2 Jan 2025, 03:04:05 UTC');
  });

  it.each([
    [0, '0 s'],
    [999, '1 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [3_540_000, '59 min'],
    [3_600_000, '1 h'],
    [11_400_000, '3 h 10 min'],
    [187_200_000, '2 d 4 h'],
  ])('lengths are short: %d ms', (ms, text) => {
    expect(lengthText(ms)).toBe(text);
  });

  it('are before or after now', () => {
    expect(relativeTime('2026-11-22T22:12:00.000Z', now)).toBe('3 min ago');
    expect(relativeTime('2026-11-22T22:20:00.000Z', now)).toBe('in 5 min');
    expect(relativeTime('2026-11-22T22:15:00.400Z', now)).toBe('just now');
  });
});
