import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ConfigSnapshot } from '../config/specs.js';
import { PRIORITIES } from '../config/terms.js';
import { applyRules } from './apply-rules.js';
import { prioritise } from './prioritise.js';
import type { PriorityRule, SupportHours } from './priority-rules-spec.js';

const because = 'not production';
const rules = (...list: (Record<string, unknown> & { if: string })[]) =>
  list.map((rule) => ({ because, ...rule })) as unknown as PriorityRule[];

/** A snapshot with one service of the team `shop` in Berlin. */
const snapshot = (list: PriorityRule[], supportHours?: SupportHours): ConfigSnapshot => {
  const documents: Record<string, unknown> = {
    'PriorityRules/default': { rules: list },
    'Service/till': {
      team: 'shop',
      tier: 3,
      dependsOn: [],
      ...(supportHours === undefined ? {} : { supportHours }),
    },
    'Service/app': { team: 'shop', tier: 1, dependsOn: ['till'] },
    'Team/shop': { timezone: 'Europe/Berlin' },
  };
  const get = (kind: string, name: string) => {
    const spec = documents[`${kind}/${name}`];
    return spec === undefined ? undefined : { kind, name, revision: 1, spec };
  };
  const list_ = (kind: string) =>
    Object.keys(documents).flatMap((key) =>
      key.startsWith(`${kind}/`) ? [get(kind, key.split('/')[1] ?? '')] : [],
    );
  return { version: 1, get, list: list_ } as unknown as ConfigSnapshot;
};

const decided = (
  list: PriorityRule[],
  {
    labels = {},
    now = '2026-03-03T12:00:00.000Z',
    hours,
  }: { labels?: Record<string, string>; now?: string; hours?: SupportHours } = {},
) =>
  prioritise(snapshot(list, hours), {
    service: 'till',
    source: 'shop',
    signal: { title: 'Slow', severity: 'critical', labels },
    now,
  });

describe('priority rules', () => {
  it('set: the first that matches decides, and says why', () => {
    const found = decided(
      rules(
        { if: "alert.labels.env == 'test'", set: 'P4' },
        { if: "alert.labels.env != 'prod'", set: 'P5' },
        { if: 'true', raise: 1 },
        { if: 'true', set: 'P1' },
      ),
      { labels: { env: 'stage' } },
    );
    expect(found.priority).toBe('P5');
    expect(found.reasons.at(-1)).toBe('set to P5: not production');
  });

  it('raise and lower add up, within P1 to P5', () => {
    const found = decided(
      rules({ if: 'true', raise: 1 }, { if: 'true', lower: 2 }, { if: 'false', lower: 4 }),
    );
    expect([found.priority, found.reasons.slice(2)]).toEqual([
      'P3',
      ['raised by 1: not production', 'lowered by 2: not production'],
    ]);
    expect(decided(rules({ if: 'true', raise: 4 })).priority).toBe('P1');
    expect(decided(rules({ if: 'true', lower: 4 })).priority).toBe('P5');
  });

  it('a rule that cannot be judged does not match: a missing label lowers nothing', () => {
    expect(decided(rules({ if: "alert.labels.env != 'prod'", set: 'P5' })).priority).toBe('P2');
  });

  it.each([
    ['always', '2026-03-01T03:00:00.000Z', 'P2'],
    [undefined, '2026-03-01T03:00:00.000Z', 'P2'],
    // A Sunday; a Tuesday at noon and at 18:00 in Berlin.
    ['business', '2026-03-01T12:00:00.000Z', 'P3'],
    ['business', '2026-03-03T11:00:00.000Z', 'P2'],
    ['business', '2026-03-03T17:00:00.000Z', 'P3'],
    [{ days: ['tue'], from: '17:00', to: '20:00' }, '2026-03-03T17:00:00.000Z', 'P2'],
    [{ days: ['tue'], from: '17:00', to: '20:00' }, '2026-03-03T11:00:00.000Z', 'P3'],
  ] as const)('support %j at %s gives %s', (hours, now, priority) => {
    const list = rules({ if: 'time.outsideSupport && service.tier >= 3', lower: 1 });
    expect(
      decided(list, { now, ...(hours === undefined ? {} : { hours: hours as SupportHours }) }).priority,
    ).toBe(priority);
  });

  it('know the service, what depends on it, and the priority so far', () => {
    const list = rules({
      if: "service.name == 'till' && service.dependents == 1 && priority == 'P2'",
      raise: 1,
    });
    expect(decided(list).priority).toBe('P1');
  });

  it('always give a priority, and one reason for each that mattered', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ raises: fc.boolean(), by: fc.integer({ min: 1, max: 4 }), holds: fc.boolean() }),
          { maxLength: 20 },
        ),
        fc.constantFrom(...PRIORITIES),
        (list, priority) => {
          const found = applyRules(
            { priority, reasons: [] },
            rules(
              ...list.map(({ raises, by, holds }) => ({
                if: `${holds}`,
                ...(raises ? { raise: by } : { lower: by }),
              })),
            ),
            {},
          );
          expect(PRIORITIES).toContain(found.priority);
          expect(found.reasons).toHaveLength(list.filter(({ holds }) => holds).length);
        },
      ),
    ));
});
