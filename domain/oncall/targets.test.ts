import { describe, expect, it } from '@jest/globals';
import type { ConfigDocument, ConfigKind, ConfigSnapshot, SpecByKind } from '../config/specs.js';
import type { PolicyTarget, RotationTarget } from '../escalation/policy-spec.js';
import type { ScheduleSpec } from './schedule-spec.js';
import { NO_LIVE_DATA } from '../config/live-data.js';
import { resolveTargets } from './targets.js';

type Documents = { [K in ConfigKind]?: Record<string, Partial<SpecByKind[K]>> };

/** A snapshot with only the documents needed to resolve targets. */
function snapshotOf(documents: Documents): ConfigSnapshot {
  const list = <K extends ConfigKind>(kind: K): ConfigDocument<K>[] =>
    Object.entries(documents[kind] ?? {}).map(([name, spec]) => ({
      kind,
      name,
      revision: 1,
      spec: spec as SpecByKind[K],
    }));
  return {
    version: 1,
    live: NO_LIVE_DATA,
    list,
    get: (kind, name) => list(kind).find((document) => document.name === name),
  };
}

const primary: ScheduleSpec = {
  team: 'checkout',
  timezone: 'UTC',
  layers: [
    {
      name: 'main',
      people: ['ana', 'bo', 'cleo'],
      rotation: { every: 1, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' },
    },
  ],
};
const notify = (...targets: PolicyTarget[]) => ({ steps: [{ notify: targets, wait: '5m' }] });

const snapshot = snapshotOf({
  Person: { ana: {}, bo: {}, cleo: {} },
  Team: { checkout: { members: ['ana', 'bo', 'gone'] }, empty: { members: [] } },
  Schedule: {
    primary,
    nobody: { ...primary, layers: [] },
    broken: { ...primary, timezone: 'Mars/Olympus' },
    alone: { ...primary, layers: primary.layers.map((layer) => ({ ...layer, people: ['ana'] })) },
  },
  EscalationPolicy: {
    security: notify({ schedule: 'primary', slot: 'next' }, { person: 'gone' }),
    'via-security': notify({ policy: 'security' }),
    circle: notify({ policy: 'circle' }, { person: 'ana' }),
    'no-steps': { steps: [] },
  },
});
const at = '2026-01-13T12:00:00Z';

describe('resolveTargets', () => {
  it('resolves persons, slots of schedules, teams and policies, with the reason for each', () => {
    const people = (target: PolicyTarget) => resolveTargets([target], snapshot, at).people;
    expect(people({ person: 'ana' })).toEqual([{ person: 'ana', because: 'named by the step' }]);
    expect(people({ schedule: 'primary' })).toEqual([{ person: 'bo', because: 'schedule primary (now)' }]);
    expect(people({ schedule: 'primary', slot: 'next' })).toEqual([
      { person: 'cleo', because: 'schedule primary (next)' },
    ]);
    expect(people({ schedule: 'primary', slot: 'previous' })).toEqual([
      { person: 'ana', because: 'schedule primary (previous)' },
    ]);
    expect(people({ team: 'checkout' })).toEqual([
      { person: 'ana', because: 'team checkout' },
      { person: 'bo', because: 'team checkout' },
    ]);
    expect(people({ policy: 'via-security' })).toEqual([
      { person: 'cleo', because: 'policy via-security, policy security, schedule primary (next)' },
    ]);
  });

  it('names every person once, in order, for the first reason', () => {
    const targets: PolicyTarget[] = [
      { schedule: 'primary' },
      { team: 'checkout' },
      { person: 'cleo' },
      { person: 'bo' },
    ];
    expect(resolveTargets(targets, snapshot, at).people).toEqual([
      { person: 'bo', because: 'schedule primary (now)' },
      { person: 'ana', because: 'team checkout' },
      { person: 'cleo', because: 'named by the step' },
    ]);
  });

  it('takes the live overrides of a schedule', () => {
    const overrides = new Map([
      ['primary', [{ from: '2026-01-13T00:00:00Z', to: '2026-01-14T00:00:00Z', person: 'cleo' }]],
    ]);
    expect(
      resolveTargets(
        [{ schedule: 'primary' }],
        { ...snapshot, live: { ...NO_LIVE_DATA, overrides } },
        at,
      ).people.map(({ person }) => person),
    ).toEqual(['cleo']);
  });

  it.each<[PolicyTarget, string, RegExp]>([
    [{ person: 'gone' }, 'person gone', /person gone .* does not exist/],
    [{ team: 'constructor' }, 'team constructor', /team constructor does not exist/],
    [{ team: 'empty' }, 'team empty', /team empty has no members/],
    [{ schedule: 'none' }, 'schedule none (now)', /schedule none does not exist/],
    [{ schedule: 'nobody' }, 'schedule nobody (now)', /nobody is on call in schedule nobody/],
    [
      { schedule: 'alone', slot: 'next' },
      'schedule alone (next)',
      /nobody else comes next in schedule alone/,
    ],
    [{ schedule: 'alone', slot: 'previous' }, 'schedule alone (previous)', /nobody else was on call before/],
    [
      { schedule: 'broken' },
      'schedule broken (now)',
      /cannot be resolved: timezone "Mars\/Olympus" is unknown/,
    ],
    [{ policy: 'none' }, 'policy none', /policy none does not exist/],
    [{ policy: 'no-steps' }, 'policy no-steps', /names nobody in its first step/],
  ])('reports %j instead of throwing', (target, text, reason) => {
    const { people, empty } = resolveTargets([target], snapshot, at);
    expect(people).toEqual([]);
    expect(empty).toEqual([{ target: text, reason: expect.stringMatching(reason) }]);
  });

  it('reports the members it cannot find and still reaches the others', () => {
    const { people, empty } = resolveTargets([{ team: 'checkout' }], snapshot, at);
    expect(people).toHaveLength(2);
    expect(empty).toEqual([
      { target: 'team checkout', reason: 'person gone (team checkout) does not exist' },
    ]);
  });

  it('resolves each policy once, however often policies name each other, and says no reason twice', () => {
    const deep = (target: (policy: string) => PolicyTarget[]): ConfigSnapshot =>
      snapshotOf({
        Person: { ana: {} },
        EscalationPolicy: Object.fromEntries([
          ...Array.from({ length: 9 }, (_, n) => [`p${n}`, notify(...target(`p${n + 1}`))]),
          ['p9', notify({ team: 'gone' }, { schedule: 'gone' })],
        ]),
      });
    const thirty = (policy: string): PolicyTarget[] =>
      Array.from({ length: 30 }, (): PolicyTarget => ({ policy }));
    for (const target of [
      thirty,
      (policy: string): PolicyTarget[] => [{ roundRobin: thirty(policy) as RotationTarget[] }],
    ]) {
      const { people, empty } = resolveTargets([{ policy: 'p0' }, { person: 'ana' }], deep(target), at);
      expect(people).toEqual([{ person: 'ana', because: 'named by the step' }]);
      expect(empty.map((one) => one.target)).toEqual(['team gone', 'schedule gone (now)']);
    }
  });

  it('tells the first of very many that reach nobody, and does not follow policies without end', () => {
    const chain = snapshotOf({
      EscalationPolicy: Object.fromEntries(
        Array.from({ length: 5000 }, (_, n) => [
          `p${n}`,
          notify({ person: `gone-${n}` }, { policy: `p${n + 1}` }),
        ]),
      ),
    });
    const { empty } = resolveTargets([{ policy: 'p0' }], chain, at);
    expect(empty.at(-1)?.reason).toMatch(/policy p10 is called through more than 10 others$/);
    const many = Array.from({ length: 200 }, (_, n): PolicyTarget => ({ person: `gone-${n}` }));
    expect(resolveTargets(many, chain, at).empty).toHaveLength(50);
  });

  it('ends where a policy leads back to itself', () => {
    const { people, empty } = resolveTargets([{ policy: 'circle' }], snapshot, at);
    expect(people).toEqual([{ person: 'ana', because: 'policy circle, named by the step' }]);
    expect(empty).toEqual([
      {
        target: 'policy circle',
        reason: 'policy circle: policy circle leads back to itself: circle → circle',
      },
    ]);
  });
});
