import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type PriorityClass, PRIORITY_CLASSES } from './priority-classes.js';
import { rateOf, takeSlot } from './sending-rate.js';

const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(...PRIORITY_CLASSES)), {
  maxLength: 200,
});

/** Runs requests, each a number of ms after the last; returns when each was admitted. */
function run(max: number, windowMs: number, asked: readonly (readonly [number, PriorityClass])[]) {
  const rate = rateOf(max, windowMs);
  const sent: { at: number; priorityClass: PriorityClass }[] = [];
  let freeAt: number | null = null;
  let now = 1_000_000;
  for (const [after, priorityClass] of asked) {
    now += after;
    const slot = takeSlot(rate, freeAt, now, priorityClass);
    if (slot.kind === 'later') continue;
    freeAt = slot.freeAtMs;
    sent.push({ at: now, priorityClass });
  }
  return sent;
}

describe('the pace of a provider', () => {
  it('is kept in every window, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(1_000, 60_000),
        steps,
        (max, windowMs, asked) => {
          const sent = run(max, windowMs, asked);
          for (const { at } of sent)
            expect(sent.filter((one) => one.at >= at && one.at < at + windowMs).length).toBeLessThanOrEqual(
              max,
            );
        },
      ),
    );
  });

  it('lets a message that was told when to come through then, if nobody else came', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...PRIORITY_CLASSES),
        steps,
        (max, priorityClass, asked) => {
          const rate = rateOf(max, 60_000);
          let freeAt: number | null = null;
          let now = 1_000_000;
          for (const [after, one] of asked) {
            now += after;
            const slot = takeSlot(rate, freeAt, now, one);
            if (slot.kind === 'now') freeAt = slot.freeAtMs;
          }
          const slot = takeSlot(rate, freeAt, now, priorityClass);
          if (slot.kind === 'later')
            expect(takeSlot(rate, freeAt, slot.atMs, priorityClass).kind).toBe('now');
        },
      ),
    );
  });

  it('leaves a page a place, however many updates there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), steps, (max, asked) => {
        const rate = rateOf(max, 60_000);
        let freeAt: number | null = null;
        let now = 1_000_000;
        for (const [after] of asked) {
          now += after;
          const slot = takeSlot(rate, freeAt, now, 'update');
          if (slot.kind !== 'now') continue;
          freeAt = slot.freeAtMs;
          // With a burst of one, a page waits for the update already sent; with a larger burst it never waits.
          const page = takeSlot(rate, freeAt, now, 'page');
          expect(page.kind === 'now' || rate.burst === 1).toBe(true);
        }
      }),
    );
  });
});
