import { expect, it } from '@jest/globals';
import { BackOff } from './back-off.js';

it('leaves alone what fails, for longer each time up to a minute, until it has worked', () => {
  let now = 0;
  const backOff = new BackOff(() => now);
  const rests = Array.from({ length: 7 }, () => {
    now += 60_000;
    return backOff.failed('poison');
  });
  expect(rests).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(backOff.resting()).toEqual(['poison']);
  now += 60_000;
  expect(backOff.resting()).toEqual([]);
  backOff.worked('poison');
  expect(backOff.failed('poison')).toBe(2_000);
  // Another process did the work meanwhile: the back-off starts again.
  now += 3_600_000;
  expect(backOff.resting()).toEqual([]);
  expect(backOff.failed('poison')).toBe(2_000);
});
