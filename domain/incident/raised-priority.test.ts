import { describe, expect, it } from '@jest/globals';
import { dueWork } from './deadline.js';
import { at, checkoutEscalation, IncidentBuilder, securityEscalation } from './testing/incident-builder.js';

const required = [{ ...checkoutEscalation, required: true }, securityEscalation];

describe('a priority that is raised', () => {
  it('and wakes people pages anew what nobody has answered, also what had run out of steps', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3' });
    incident.page(['ana']);
    for (const [cycle, step] of [
      [0, 2],
      [1, 1],
      [1, 2],
    ] as const)
      incident.page(['bo'], { cycle, step });
    incident.page(['mira'], { cycle: 1, step: 3, catchAll: true });
    expect(incident.escalation()?.phase).toBe('exhausted');
    expect(incident.setPriority({ wakes: true })).toBe('accepted');
    expect(incident.duePages).toEqual(['checkout 2/1']);
    expect(incident.state.status).toBe('triggered');
    expect(incident.events.at(-1)).toMatchObject({ kind: 'priority_set', data: { startsOver: true } });
  });

  it('and pages nobody, or is lowered, leaves the escalation at its step', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P2' });
    incident.page(['ana']);
    incident.setPriority({ wakes: false });
    expect(incident.duePages).toEqual(['checkout 0/2']);
    incident.setPriority({ priority: 'P4', wakes: true });
    expect(incident.duePages).toEqual(['checkout 0/2']);
    expect(incident.events.every(({ data }) => !('startsOver' in data))).toBe(true);
  });

  it('leaves with its people what they have, and asks the others of a required team at once', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation], { priority: 'P3' });
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana', 10);
    incident.setPriority({ wakes: true, engaged: [checkoutEscalation, securityEscalation] });
    expect(incident.escalation('checkout')?.phase).toBe('answered');
    expect(incident.duePages).toEqual(['trust 1/1']);
    expect(incident.state.status).toBe('acknowledged');
  });

  it('by a rule, to one that wakes people, is paged although somebody acknowledged what let them sleep', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation], { priority: 'P3' });
    incident.page(['ana']);
    incident.acknowledge('ana', 10);
    incident.setPriority(
      { wakes: true, by: null, engaged: [checkoutEscalation] },
      { actor: 'source:prometheus' },
    );
    expect(incident.state).toMatchObject({ status: 'triggered', priority: 'P1' });
    expect(incident.duePages).toEqual(['checkout 2/1', 'trust 1/1']);
  });

  it('by a rule, among those that wake people, stays with whoever has it', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P2' });
    incident.page(['ana']);
    incident.acknowledge('ana', 10);
    incident.setPriority({ by: null, engaged: [checkoutEscalation] }, { actor: 'source:prometheus' });
    expect(incident.state).toMatchObject({ status: 'acknowledged', priority: 'P1' });
    expect(incident.duePages).toEqual([]);
  });

  it('ends a snooze: it got worse than what was put off', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3' });
    incident.page(['ana']);
    incident.acknowledge('ana');
    incident.ask({ type: 'snooze', until: at(36_000) }, { seconds: 20, actor: 'ana' });
    incident.setPriority(
      { priority: 'P2', engaged: [checkoutEscalation, securityEscalation] },
      { seconds: 60 },
    );
    expect(incident.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(incident.duePages).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it('lets the acknowledgement last as long as the new priority says', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3', ackTimeoutMs: 0 });
    incident.page(['ana']);
    incident.acknowledge('ana');
    expect(dueWork(incident.state, 0)).toEqual([]);
    incident.setPriority({ ackTimeoutMs: 600_000 }, { seconds: 100 });
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'expire_acknowledgement', at: at(700) }]);
    incident.setPriority({ priority: 'P4', ackTimeoutMs: 0 }, { seconds: 200 });
    expect(dueWork(incident.state, 0)).toEqual([]);
  });

  it('makes a team that is engaged already answer by itself, unless it has', () => {
    const incident = new IncidentBuilder([checkoutEscalation, { ...securityEscalation, required: false }], {
      priority: 'P3',
    });
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana');
    expect(incident.duePages).toEqual([]);
    incident.setPriority({ engaged: required });
    expect(incident.duePages).toEqual(['trust 1/1']);
    expect(incident.state.responders).toMatchObject([
      { person: 'ana', required: true },
      { person: 'gus', required: true },
    ]);
    incident.page(['gus'], { escalation: 'trust', cycle: 1 });
    incident.acknowledge('gus', 30);
    expect(incident.duePages).toEqual([]);
  });
});
