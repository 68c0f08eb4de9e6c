import { describe, expect, it } from '@jest/globals';
import { planPage } from './plan-page.js';
import { person, snapshotWith } from './testing/snapshot.js';

/** The database's limit for an event's data. */
const EVENT_BYTES = 8192;
const longest = (number: number): string => `${'p'.repeat(59)}${1000 + number}`;
const crowd = Array.from({ length: 500 }, (_, number) => longest(number));

const planFor = (reachable: boolean) => {
  const snapshot = snapshotWith(...(reachable ? crowd.map((name) => person(name)) : []));
  return planPage({
    escalation: {
      name: 't'.repeat(63),
      team: 'checkout',
      discipline: 'development',
      required: false,
      policy: {
        name: 'crowd',
        revision: 1,
        spec: { team: 'checkout', repeat: 0, steps: [{ notify: [{ team: 'everybody' }], wait: '5m' }] },
      },
    },
    due: { cycle: 0, step: 1 },
    urgency: 'high',
    now: '2026-03-01T03:00:00.000Z',
    snapshot,
    resolve: () => ({
      people: crowd.map((name) => ({ person: name, because: 'everybody' })),
      empty: [],
      taken: [],
    }),
    condition: () => true,
    answered: [],
    named: null,
  });
};
/** Size in PostgreSQL's JSON format: with a space after each comma and colon. */
const bytesOf = (fact: object): number => JSON.stringify(fact, null, 1).length;

describe('a step for a crowd', () => {
  it('pages everybody, and its event stays small enough to be recorded', () => {
    const { paged } = planFor(true);
    if (paged === null) throw new Error('nobody was paged');
    const { pages, positions: _turns, ...fact } = paged;
    expect(new Set(pages.map((page) => page.person)).size).toBe(500);
    expect(fact.people).toEqual(crowd.slice(0, 100));
    expect(
      bytesOf({ ...fact, escalation: 't'.repeat(63), deliveries: pages.length, breakGlass: true }),
    ).toBeLessThan(EVENT_BYTES);
  });

  it('that has no contacts says so briefly', () => {
    const { skipped } = planFor(false);
    expect(skipped[0]?.reason).toContain(`nobody of ${crowd[0]}`);
    for (const fact of skipped) expect(bytesOf(fact)).toBeLessThan(EVENT_BYTES / 4);
  });
});
