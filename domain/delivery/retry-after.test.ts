import { expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const now = new Date('2026-11-22T22:10:00Z');

it.each<[unknown, number | null]>([
  ['30', 30_000],
  [' 0 ', 0],
  ['86400', 300_000],
  ['Sun, 22 Nov 2026 22:10:20 GMT', 20_000],
  ['Sun, 22 Nov 2026 22:00:00 GMT', 0],
  ['Mon, 23 Nov 2026 22:10:00 GMT', 300_000],
  [1.5, 1_500],
  [35, 35_000],
  [-1, null],
  ['-1', null],
  ['soon', null],
  ['', null],
  [undefined, null],
  [null, null],
])('%j', (asked, expected) => expect(retryAfterMs(asked, now)).toBe(expected));

it('waits no longer than the one who asks may', () =>
  expect(retryAfterMs('86400', now, 600_000)).toBe(600_000));
