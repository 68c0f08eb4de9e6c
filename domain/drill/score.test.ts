import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { DrillExpectation } from './drill-spec.js';
import type { IncidentEvent, IncidentFact } from '../incident/events.js';
import { foldEvents } from '../incident/fold.js';
import { durationMs } from '../shared/duration.js';
import { type DrillScore, isScored, scoreDrill } from './score.js';

const at = (minutes: number): string => new Date(Date.UTC(2026, 10, 23, 9, minutes)).toISOString();

const opened: IncidentFact = {
  kind: 'opened',
  data: {
    number: 'INC-7',
    title: 'Replica lag 900 s',
    service: 'checkout-db',
    team: 'checkout',
    severity: 'critical',
    priority: 'P2',
    priorityReasons: [],
    drill: 'd1',
    escalations: [],
    ackTimeoutMs: 0,
    alert: null,
    postmortem: { kind: 'full', quorum: { participants: 1, stakeholders: 1 } },
  },
};

/** `[minute, fact]` after the opening at minute 0. */
function score(
  expectations: DrillExpectation[],
  history: [number, IncidentFact][],
  nowMinute: number,
): DrillScore {
  const events = [[0, opened] as const, ...history].map(([minute, fact], index): IncidentEvent => {
    return { ...fact, seq: index + 1, at: at(minute), actor: 'ana' };
  });
  const state = foldEvents('i7', null, events);
  const reviewDueAt = (within: string, from: string): string =>
    new Date(Date.parse(from) + durationMs(within)).toISOString();
  return scoreDrill({
    expectations,
    events: events.filter(isScored),
    state,
    now: at(nowMinute),
    runbookTitle: (name) => name,
    reviewDueAt,
  });
}

const ack: IncidentFact = { kind: 'acknowledged', data: { person: 'ana', answered: [], expiresAt: null } };
const resolve: IncidentFact = { kind: 'resolved', data: { comment: null, because: 'person' } };
const runEnds = (state: 'succeeded' | 'failed'): [number, IncidentFact][] => [
  [
    1,
    { kind: 'runbook_started', data: { run: 'r1', runbook: 'drain', revision: 1, dryRun: false, steps: [] } },
  ],
  [6, { kind: 'runbook_finished', data: { run: 'r1', runbook: 'drain', state } }],
];
const approve: IncidentFact = { kind: 'postmortem_approved', data: { revision: 2 } };
const waive: IncidentFact = { kind: 'postmortem_waived', data: { reason: 'drill' } };

const acked: DrillExpectation = { acknowledgedWithin: '5m', weight: 3 };
const run: DrillExpectation = { runbook: 'drain', finishedWithin: '20m' };
const over: DrillExpectation = { resolvedWithin: '30m' };
const reviewed: DrillExpectation = { reviewedWithin: '1d' };

describe('scoreDrill', () => {
  it.each<[string, DrillExpectation, [number, IncidentFact][], number, boolean | null, string]>([
    ['an ack in time', acked, [[3, ack]], 4, true, 'after 3 min (event 2 by ana)'],
    ['an ack at the last instant', acked, [[5, ack]], 6, true, 'after 5 min (event 2 by ana)'],
    [
      'a late ack',
      acked,
      [[6, ack]],
      7,
      false,
      'after 6 min, too late (due 2026-11-23T09:05:00.000Z) (event 2 by ana)',
    ],
    ['no ack yet', acked, [], 2, null, 'waiting for an acknowledgement until 2026-11-23T09:05:00.000Z'],
    [
      'no ack in time',
      acked,
      [],
      6,
      false,
      'still waiting for an acknowledgement at 2026-11-23T09:06:00.000Z, due 2026-11-23T09:05:00.000Z',
    ],
    ['no ack before the end', acked, [[2, resolve]], 3, false, 'resolved before anybody acknowledged'],
    [
      'a clock that went back',
      acked,
      [[-4, ack]],
      3,
      false,
      'not measurable: it ends (2026-11-23T08:56:00.000Z) before it starts (2026-11-23T09:00:00.000Z) (event 2)',
    ],
    ['a finished runbook', run, runEnds('succeeded'), 9, true, 'after 6 min (event 3 by ana)'],
    [
      'a failed run that may be repeated',
      run,
      runEnds('failed'),
      9,
      null,
      'waiting for the runbook to succeed until 2026-11-23T09:20:00.000Z',
    ],
    ['a failed run at the end', run, [...runEnds('failed'), [8, resolve]], 9, false, 'the run failed'],
    ['no run at the end', run, [[8, resolve]], 9, false, 'resolved before the runbook was finished'],
    ['a resolution', over, [[8, resolve]], 9, true, 'after 8 min (event 2 by ana)'],
    [
      'no resolution yet',
      over,
      [[2, ack]],
      9,
      null,
      'waiting for the resolution until 2026-11-23T09:30:00.000Z',
    ],
    [
      'a resolution that was taken back',
      over,
      [
        [8, resolve],
        [9, { kind: 'reopened', data: { reason: null } }],
      ],
      31,
      false,
      'still waiting for the resolution at 2026-11-23T09:31:00.000Z, due 2026-11-23T09:30:00.000Z',
    ],
    [
      'a review, counted from the resolution',
      reviewed,
      [
        [8, resolve],
        [90, approve],
      ],
      91,
      true,
      'after 1 h 22 min (event 3 by ana)',
    ],
    ['no review before the resolution', reviewed, [], 9, null, 'waiting for the approval of the post-mortem'],
    [
      'a waiver',
      reviewed,
      [
        [8, resolve],
        [9, waive],
      ],
      10,
      false,
      'the post-mortem was waived, not reviewed',
    ],
  ])('judges %s', (_claim, expectation, history, now, met, evidence) => {
    expect(score([expectation], history, now).expectations).toMatchObject([{ met, evidence }]);
  });

  it('adds the weights of what was met; 1 where none is given', () => {
    const { score: sum, settled, expectations } = score([acked, run, reviewed], [[3, ack]], 30);
    expect(sum).toEqual({ earned: 3, possible: 5 });
    expect(settled).toBe(false);
    expect(expectations.map(({ text, weight }) => [text, weight])).toEqual([
      ['Acknowledged within 5m', 3],
      ['Runbook drain finished within 20m', 1],
      ['Reviewed within 1d of the resolution', 1],
    ]);
  });

  it('never takes back what it has judged while time passes', () => {
    const history: [number, IncidentFact][] = [
      [3, ack],
      ...runEnds('succeeded'),
      [40, resolve],
      [50, approve],
    ];
    fc.assert(
      fc.property(fc.nat(history.length), fc.nat(60), fc.nat(60), (known, one, other) => {
        const last = history[known - 1]?.[0] ?? 0;
        const [first, second] = [Math.min(one, other) + last, Math.max(one, other) + last];
        const before = score([acked, run, over, reviewed], history.slice(0, known), first).expectations;
        const after = score([acked, run, over, reviewed], history.slice(0, known), second).expectations;
        before.forEach(({ met }, index) => {
          if (met !== null) expect(after[index]?.met).toBe(met);
        });
      }),
    );
  });
});
