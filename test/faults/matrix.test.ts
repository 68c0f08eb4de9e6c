/**
 * Sixty cases of the fault matrix, different ones every day: two consecutive days cover every cell. A day can be
 * repeated by its number (`TOCSIN_FAULT_SEED`), a failed case by the command in its message. `npm run faults --
 * --cases 2000` runs more.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { casesInOrder, makeCases, MAX_SEED, nameOf, readCase, roundsOf } from './cases.js';
import { cells } from './cells.js';
import { type Outcome, runRound } from './round.js';
import { startStack, type Stack } from './stack.js';

const CASES = 60;
/** Days since 1970, unless it is set. */
const SEED = Number(process.env['TOCSIN_FAULT_SEED'] ?? Math.floor(Date.now() / 86_400_000));

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
  const cases = casesInOrder(CASES, SEED);

  it(`loses no page in ${CASES} cases, and doubles none without saying so (TOCSIN_FAULT_SEED=${SEED})`, async () => {
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
    const turns = Array.from({ length: Math.ceil(cells.length / CASES) }, (_, n) =>
      casesInOrder(CASES, SEED + n),
    );
    expect(new Set(turns.flat().map(({ phase, fault }) => `${phase} ${fault}`)).size).toBe(cells.length);
    expect(casesInOrder(CASES, SEED)).toEqual(cases);
    for (const one of makeCases(3, MAX_SEED)) expect(readCase(nameOf(one))).toEqual(one);
    expect(() => readCase('1:F2:kill-pager')).toThrow(/F2 has no fault "kill-pager"; it has kill-api/);
    expect(() => readCase('F2')).toThrow(/for example 1234:F6:kill-worker/);
  });
});
