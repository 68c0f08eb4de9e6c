import { describe, expect, it } from '@jest/globals';
import type { ConfigDocument, SpecByKind } from '../config/specs.js';
import type { PolicyTarget, PolicySpec } from '../escalation/policy-spec.js';
import { person, snapshotWith } from '../escalation/testing/snapshot.js';
import { listKeysOf, type RotationPosition } from './round-robin.js';
import { resolveTargets } from './targets.js';

const policy = (name: string, ...notify: PolicyTarget[]): ConfigDocument<'EscalationPolicy'> => ({
  kind: 'EscalationPolicy',
  name,
  revision: 1,
  spec: { team: 'ops', repeat: 0, steps: [{ notify, wait: '5m' }] },
});
const team: ConfigDocument<'Team'> = {
  kind: 'Team',
  name: 'ops',
  revision: 1,
  spec: {
    displayName: 'Ops',
    discipline: 'infrastructure',
    timezone: 'UTC',
    members: ['ana', 'bo'],
    managers: [],
  } satisfies SpecByKind['Team'],
};
const snapshot = snapshotWith(
  person('ana'),
  person('bo'),
  person('cleo'),
  team,
  policy('other', { roundRobin: [{ person: 'bo' }, { person: 'cleo' }] }),
);

const inRotation: PolicyTarget = { roundRobin: [{ person: 'ana' }, { person: 'bo' }, { person: 'cleo' }] };
/** Pages the targets repeatedly, as a policy step does. */
function pages(times: number, targets: PolicyTarget[], mute: string[] = []): string[][] {
  const positions = new Map<string, RotationPosition>();
  return Array.from({ length: times }, () => {
    const { people, taken } = resolveTargets(targets, snapshot, '2026-03-02T10:00:00Z', {
      listKey: 'policy/checkout/1',
      positions,
      reachable: (name) => !mute.includes(name),
    });
    for (const turn of taken) positions.set(turn.listKey, turn);
    return people.map((one) => one.person);
  });
}

describe('a round robin', () => {
  it('gives each page to the next one, and begins again', () => {
    expect(pages(4, [inRotation])).toEqual([['ana'], ['bo'], ['cleo'], ['ana']]);
    expect(pages(3, [{ team: 'ops', roundRobin: true }])).toEqual([['ana'], ['bo'], ['ana']]);
    expect(pages(2, [{ team: 'ops', roundRobin: false }])).toEqual([
      ['ana', 'bo'],
      ['ana', 'bo'],
    ]);
  });

  it('passes over who cannot be reached and says so', () => {
    expect(pages(3, [inRotation], ['bo'])).toEqual([['ana'], ['cleo'], ['ana']]);
    const { people } = resolveTargets(
      [{ roundRobin: [{ schedule: 'none' }, { person: 'bo' }] }],
      snapshot,
      '2026-03-02T10:00:00Z',
    );
    expect(people[0]?.because).toBe('round robin, 2 of 2 (passed over: schedule none does not exist)');
  });

  it('says why when nobody of it can be reached', () => {
    const { people, empty, taken } = resolveTargets([inRotation], snapshot, '2026-03-02T10:00:00Z', {
      listKey: 'p',
      positions: new Map(),
      reachable: () => false,
    });
    expect([people, taken]).toEqual([[], []]);
    expect(empty.map((one) => one.reason)).toEqual([
      'ana has no contact',
      'bo has no contact',
      'cleo has no contact',
    ]);
  });

  it('keeps the turn of those who stay when the list is edited', () => {
    const next = (last: RotationPosition, ...names: string[]) =>
      resolveTargets(
        [{ roundRobin: names.map((name) => ({ person: name })) }],
        snapshot,
        '2026-03-02T10:00:00Z',
        {
          listKey: 'p',
          positions: new Map([['p#0', last]]),
          reachable: () => true,
        },
      ).people[0]?.person;
    const bo: RotationPosition = { listKey: 'p#0', member: 'person bo', index: 1 };
    expect(next(bo, 'cleo', 'bo', 'ana')).toBe('ana');
    // Bo has left: the member now at bo's index is next.
    expect(next(bo, 'ana', 'cleo')).toBe('cleo');
    expect(next({ ...bo, index: 7 }, 'ana', 'cleo')).toBe('cleo');
  });

  it('has a turn of its own in every place, and one in a policy whoever calls it', () => {
    expect(pages(3, [inRotation, { policy: 'other' }])).toEqual([
      ['ana', 'bo'],
      ['bo', 'cleo'],
      ['cleo', 'bo'],
    ]);
    expect(pages(3, [{ roundRobin: [{ person: 'ana' }, { policy: 'other' }] }])).toEqual([
      ['ana'],
      ['bo'],
      ['ana'],
    ]);
    const spec: PolicySpec = {
      team: 'ops',
      repeat: 0,
      steps: [
        { notify: [{ person: 'ana' }, inRotation], wait: '5m' },
        { notify: [{ policy: 'other' }, { team: 'ops', roundRobin: true }], wait: '5m' },
      ],
    };
    expect(listKeysOf({ name: 'checkout', spec }, snapshot)).toEqual([
      'policy/checkout/1#1',
      'policy/checkout/2#1',
      'policy/other/1#0',
    ]);
  });
});
