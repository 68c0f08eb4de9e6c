/**
 * Sixty cases of the fault matrix, the same ones every time. `npm run faults -- --cases 2000` runs on; a case that fails here is
 * run alone by the command in its message.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeCases, nameOf, readCase, roundsOf } from './cases.js';
import { cells } from './cells.js';
import { type Outcome, runRound } from './round.js';
import { startStack, type Stack } from './stack.js';

const CASES = 60;
const SEED = 7;

let stack: Stack | undefined;
beforeAll(async () => {
  stack = await startStack();
}, 120_000);
afterAll(() => stack?.end(), 60_000);

const told = ({ one, breaches }: Outcome): string[] =>
  breaches.map(
    ({ invariant, says, detail }) =>
      `${invariant} ${says}: ${detail}; again: npm run faults -- --case ${nameOf(one)}`,
  );

describe('the fault matrix', () => {
  const cases = makeCases(CASES, SEED);

  it(`loses no page in ${CASES} cases, and doubles none without saying so`, async () => {
    const outcomes: Outcome[] = [];
    if (stack === undefined) throw new Error('the stack did not start');
    for (const round of roundsOf(cases, CASES)) outcomes.push(...(await runRound(stack, round)));
    expect(outcomes.flatMap(told)).toEqual([]);
    expect(outcomes.map(({ one }) => nameOf(one)).toSorted()).toEqual(cases.map(nameOf).toSorted());
  }, 400_000);

  it('makes the same case of the same name, and every cell before any comes again', () => {
    for (const one of cases) expect(readCase(nameOf(one))).toEqual(one);
    const all = makeCases(cells.length, SEED).map(({ phase, fault }) => `${phase} ${fault}`);
    expect(new Set(all).size).toBe(cells.length);
    expect(() => readCase('1:F2:kill-pager')).toThrow(/F2 has no fault "kill-pager"; it has kill-api/);
    expect(() => readCase('F2')).toThrow(/for example 1234:F6:kill-worker/);
  });
});
