import { expect, it } from '@jest/globals';
import type { ConfigSnapshot } from '../config/specs.js';
import type { Priority } from '../config/terms.js';
import { type RealIncident, whyAborted, whyRefused, yieldsTo } from './abort.js';

const real = (number: number, priority: Priority, team: string, minute = number): RealIncident => ({
  number: `INC-${number}`,
  priority,
  team,
  openedAt: new Date(Date.UTC(2026, 2, 2, 10, minute)),
});

it.each<[string, Priority[], string[], RealIncident[], string | null]>([
  ['nothing else is open', ['P1', 'P2'], ['checkout'], [], null],
  ['a P1 of a team that takes part', ['P1', 'P2'], ['checkout'], [real(7, 'P1', 'checkout')], 'INC-7'],
  ['a P1 of another team', ['P1', 'P2'], ['checkout'], [real(7, 'P1', 'search')], null],
  ['a priority that the drill does not abort on', ['P1'], ['checkout'], [real(7, 'P2', 'checkout')], null],
  ['a drill that aborts on nothing', [], ['checkout'], [real(7, 'P1', 'checkout')], null],
  ['a drill that no team takes part in', ['P1'], [], [real(7, 'P1', 'checkout')], null],
  [
    'several: the most urgent',
    ['P1', 'P2'],
    ['checkout', 'trust'],
    [real(7, 'P2', 'checkout'), real(8, 'P1', 'trust')],
    'INC-8',
  ],
  [
    'several of one priority: the oldest',
    ['P1'],
    ['checkout', 'trust'],
    [real(7, 'P1', 'checkout', 30), real(8, 'P1', 'trust', 20)],
    'INC-8',
  ],
])('%s', (_case, abortOn, teams, open, yields) =>
  expect(yieldsTo(abortOn, teams, open)?.number ?? null).toBe(yields),
);

it('says which incident is real', () => {
  const incident = real(7, 'P1', 'checkout');
  const spec = { displayName: 'Checkout and basket' };
  const snapshot = { get: () => ({ spec }) } as unknown as ConfigSnapshot;
  expect(whyRefused(incident, snapshot)).toBe(
    'INC-7 (P1) is real and open for team Checkout and basket, which would take part',
  );
  expect(whyAborted(incident)).toBe('INC-7 (P1) is real');
});
