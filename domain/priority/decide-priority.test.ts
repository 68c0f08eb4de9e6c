import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Severity } from '../config/terms.js';
import { decidePriority, isHigher, type Tier } from './decide-priority.js';

const severities: Severity[] = ['critical', 'error', 'warning', 'info'];
const tiers: Tier[] = [1, 2, 3, 4];
const of = (severity: Severity, tier: Tier, usersAffected?: number | null) =>
  decidePriority({ severity, service: { title: 'checkout-db', tier }, usersAffected });

describe('the priority of an alert', () => {
  it.each([
    ['critical', 'P1 P2 P2 P3'],
    ['error', 'P2 P3 P3 P4'],
    ['warning', 'P3 P4 P4 P5'],
    ['info', 'P5 P5 P5 P5'],
  ] as const)('of severity %s on tier 1 to 4 is %s', (severity, expected) => {
    expect(tiers.map((tier) => of(severity, tier).priority).join(' ')).toBe(expected);
  });

  it('says why, in sentences', () => {
    expect(of('critical', 1)).toEqual({
      priority: 'P1',
      reasons: ['severity critical', 'service checkout-db is tier 1 (vital)'],
    });
    expect(decidePriority({ severity: 'critical', service: null })).toEqual({
      priority: 'P2',
      reasons: ['severity critical', 'no known service, taken as tier 2 (important)'],
    });
  });

  it('rises with the users affected, and unknown is not none', () => {
    expect(of('warning', 3, 1200)).toEqual({
      priority: 'P2',
      reasons: [
        'severity warning',
        'service checkout-db is tier 3 (ordinary)',
        '1200 users affected raise it from P4 to P2',
      ],
    });
    expect(of('critical', 1, 1)).toMatchObject({
      priority: 'P1',
      reasons: expect.arrayContaining(['1 user affected']),
    });
    expect(of('info', 4, 0)).toMatchObject({
      priority: 'P5',
      reasons: expect.arrayContaining(['0 users affected']),
    });
    expect(of('info', 4, null).reasons).toHaveLength(2);
  });

  it('never falls when a fact gets worse', () => {
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), fc.nat(20_000), fc.nat(2), (severity, tier, users, what) => {
        const at = (s: number, t: number, u: number) =>
          of(severities[s] ?? 'critical', tiers[t] ?? 1, u).priority;
        const better = at(severity, tier, users);
        const worse = [
          at(Math.max(0, severity - 1), tier, users),
          at(severity, Math.max(0, tier - 1), users),
          at(severity, tier, users * 10),
        ][what];
        expect(worse !== undefined && isHigher(better, worse)).toBe(false);
      }),
    );
  });
});
