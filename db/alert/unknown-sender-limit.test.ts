import { expect, it } from '@jest/globals';
import { UnknownSenderLimit } from './unknown-sender-limit.js';

it('keeps so much of a second, and of an hour however long the flood lasts', () => {
  let now = 0;
  const limit = new UnknownSenderLimit({ perSecond: 3, perHour: 10 }, () => now);
  const keptOf = (tries: number) =>
    Array.from({ length: tries }, () => limit.mayKeep()).filter(Boolean).length;
  const seconds = Array.from({ length: 5 }, () => {
    now += 1_000;
    return keptOf(100);
  });
  expect(seconds).toEqual([3, 3, 3, 1, 0]);
  now += 3_600_000;
  expect(keptOf(100)).toBe(3);
});
