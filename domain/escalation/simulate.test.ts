import { describe, expect, it } from '@jest/globals';
import type { PolicySpec, PolicyStep } from './policy-spec.js';
import type { RotationPositions } from '../oncall/round-robin.js';
import { resolveTargets } from '../oncall/targets.js';
import { snapshotWith, person } from './testing/snapshot.js';
import { simulate, type SimulateInput } from './simulate.js';

const ladder: PolicySpec = {
  team: 'checkout',
  repeat: 1,
  steps: [
    { notify: [{ person: 'ana' }], wait: '5m' },
    { notify: [{ person: 'nobody' }], wait: '10m' },
    { notify: [{ person: 'bo' }], wait: '10m' },
  ],
};
const snapshot = snapshotWith(
  person('ana', {
    high: [
      { after: '0s', contact: 'hook' },
      { after: '3m', contact: 'mail' },
    ],
  }),
  person('bo', { high: [{ after: '0s', contact: 'hook' }] }),
  person('cleo', { high: [{ after: '0s', contact: 'hook' }] }),
  person('mira', { high: [{ after: '0s', contact: 'hook' }] }, 'admin'),
);

const minutes = (n: number): number => n * 60_000;
const run = (spec: PolicySpec, answers: Record<string, number> = {}, more: Partial<SimulateInput> = {}) =>
  simulate({
    escalation: {
      name: 'checkout',
      team: 'checkout',
      discipline: 'development',
      required: false,
      policy: { name: 'checkout', revision: 1, spec },
    },
    at: '2026-03-01T03:00:00.000Z',
    urgency: 'high',
    settleMs: 0,
    incident: { priority: 'P1', severity: 'critical', service: null, title: 'Trouble', alerts: 0 },
    answers: Object.entries(answers).map(([name, after]) => ({ person: name, afterMs: minutes(after) })),
    snapshot,
    positions: new Map(),
    resolve: (targets, at, where) => resolveTargets(targets, where.snapshot, at, where),
    ...more,
  });
const steps = (...list: PolicyStep[]): PolicySpec => ({ team: 'checkout', repeat: 0, steps: list });
const shown = ({ pages }: ReturnType<typeof simulate>) =>
  pages.map((page) => `${page.at.slice(11, 16)} ${page.person} ${page.contact} ${page.cycle}/${page.step}`);

describe('simulating a policy', () => {
  it('shows every page when nobody answers: skipped steps, the repeated cycle, the catch-all', () => {
    const simulation = run(ladder);
    expect(shown(simulation)).toEqual([
      '03:00 ana hook 0/1',
      '03:03 ana mail 0/1',
      '03:05 bo hook 0/3',
      '03:15 ana hook 1/1',
      '03:18 ana mail 1/1',
      '03:20 bo hook 1/3',
      '03:30 mira hook 1/4',
    ]);
    expect(simulation.skipped.map((skip) => `${skip.cycle}/${skip.step} ${skip.reason}`)).toEqual([
      '0/2 person nobody (named by the step) does not exist',
      '1/2 person nobody (named by the step) does not exist',
    ]);
    expect(simulation).toMatchObject({ acknowledged: null, answers: [], exhausted: true });
  });

  it('ends with the first answer and leaves out what it suppresses', () => {
    const simulation = run(ladder, { ana: 2 });
    expect(shown(simulation)).toEqual(['03:00 ana hook 0/1']);
    expect(simulation).toMatchObject({
      acknowledged: { by: 'ana', at: '2026-03-01T03:02:00.000Z' },
      exhausted: false,
    });
  });

  it('lets a slow first person be beaten by the next step', () => {
    expect(run(ladder, { ana: 30, bo: 1 }).acknowledged).toEqual({
      by: 'bo',
      at: '2026-03-01T03:06:00.000Z',
    });
  });

  it('waits for everyone: who has answered is told no more, and the last answer stops it', () => {
    const both = steps(
      { notify: [{ person: 'ana' }, { person: 'bo' }], wait: '5m', ack: 'everyone' },
      { notify: [{ person: 'cleo' }], wait: '5m' },
    );
    const answered = run(both, { ana: 1, bo: 4 });
    expect(shown(answered)).toEqual(['03:00 ana hook 0/1', '03:00 bo hook 0/1']);
    expect(answered.acknowledged).toEqual({ by: 'bo', at: '2026-03-01T03:04:00.000Z' });
    expect(answered.answers.map((one) => one.person)).toEqual(['ana', 'bo']);
    expect(shown(run(both, { ana: 1, cleo: 1 }))).toEqual([
      '03:00 ana hook 0/1',
      '03:00 bo hook 0/1',
      '03:05 cleo hook 0/2',
    ]);
  });

  it('asks nobody again who has answered, at a later step or in a later cycle', () => {
    const again = run(
      steps(
        { notify: [{ person: 'ana' }, { person: 'bo' }], wait: '5m', ack: 'everyone' },
        { notify: [{ person: 'ana' }, { person: 'cleo' }], wait: '5m', ack: 'everyone' },
      ),
      { ana: 1, cleo: 2 },
    );
    expect(again.answers.map((one) => one.person)).toEqual(['ana', 'cleo']);
    expect(again).toMatchObject({ acknowledged: { by: 'cleo' }, exhausted: false });
    expect(shown(again)).toEqual(['03:00 ana hook 0/1', '03:00 bo hook 0/1', '03:05 cleo hook 0/2']);
    const repeated = run(
      {
        ...steps({ notify: [{ person: 'ana' }, { person: 'bo' }], wait: '5m', ack: 'everyone' }),
        repeat: 2,
      },
      { ana: 1, bo: 6 },
    );
    expect(shown(repeated)).toEqual(['03:00 ana hook 0/1', '03:00 bo hook 0/1', '03:05 bo hook 1/1']);
    expect(repeated).toMatchObject({ acknowledged: { by: 'bo' }, exhausted: false });
    const inRotations = run(
      {
        ...steps({
          notify: [{ person: 'ana' }, { roundRobin: [{ person: 'bo' }, { person: 'ana' }] }],
          wait: '5m',
          ack: 'everyone',
        }),
        repeat: 1,
      },
      { ana: 1, bo: 6 },
    );
    expect(inRotations.pages.at(-1)).toMatchObject({
      person: 'bo',
      cycle: 1,
      because: 'round robin, 1 of 2 (passed over: ana answered already)',
    });
  });

  it('takes turns, page by page, without moving the turn that it was shown', () => {
    const inRotation: PolicySpec = {
      ...steps({
        notify: [{ roundRobin: [{ person: 'ana' }, { person: 'bo' }, { person: 'cleo' }] }],
        wait: '5m',
      }),
      repeat: 3,
    };
    const positions: RotationPositions = new Map([
      ['policy/checkout/1#0', { listKey: 'policy/checkout/1#0', member: 'person ana', index: 0 }],
    ]);
    const people = ({ pages }: ReturnType<typeof simulate>) => [...new Set(pages.map((page) => page.person))];
    expect(people(run(inRotation, {}, { positions }))).toEqual(['bo', 'cleo', 'ana', 'mira']);
    expect(people(run(inRotation, {}, { positions }))).toEqual(['bo', 'cleo', 'ana', 'mira']);
    expect(positions.size).toBe(1);
  });

  it('tells of targets that reach nobody beside one that reaches somebody', () => {
    const mute = person('mute');
    const known = snapshotWith(person('ana'), { ...mute, spec: { ...mute.spec, contacts: [] } });
    const { unreached, skipped, pages } = run(
      steps({ notify: [{ schedule: 'gone' }, { person: 'ana' }, { person: 'mute' }], wait: '5m' }),
      {},
      { snapshot: known, resolve: (targets, at, where) => resolveTargets(targets, known, at, where) },
    );
    expect(new Set(pages.map((page) => page.person))).toEqual(new Set(['ana']));
    expect(skipped.map((skip) => skip.step)).toEqual([2]);
    expect(unreached).toEqual([
      {
        at: '2026-03-01T03:00:00.000Z',
        cycle: 0,
        step: 1,
        reason: 'no contact: mute; schedule gone does not exist',
      },
    ]);
    expect(run(steps({ notify: [{ person: 'ana' }], wait: '5m' })).unreached).toEqual([]);
  });

  it('says in short why a step reaches nobody, whatever it names', () => {
    const gone = Array.from({ length: 50 }, (_, n) => ({ person: `${'x'.repeat(50)}-${n}` }));
    const [skipped] = run(steps({ notify: gone, wait: '5m' })).skipped;
    expect(skipped?.reason).toMatch(/^person x+-0 \(named by the step\) does not exist; .*; and \d\d more$/);
    expect(skipped?.reason.length).toBeLessThan(700);
    const long = { notify: [{ person: 'ana' }], wait: '5m', if: `false && '${'x'.repeat(4000)}' == ''` };
    expect(run(steps(long)).skipped[0]?.reason.length).toBe(600);
  });

  it('ends within the years there are, with the longest waits that a policy may have', () => {
    const slow: PolicySpec = {
      team: 'checkout',
      repeat: 9,
      steps: Array.from({ length: 20 }, () => ({ notify: [{ person: 'ana' }], wait: '30d' })),
    };
    expect(run(slow).pages.at(-1)?.at.slice(0, 4)).toBe('2042');
  });

  it('looks at the time of each step, in the hours of the team', () => {
    const hours = steps(
      { notify: [{ person: 'ana' }], wait: '5h', if: '!time.inHours && time.hour < 7' },
      { notify: [{ person: 'bo' }], wait: '5m', if: "time.inHours && time.weekday == 'mon'" },
      { notify: [{ person: 'cleo' }], wait: '5m', if: 'incident.alertsOpen >= 3' },
    );
    // A Monday: 04:00 is night, 09:00 is work. Without a team of that name the calendar is the default one, in UTC.
    const at = '2026-03-02T04:00:00.000Z';
    expect(shown(run(hours, {}, { at }))).toEqual([
      '04:00 ana hook 0/1',
      '04:03 ana mail 0/1',
      '09:00 bo hook 0/2',
      '09:05 mira hook 0/4',
    ]);
    const incident = {
      priority: 'P1',
      severity: 'critical',
      service: null,
      title: 'Storm',
      alerts: 3,
    } as const;
    expect(shown(run(hours, {}, { at, incident })).at(-2)).toBe('09:05 cleo hook 0/3');
  });

  it('waits for an alert to settle, and for nothing when a person declares', () => {
    const incident = { priority: 'P3', severity: 'error', service: null, title: 'Blip', alerts: 1 } as const;
    const first = (alerts: number) =>
      run(ladder, {}, { settleMs: 10_000, incident: { ...incident, alerts } }).pages[0]?.at;
    expect([first(1), first(0)]).toEqual(['2026-03-01T03:00:10.000Z', '2026-03-01T03:00:00.000Z']);
  });
});
