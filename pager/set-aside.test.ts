import { expect, it } from '@jest/globals';
import { SetAside } from './set-aside.js';

it('leaves alone what fails, for longer each time up to a minute, until it has worked', () => {
  let now = 0;
  const aside = new SetAside(() => now);
  const rests = Array.from({ length: 7 }, () => {
    now += 60_000;
    return aside.failed('poison');
  });
  expect(rests).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  expect(aside.resting()).toEqual(['poison']);
  now += 60_000;
  expect(aside.resting()).toEqual([]);
  aside.worked('poison');
  expect(aside.failed('poison')).toBe(2_000);
  // Done by somebody else meanwhile: it begins anew.
  now += 3_600_000;
  expect(aside.resting()).toEqual([]);
  expect(aside.failed('poison')).toBe(2_000);
});
