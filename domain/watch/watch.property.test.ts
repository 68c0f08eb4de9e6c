import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Priority } from '../config/terms.js';
import { decideTells, type Tell } from './decide-tells.js';
import { foldWatch, type Observation } from './fold-watch.js';
import { watchOf } from './testing/watch-document.js';
import { newWatch } from './watch-state.js';

const START = Date.parse('2026-11-30T12:00:00Z');
const EVERY = 30_000;
const fixed = { kind: 'known', value: 1, sigma: null, words: 'the expected 1' } as const;

interface Step {
  at: number;
  priority: Priority | null;
  tells: Tell[];
}

function run(document: ReturnType<typeof watchOf>, values: readonly number[]): Step[] {
  let state = newWatch(1);
  return values.map((value, index): Step => {
    const now = START + index * EVERY;
    const observation: Observation = { kind: 'value', at: now, value, expected: fixed };
    const decided = decideTells(document, foldWatch(document, state, observation), {
      now,
      usersAffected: null,
    });
    ({ state } = decided);
    return { at: now, priority: state.open?.priority ?? null, tells: decided.tells };
  });
}

const rank = (priority: Priority | null): number => (priority === null ? 0 : 6 - Number(priority.slice(1)));

const forTimes = fc.constantFrom(undefined, '30s', '1m', '2m', '5m');
const bands = fc.tuple(forTimes, forTimes, forTimes).map((times) =>
  times.map((span, index) => ({
    beyond: 2 ** index,
    priority: (['P4', 'P3', 'P1'] as const)[index] ?? 'P1',
    ...(span === undefined ? {} : { for: span }),
  })),
);
const series = fc.array(fc.double({ min: -2, max: 8, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('the bands of a watch', () => {
  it('never give a worse value a lower priority, at any time and for any history', () => {
    fc.assert(
      fc.property(
        bands,
        series,
        fc.array(fc.double({ min: 0, max: 3, noNaN: true }), { maxLength: 60 }),
        fc.double({ min: 0, max: 0.5, noNaN: true }),
        (of, better, more, hysteresis) => {
          const document = watchOf({ bands: of, hysteresis, acceptable: { absolute: 1 } });
          const worse = better.map((value, index) => value + (more[index] ?? 0));
          const first = run(document, better);
          run(document, worse).forEach(({ priority }, index) => {
            expect(rank(priority)).toBeGreaterThanOrEqual(rank(first[index]?.priority ?? null));
          });
        },
      ),
    );
  });

  it('tell nothing more while a value moves about an edge inside the hysteresis', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.91, max: 1.09, noNaN: true }), { minLength: 2, maxLength: 25 }),
        (moves) => {
          const document = watchOf({
            bands: [{ beyond: 1, priority: 'P3' }],
            hysteresis: 0.1,
            acceptable: { absolute: 1 },
          });
          const [entered, ...after] = run(document, [2.2, ...moves.map((count) => 1 + count)]);
          expect(entered?.tells.map(({ what }) => what)).toEqual(['begins']);
          // Twelve minutes at the most: less than a repeat takes.
          expect(after.flatMap(({ tells }) => tells)).toEqual([]);
        },
      ),
    );
  });

  it('are told about in order: it begins, then changes, then ends, and only what is open ends', () => {
    fc.assert(
      fc.property(bands, series, (of, values) => {
        const document = watchOf({ bands: of, acceptable: { absolute: 1 } });
        let isOpen = false;
        for (const { what } of run(document, values).flatMap(({ tells }) => tells)) {
          expect(what === 'begins').toBe(!isOpen);
          isOpen = what !== 'ends';
        }
      }),
    );
  });
});

describe('values that come late', () => {
  it('change nothing, in whatever order they come', () => {
    fc.assert(
      fc.property(series, fc.array(fc.nat(200), { maxLength: 20 }), (values, late) => {
        const document = watchOf({ bands: [{ beyond: 1, for: '1m', priority: 'P2' }] });
        let state = newWatch(1);
        values.forEach((value, index) => {
          state = foldWatch(document, state, {
            kind: 'value',
            at: START + index * EVERY,
            value,
            expected: fixed,
          });
        });
        const end = START + (values.length - 1) * EVERY;
        let after = state;
        for (const back of late)
          after = foldWatch(document, after, { kind: 'value', at: end - back, value: 1e6, expected: fixed });
        expect(after).toEqual(state);
      }),
    );
  });
});
