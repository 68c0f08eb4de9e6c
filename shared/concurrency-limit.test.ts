import { describe, expect, it } from '@jest/globals';
import { eventually } from '../test/harness/eventually.js';
import { ConcurrencyLimit } from './concurrency-limit.js';

/** A job that ends on command. */
function begunAndHeld(): { work: () => Promise<void>; isBegun: () => boolean; end: () => void } {
  let begun = false;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return {
    work: () => {
      begun = true;
      return ended;
    },
    isBegun: () => begun,
    end: () => end(),
  };
}

describe('places', () => {
  it('let so many begin; the next begins when one has ended', async () => {
    const places = new ConcurrencyLimit(2);
    const all = [begunAndHeld(), begunAndHeld(), begunAndHeld()];
    const [first, second, third] = all.map(({ work }) => places.run(work));
    await Promise.resolve();
    expect(all.map(({ isBegun }) => isBegun())).toEqual([true, true, false]);
    expect(places.free).toBe(0);
    all[0]?.end();
    await first;
    await eventually(() => all[2]?.isBegun() === true, {
      what: 'the third, which has the place of the first',
    });
    all[1]?.end();
    all[2]?.end();
    await Promise.all([second, third]);
    await places.idle();
    expect(places.free).toBe(2);
  });

  it('are given back by work that fails, which is told to who asked for it', async () => {
    const places = new ConcurrencyLimit(1);
    await expect(places.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await places.whenFree();
    expect(places.free).toBe(1);
  });
});
