import { describe, expect, it } from '@jest/globals';
import { foldWatch, type Observation } from './fold-watch.js';
import { decideTells } from './decide-tells.js';
import { watchOf } from './testing/watch-document.js';
import { situationOf } from './watch-situation.js';
import { newWatch } from './watch-state.js';

const MINUTE = 60_000;
const document = watchOf({ noData: { for: '10m', priority: 'P3' } });

function after(now: number, ...observations: Observation[]) {
  let state = newWatch(1);
  for (const observation of observations)
    state = decideTells(document, foldWatch(document, state, observation), {
      now: observation.at,
      usersAffected: null,
    }).state;
  return situationOf(document, state, now);
}
const known = { kind: 'known', value: 1, sigma: null, words: 'the expected 1 s' } as const;
const value = (at: number, of: number): Observation => ({ kind: 'value', at, value: of, expected: known });

describe('where a watch stands', () => {
  it.each([
    ['as expected', [value(0, 1)], 'expected', 'p99 1 s, within 1 acceptable deviation of the expected 1 s'],
    ['in a band', [value(0, 2)], 'beyond', 'p99 2 s, 4 acceptable deviations above the expected 1 s'],
    ['never heard from', [{ kind: 'no_data', at: 0 }], 'no_data', 'p99 has had no data for 5 min'],
    [
      'learning',
      [{ kind: 'value', at: 0, value: 1, expected: { kind: 'learning', why: 'one week is known' } }],
      'learning',
      'p99 is learning what to expect: one week is known',
    ],
  ] as [string, Observation[], string, string][])('is told: %s', (_, observations, condition, sentence) => {
    expect(after(5 * MINUTE, ...observations)).toMatchObject({ condition, sentence });
  });

  it('is as expected for as long as a missing answer is no alert, and says that it is missing', () => {
    const seen = [value(0, 1), { kind: 'not_judged', at: MINUTE, why: 'it hangs' } as const];
    expect(after(2 * MINUTE, ...seen)).toMatchObject({
      condition: 'expected',
      why: 'p99 could not be judged for 1 min: it hangs',
    });
    expect(after(12 * MINUTE, ...seen)).toMatchObject({ condition: 'not_judged', why: 'it hangs' });
  });

  it('stays beyond its band while nothing is heard', () => {
    const seen = [value(0, 2), { kind: 'no_data', at: MINUTE } as const];
    expect(after(60 * MINUTE, ...seen)).toMatchObject({ condition: 'beyond', priority: 'P4' });
    expect(after(60 * MINUTE, ...seen).why).toContain('no data for 59 min');
  });

  it('is new before the first evaluation', () => {
    expect(situationOf(document, null, 0)).toMatchObject({ condition: 'new', priority: null });
  });
});
