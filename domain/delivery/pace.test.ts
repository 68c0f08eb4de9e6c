import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Lane, LANES } from './lanes.js';
import { paceOf, takePace } from './pace.js';

const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom(...LANES)), {
  maxLength: 200,
});

/** Who asks at each instant, in ms after the last; answers when each was let through. */
function run(max: number, windowMs: number, asked: readonly (readonly [number, Lane])[]) {
  const pace = paceOf(max, windowMs);
  const sent: { at: number; lane: Lane }[] = [];
  let freeAt: number | null = null;
  let now = 1_000_000;
  for (const [after, lane] of asked) {
    now += after;
    const turn = takePace(pace, freeAt, now, lane);
    if (turn.kind === 'later') continue;
    freeAt = turn.freeAtMs;
    sent.push({ at: now, lane });
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
      fc.property(fc.integer({ min: 1, max: 30 }), fc.constantFrom(...LANES), steps, (max, lane, asked) => {
        const pace = paceOf(max, 60_000);
        let freeAt: number | null = null;
        let now = 1_000_000;
        for (const [after, one] of asked) {
          now += after;
          const turn = takePace(pace, freeAt, now, one);
          if (turn.kind === 'now') freeAt = turn.freeAtMs;
        }
        const turn = takePace(pace, freeAt, now, lane);
        if (turn.kind === 'later') expect(takePace(pace, freeAt, turn.atMs, lane).kind).toBe('now');
      }),
    );
  });

  it('leaves a page a place, however many updates there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), steps, (max, asked) => {
        const pace = paceOf(max, 60_000);
        let freeAt: number | null = null;
        let now = 1_000_000;
        for (const [after] of asked) {
          now += after;
          const turn = takePace(pace, freeAt, now, 'update');
          if (turn.kind !== 'now') continue;
          freeAt = turn.freeAtMs;
          // Of a bucket of one, the update that is out has to be waited for; of a larger one, nothing has.
          const page = takePace(pace, freeAt, now, 'page');
          expect(page.kind === 'now' || pace.burst === 1).toBe(true);
        }
      }),
    );
  });
});
