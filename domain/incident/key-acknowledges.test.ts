import { describe, expect, it } from '@jest/globals';
import type { IncidentCommand } from './commands.js';
import { decide } from './decide.js';
import { describeEvent } from './describe-event.js';
import type { IncidentEvent } from './events.js';
import { foldEvents } from './fold.js';
import type { IncidentState } from './state.js';

const at = '2026-03-02T10:00:00.000Z';
const later = '2026-03-02T10:05:00.000Z';

function opened(required: boolean, ackTimeoutMs = 0): IncidentState {
  const escalation = { name: 'checkout', team: 'checkout', discipline: 'dev', required, steps: 2, repeat: 0 };
  return foldEvents('i', null, [
    {
      seq: 1,
      at,
      actor: 'source:own',
      kind: 'opened',
      data: {
        number: 'INC-1',
        title: 'Slow',
        service: null,
        team: 'checkout',
        severity: 'critical',
        priority: 'P1',
        priorityReasons: [],
        drill: null,
        escalations: [escalation],
        ackTimeoutMs,
        alert: null,
        postmortem: { kind: 'light', quorum: { participants: 0, stakeholders: 1 } },
      },
    },
    {
      seq: 2,
      at,
      actor: 'tocsin',
      kind: 'paged',
      data: {
        escalation: 'checkout',
        cycle: 0,
        step: 1,
        people: ['ana'],
        everyone: false,
        deliveries: 1,
        nextAt: later,
        catchAll: false,
      },
    },
  ]);
}

function does(state: IncidentState, command: IncidentCommand, actor: string, now = at) {
  const decision = decide(state, command, { actor, now });
  if (decision.kind !== 'accepted') return { decision, state, events: [] };
  const events = decision.facts.map((fact, index): IncidentEvent => ({
    ...fact,
    seq: state.seq + 1 + index,
    at: now,
    actor,
  }));
  return { decision, state: foldEvents('i', state, events), events };
}

const forAna: IncidentCommand = { type: 'acknowledge', person: 'ana' };

describe('an acknowledgement that a key gives for a person', () => {
  it('stops the escalation for a time, and says that it was the key', () => {
    const { state, events } = does(opened(false), forAna, 'key:0a1b');
    expect(state).toMatchObject({
      status: 'acknowledged',
      acknowledgedBy: 'ana',
      acknowledgedVia: 'key:0a1b',
      ackExpiresAt: '2026-03-02T10:30:00.000Z',
      escalations: [{ phase: 'answered' }],
      responders: [{ person: 'ana', acknowledgedAt: null }],
    });
    expect(events.map((event) => describeEvent(event))).toEqual([
      'API key 0a1b acknowledged for ana until 2026-03-02T10:30:00.000Z',
    ]);
  });

  it('does not answer for a team that has to answer by itself', () => {
    const { state } = does(opened(true), forAna, 'key:0a1b');
    expect(state).toMatchObject({ status: 'acknowledged', escalations: [{ phase: 'waiting', answers: [] }] });
  });

  it('is given again by the person, whose own clock then counts', () => {
    const byKey = does(opened(false), forAna, 'key:0a1b').state;
    expect(does(byKey, forAna, 'key:0a1b').decision.kind).toBe('unchanged');
    const { decision, state } = does(byKey, { ...forAna, teams: ['checkout'] }, 'ana', later);
    expect(decision.kind).toBe('accepted');
    expect(state).toMatchObject({
      acknowledgedBy: 'ana',
      acknowledgedVia: null,
      ackExpiresAt: null,
      responders: [{ person: 'ana', acknowledgedAt: later }],
    });
  });

  it('lasts no longer for what the key does next', () => {
    const byKey = does(opened(false, 60_000), forAna, 'admin-token').state;
    const noted = does(byKey, { type: 'note', text: 'still there' }, 'admin-token', later).state;
    expect(noted.ackExpiresAt).toBe('2026-03-02T10:01:00.000Z');
  });
});
