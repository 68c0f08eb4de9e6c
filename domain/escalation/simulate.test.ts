import { describe, expect, it } from '@jest/globals';
import type { PolicySpec } from '../config/specs.js';
import type { ResponseTrack } from '../incident/response.js';
import { snapshotWith, person } from './testing/snapshot.js';
import { simulate, type SimulateInput } from './simulate.js';

const policy: PolicySpec = {
  team: 'checkout',
  repeat: 1,
  steps: [
    { notify: [{ person: 'ana' }], wait: '5m' },
    { notify: [{ person: 'nobody' }], wait: '10m' },
    { notify: [{ person: 'bo' }], wait: '10m' },
  ],
};
const track: ResponseTrack = {
  name: 'checkout',
  team: 'checkout',
  discipline: 'development',
  required: false,
  policy: { name: 'checkout', revision: 1, spec: policy },
};
const snapshot = snapshotWith(
  person('ana', {
    high: [
      { after: '0s', contact: 'hook' },
      { after: '3m', contact: 'mail' },
    ],
  }),
  person('bo'),
  person('mira', {}, 'admin'),
);
const input = (answers: SimulateInput['answers']): SimulateInput => ({
  track,
  at: '2026-03-01T03:00:00.000Z',
  urgency: 'high',
  answers,
  snapshot,
  resolve: (targets) => ({
    people: targets.flatMap((target) =>
      'person' in target && target.person !== 'nobody' ? [{ person: target.person, because: 'named' }] : [],
    ),
    empty: targets.flatMap((target) =>
      'person' in target && target.person === 'nobody'
        ? [{ target: 'nobody', reason: 'there is no nobody' }]
        : [],
    ),
  }),
  condition: () => true,
});
const shown = ({ pages }: ReturnType<typeof simulate>) =>
  pages.map((page) => `${page.at.slice(11, 16)} ${page.person} ${page.contact} ${page.cycle}/${page.step}`);

describe('simulating a policy', () => {
  it('shows every page when nobody answers: skipped steps, the repeated cycle, the catch-all', () => {
    const simulation = simulate(input([]));
    expect(shown(simulation)).toEqual([
      '03:00 ana hook 0/1',
      '03:03 ana mail 0/1',
      '03:05 bo hook 0/3',
      '03:05 bo mail 0/3',
      '03:15 ana hook 1/1',
      '03:18 ana mail 1/1',
      '03:20 bo hook 1/3',
      '03:20 bo mail 1/3',
      '03:30 mira hook 1/4',
      '03:30 mira mail 1/4',
    ]);
    expect(simulation.skipped.map((skip) => `${skip.cycle}/${skip.step} ${skip.reason}`)).toEqual([
      '0/2 there is no nobody',
      '1/2 there is no nobody',
    ]);
    expect(simulation).toMatchObject({ acknowledged: null, exhausted: true });
  });

  it('ends with the first answer and leaves out what it suppresses', () => {
    const simulation = simulate(input([{ person: 'ana', afterMs: 120_000 }]));
    expect(shown(simulation)).toEqual(['03:00 ana hook 0/1']);
    expect(simulation).toMatchObject({
      acknowledged: { by: 'ana', at: '2026-03-01T03:02:00.000Z' },
      exhausted: false,
    });
  });

  it('lets a slow first person be beaten by the next step', () => {
    const simulation = simulate(
      input([
        { person: 'ana', afterMs: 1_800_000 },
        { person: 'bo', afterMs: 60_000 },
      ]),
    );
    expect(simulation.acknowledged).toEqual({ by: 'bo', at: '2026-03-01T03:06:00.000Z' });
  });
});
