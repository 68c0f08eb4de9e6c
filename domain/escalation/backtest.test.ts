import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PolicySpec, PolicyStep, PolicyTarget } from './policy-spec.js';
import { engagedEscalations } from '../response/build-response.js';
import type { IncidentResponse } from '../incident/response.js';
import { resolveTargets } from '../oncall/targets.js';
import { mediansOf, type Replaying, replay } from './backtest.js';
import { quantile, totals } from './measure.js';
import { firstActOf, type PastIncident } from './past-incident.js';
import { type Happening, rehearse } from './rehearse.js';
import { person, snapshotWith } from './testing/snapshot.js';

const atOnce = { high: [{ after: '0s', contact: 'hook' }] };
const snapshot = snapshotWith(
  person('ana', {
    high: [
      { after: '0s', contact: 'hook' },
      { after: '2m', contact: 'mail' },
    ],
  }),
  person('bo', atOnce),
  person('cleo', atOnce),
  person('root', atOnce, 'admin'),
);

const responseBy = (spec: PolicySpec, required = false): IncidentResponse => ({
  plan: null,
  urgency: 'high',
  ackTimeoutMs: 1_800_000,
  settleMs: 0,
  escalations: [
    {
      name: 'checkout',
      team: 'checkout',
      discipline: 'development',
      required,
      policy: { name: 'checkout', revision: 3, spec },
    },
  ],
  diagnostics: [],
  runbooks: [],
  postmortem: { kind: 'light', quorum: { participants: 1, stakeholders: 0 }, due: '3bd' },
  stakeholders: [],
  bridge: null,
});

interface World {
  spec: PolicySpec;
  /** Milliseconds from the first message to the acknowledgement. */
  answers: Record<string, number>;
  at?: string;
  required?: boolean;
  happenings?: Happening[];
}

/** The record of an incident in which the people reacted as given. */
function past({
  spec,
  answers,
  at = '2026-03-01T12:00:00.000Z',
  required,
  happenings = [],
}: World): PastIncident {
  const response = responseBy(spec, required);
  const { events, messages } = rehearse({
    id: `incident at ${at}`,
    at,
    opened: {
      number: 'INC-1',
      title: 'Replica lag',
      service: 'checkout-db',
      team: 'checkout',
      severity: 'critical',
      priority: 'P1',
      priorityReasons: [],
      drill: null,
      escalations: engagedEscalations(response),
      ackTimeoutMs: 0,
      alert: 'alert-1',
      postmortem: response.postmortem,
    },
    response,
    snapshot,
    positions: new Map(),
    resolve: (targets, when, where) => resolveTargets(targets, where.snapshot, when, where),
    answersAfter: (name) => answers[name] ?? null,
    happenings,
  });
  return { id: 'incident-1', events, response, messages };
}

const replaying = (
  spec: PolicySpec,
  incidents: PastIncident[],
  more: Partial<Replaying> = {},
): Replaying => ({
  policy: { name: 'checkout', spec },
  team: 'checkout',
  snapshot,
  positions: new Map(),
  medians: mediansOf(incidents),
  assumed: new Map(),
  resolve: (targets, when, where) => resolveTargets(targets, where.snapshot, when, where),
  ...more,
});

const single = (name: string): PolicyTarget => ({ person: name });
const ladder = (...steps: PolicyStep[]): PolicySpec => ({ team: 'checkout', repeat: 0, steps });

const anybody = fc.constantFrom('ana', 'bo', 'cleo');
const target: fc.Arbitrary<PolicyTarget> = fc.oneof(
  anybody.map(single),
  fc.constant<PolicyTarget>({ person: 'gone' }),
  fc
    .uniqueArray(anybody, { minLength: 2 })
    .map((names): PolicyTarget => ({ roundRobin: names.map((name) => ({ person: name })) })),
);
const step: fc.Arbitrary<PolicyStep> = fc.record({
  notify: fc.array(target, { minLength: 1, maxLength: 3 }),
  wait: fc.constantFrom('30s', '1m', '5m'),
  ack: fc.constantFrom<'any' | 'everyone'>('any', 'everyone'),
});
const world = fc.record({
  spec: fc.record({
    team: fc.constant('checkout'),
    repeat: fc.integer({ min: 0, max: 2 }),
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
  }),
  // Odd, so that no acknowledgement coincides with a page.
  answers: fc.dictionary(
    fc.constantFrom('ana', 'bo', 'cleo', 'root'),
    fc.integer({ min: 0, max: 600 }).map((s) => s * 1000 + 1),
  ),
  required: fc.boolean(),
  happenings: fc.constantFrom<Happening[]>(
    [],
    [
      {
        at: '2026-03-01T12:03:00.500Z',
        actor: 'tocsin',
        command: { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
      },
    ],
  ),
});

describe('replaying a past incident', () => {
  it('with the policy it had gives what the record says, whatever people did', () => {
    fc.assert(
      fc.property(world, (one) => {
        const incident = past(one);
        const { before, after, byHand } = replay(incident, replaying(one.spec, [incident]));
        expect(after).toEqual(before);
        expect(byHand).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('shows what another policy would have changed', () => {
    const slow = ladder({ notify: [single('bo')], wait: '15m' }, { notify: [single('ana')], wait: '15m' });
    // 03:00 is night for all people; bo sleeps through it, ana acknowledges within a minute.
    const incident = past({ spec: slow, answers: { ana: 60_000 }, at: '2026-03-01T03:00:00.000Z' });
    const proposed = ladder({ notify: [single('ana')], wait: '5m' });
    const { before, after, assumptions } = replay(incident, replaying(proposed, [incident]));
    expect(before).toMatchObject({ secondsToAck: 960, acknowledgedBy: 'ana', pages: 2, nightWakes: 2 });
    expect(after).toMatchObject({ secondsToAck: 60, acknowledgedBy: 'ana', pages: 1, nightWakes: 1 });
    expect(assumptions).toEqual([{ person: 'ana', afterMs: 60_000, because: 'observed' }]);
  });

  it('says of everybody what is assumed of them, and from what', () => {
    const spec = ladder({ notify: [single('ana')], wait: '5m' }, { notify: [single('bo')], wait: '5m' });
    const many = [
      past({ spec, answers: { ana: 30_000 } }),
      past({ spec, answers: { ana: 50_000 } }),
      past({ spec, answers: { bo: 10_000 } }),
    ];
    const everybody = ladder({ notify: ['ana', 'bo', 'cleo'].map(single), wait: '5m' });
    const assumedOf = (index: number, more: Partial<Replaying> = {}) => {
      const one = many[index];
      if (one === undefined) throw new Error('no such incident');
      return replay(one, replaying(everybody, many, more)).assumptions.map(
        ({ person: who, afterMs, because }) =>
          `${who} ${because} ${afterMs === null ? 'never' : afterMs / 1000}`,
      );
    };
    expect(assumedOf(0)).toEqual(['ana observed 30', 'bo own-median 10', 'cleo team-median 30']);
    // Ana had five minutes and did not acknowledge: a median must not override that.
    expect(assumedOf(2)).toEqual(['ana silent never', 'bo observed 10', 'cleo team-median 30']);
    expect(
      assumedOf(0, { assumed: new Map([['ana', null]]), medians: { byPerson: new Map(), team: null } }),
    ).toEqual(['ana assumed never', 'bo unknown never', 'cleo unknown never', 'root unknown never']);
  });

  it('lets alerts that closed by themselves end it before anybody is paged again', () => {
    const spec = ladder({ notify: [single('ana')], wait: '1m' }, { notify: [single('bo')], wait: '1m' });
    const closed: Happening = {
      at: '2026-03-01T12:02:30.000Z',
      actor: 'tocsin',
      command: { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
    };
    const incident = past({ spec, answers: {}, happenings: [closed] });
    const patient = ladder({ notify: [single('ana')], wait: '5m' }, { notify: [single('bo')], wait: '5m' });
    const { before, after } = replay(incident, replaying(patient, [incident]));
    expect([before.pages, before.exhausted]).toEqual([4, true]);
    expect(after).toMatchObject({ secondsToAck: null, pages: 2, exhausted: false });
  });

  it('tells what people did by hand, which no policy repeats', () => {
    const spec = ladder({ notify: [single('ana')], wait: '1h' }, { notify: [single('bo')], wait: '1h' });
    const byHand: Happening = {
      at: '2026-03-01T12:01:00.000Z',
      actor: 'cleo',
      command: { type: 'escalate', step: 2, escalation: null, reason: 'her system' },
    };
    const incident = past({ spec, answers: { bo: 5_000 }, happenings: [byHand] });
    const result = replay(incident, replaying(spec, [incident]));
    expect(result.byHand).toEqual(['cleo escalated']);
    expect(result.before.secondsToAck).toBe(65);
    expect(result.after.secondsToAck).toBe(3605);
  });

  it('compares the first act only: what came after the answer is another escalation', () => {
    const spec = ladder({ notify: [single('ana')], wait: '5m' });
    const incident = past({ spec, answers: { ana: 60_000 } });
    const late = { at: '2026-03-01T14:00:00.000Z', escalation: 'checkout', cycle: 1, step: 1 };
    const again = {
      ...incident,
      messages: [...incident.messages, { ...late, person: 'bo', contact: 'hook', channel: 'webhook' }],
    };
    expect(firstActOf(again).messages).toEqual(incident.messages);
  });
});

describe('totals', () => {
  it('are of what there is, and null where there is nothing', () => {
    expect(totals([])).toMatchObject({ incidents: 0, acknowledged: 0, secondsToAck: null, people: [] });
    expect([
      quantile([], 0.5),
      quantile([3], 0.9),
      quantile([1, 2, 3, 4], 0.5),
      quantile([1, 2, 3, 4], 0.9),
    ]).toEqual([null, 3, 2, 4]);
  });
});
