import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from '../incident/events.js';
import { draftPostmortem, type RecordedFacts } from './draft.js';
import { missingSections } from './required-sections.js';
import { at, resolvedIncident } from './review-fixtures.js';

const events: IncidentEvent[] = [
  {
    seq: 2,
    at: at(1),
    actor: 'tocsin',
    kind: 'alert_joined',
    data: { alert: 'a2', title: 'Lag again', severity: 'error' },
  },
  {
    seq: 3,
    at: at(2),
    actor: 'ana',
    kind: 'runbook_started',
    data: { run: 'r1', runbook: 'drain-replica', revision: 4, dryRun: false, steps: [] },
  },
  {
    seq: 4,
    at: at(9),
    actor: 'tocsin',
    kind: 'runbook_finished',
    data: { run: 'r1', runbook: 'drain-replica', state: 'succeeded' },
  },
];

const recorded: RecordedFacts = {
  state: resolvedIncident(),
  events,
  service: { displayName: 'Checkout database', dependsOn: ['payments'] },
  notifications: [
    {
      person: 'ana',
      channel: 'email',
      type: 'page.requested',
      at: at(1),
      sentAt: at(1),
      state: 'accepted',
      reason: null,
      reached: true,
    },
  ],
  alerts: [],
  usersAffected: null,
  nameOf: (person) => (person === 'ana' ? 'Ana Sorel' : person),
  zone: 'Europe/Berlin',
};

describe('a drafted post-mortem', () => {
  const { sections, facts } = draftPostmortem(recorded);

  it('says what is unknown, never 0', () => {
    expect(sections.usersAffected).toBe('unknown');
    expect(facts.usersAffected).toBeNull();
    expect(sections.systemsAffected).toBe(
      '- Checkout database\n- payments (Checkout database depends on it; affected: unknown)',
    );
  });

  it('measures how long people took, with a reason where there is nothing to measure', () => {
    expect(facts.responseTimes).toEqual({
      acknowledge: { state: 'recorded', ms: 120_000 },
      resolve: { state: 'recorded', ms: 180_000 },
      people: [
        { person: 'ana', team: 'checkout', acknowledge: { state: 'recorded', ms: 60_000 } },
        {
          person: 'bo',
          team: 'checkout',
          acknowledge: { state: 'not_applicable', reason: 'did not acknowledge' },
        },
      ],
    });
    expect(sections.summary).toBe(
      'P1 on Checkout database: Replica lag 900 s. Opened 2026-11-23 10:00 CET, acknowledged by Ana Sorel after 2 min, resolved after 3 min.',
    );
  });

  it('keeps an impossible time as invalid', () => {
    const state = { ...recorded.state, acknowledgedAt: '2026-11-23T08:00:00.000Z' };
    expect(draftPostmortem({ ...recorded, state }).facts.responseTimes.acknowledge).toMatchObject({
      state: 'invalid',
    });
  });

  it('lists runs and key events, not every alert', () => {
    expect(facts.runbooks).toEqual([
      {
        run: 'r1',
        runbook: 'drain-replica',
        revision: 4,
        dryRun: false,
        startedBy: 'ana',
        startedAt: at(2),
        finishedAt: at(9),
        state: 'succeeded',
      },
    ]);
    expect(facts.timeline.map(({ kind, text }) => [kind, text])).toEqual([
      ['runbook_started', 'Ana Sorel started runbook drain-replica'],
      ['runbook_finished', 'Runbook drain-replica succeeded'],
    ]);
    expect(facts.notificationsIssued).toEqual(recorded.notifications);
  });

  it('leaves to people what only people know', () => {
    expect(missingSections('full', sections)).toEqual(['rootCauses', 'wentWell', 'wentBadly', 'lessons']);
    expect(missingSections('light', sections)).toEqual(['rootCauses']);
  });
});
