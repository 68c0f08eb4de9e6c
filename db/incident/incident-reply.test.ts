import { describe, expect, it } from '@jest/globals';
import type { EscalationState } from '../../domain/incident/state.js';
import { at, openedIncident } from '../../domain/postmortem/review-fixtures.js';
import { incidentReply } from './incident-reply.js';

const opened = openedIncident({ kind: 'full', quorum: { participants: 1, stakeholders: 1 } });
const one = (name: string, change: Partial<EscalationState>): EscalationState => ({
  name,
  team: name,
  discipline: 'development',
  required: false,
  steps: 2,
  repeat: 1,
  cycle: 0,
  step: 0,
  phase: 'waiting',
  nextAt: null,
  named: null,
  paged: [],
  awaiting: [],
  answers: [],
  ...change,
});

const escalation = (escalations: EscalationState[], status = opened.status) =>
  incidentReply({ ...opened, status, escalations }).escalation;

describe('the escalation of an incident', () => {
  it('is that of the escalation which moves next', () => {
    const escalations = [
      one('db', { phase: 'answered', step: 1 }),
      one('security', { nextAt: at(20), step: 1 }),
      one('checkout', { nextAt: at(5), cycle: 1 }),
    ];
    expect(escalation(escalations)).toEqual({
      name: 'checkout',
      cycle: 1,
      step: 0,
      nextAt: at(5),
      exhausted: false,
    });
  });

  it('is exhausted as soon as one team ran out of steps, until somebody answers', () => {
    const escalations = [one('checkout', { phase: 'answered' }), one('db', { phase: 'exhausted', step: 2 })];
    expect(escalation(escalations)).toEqual({ name: 'db', cycle: 0, step: 2, nextAt: null, exhausted: true });
    expect(escalation(escalations, 'resolved')).toMatchObject({ nextAt: null, exhausted: false });
  });

  it('stands at nothing without escalations', () => {
    expect(escalation([])).toEqual({ name: null, cycle: 0, step: 0, nextAt: null, exhausted: false });
  });
});

it('says drill as a plain yes or no, with the run beside it', () => {
  const quorum = { participants: 1, stakeholders: 1 };
  expect(incidentReply(openedIncident({ kind: 'full', quorum }, 'd1'))).toMatchObject({
    drill: true,
    drillRun: 'd1',
  });
  expect(incidentReply(opened)).toMatchObject({ drill: false, drillRun: null });
});
