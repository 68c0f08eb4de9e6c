import { describe, expect, it } from '@jest/globals';
import { dueWork } from './deadline.js';
import { IncidentBuilder, checkoutEscalation, securityEscalation } from './testing/incident-builder.js';

const left = (person: string) => ({ type: 'person_left', person, reason: 'was deleted' }) as const;
const duePages = (incident: IncidentBuilder) =>
  dueWork(incident.state, 0).flatMap((work) =>
    work.type === 'page' ? [`${work.escalation} ${work.due.step}`] : [],
  );

describe('a person who is gone', () => {
  it('and had the incident gives it back: it pages from the first step', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    expect(duePages(incident)).toEqual([]);
    expect(incident.ask(left('ana'), { seconds: 60 })).toBe('accepted');
    expect(incident.state).toMatchObject({ status: 'triggered', commander: null, ackExpiresAt: null });
    expect(duePages(incident)).toEqual(['checkout 1']);
    expect(incident.ask(left('ana'), { seconds: 61 })).toBe('unchanged');
    // The next person to acknowledge becomes commander.
    incident.page(['bo'], { cycle: 2, seconds: 62 });
    incident.acknowledge('bo', 70);
    expect(incident.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo', commander: 'bo' });
  });

  it('and slept on it wakes it up', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    incident.ask({ type: 'snooze', until: '2026-03-02T18:00:00.000Z' }, { seconds: 20, actor: 'ana' });
    incident.ask(left('ana'), { seconds: 30 });
    expect(incident.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(duePages(incident)).toEqual(['checkout 1']);
  });

  it('and snoozed what nobody has wakes it up; a snooze of somebody else stays', () => {
    const until = '2026-03-02T18:00:00.000Z';
    const snoozed = (): IncidentBuilder => {
      const incident = new IncidentBuilder();
      incident.page(['ana']);
      incident.ask({ type: 'snooze', until }, { seconds: 20, actor: 'bo' });
      return incident;
    };
    const incident = snoozed();
    expect(incident.ask(left('bo'), { seconds: 30 })).toBe('accepted');
    expect(incident.state).toMatchObject({ status: 'triggered', snoozedUntil: null });
    expect(duePages(incident)).toEqual(['checkout 1']);
    const other = snoozed();
    other.ask(left('ana'), { seconds: 30 });
    expect(other.state).toMatchObject({ snoozedUntil: until, snoozedBy: 'bo' });
  });

  it('and was the only one of the current step: the next step at once', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.ask(left('ana'), { seconds: 5 })).toBe('accepted');
    expect(duePages(incident)).toEqual(['checkout 2']);
    expect(dueWork(incident.state, 0)[0]?.at).toBe(incident.state.createdAt);
  });

  it('and was one of several of the current step: the others keep their time', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo']);
    incident.ask(left('ana'), { seconds: 5 });
    expect(incident.escalation()).toMatchObject({ phase: 'waiting', step: 1, paged: ['bo'] });
  });

  it('and was the last that a step waited for, when everyone has to answer: the others have answered', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo'], { everyone: true });
    incident.acknowledge('bo');
    expect(incident.escalation()).toMatchObject({ phase: 'waiting', awaiting: ['ana'] });
    incident.ask(left('ana'), { seconds: 60 });
    expect(incident.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'bo' });
    expect(incident.escalation()).toMatchObject({ phase: 'answered' });
  });

  it('and was named by whoever handed it over: the first step at once', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    incident.acknowledge('ana');
    incident.ask({ type: 'unacknowledge', reason: null, to: 'cleo' }, { seconds: 20, actor: 'ana' });
    incident.page(['cleo'], { cycle: 2, step: 0, seconds: 21 });
    incident.ask(left('cleo'), { seconds: 30 });
    expect(duePages(incident)).toEqual(['checkout 1']);
  });

  it('and alone answered for a team that has to answer by itself: that team is paged anew, no other', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.page(['eve'], { escalation: 'trust' });
    incident.acknowledge('ana', 10, ['checkout']);
    incident.acknowledge('eve', 20, ['trust']);
    incident.ask(left('eve'), { seconds: 60 });
    expect(incident.state).toMatchObject({ status: 'acknowledged', acknowledgedBy: 'ana' });
    expect(duePages(incident)).toEqual(['trust 1']);
    expect(incident.ask(left('eve'), { seconds: 61 })).toBe('unchanged');
  });

  it('and has no part in it, or it is over: nothing changes', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    expect(incident.ask(left('dana'), { seconds: 5 })).toBe('unchanged');
    incident.acknowledge('ana');
    incident.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 30, actor: 'ana' });
    expect(incident.ask(left('ana'), { seconds: 40 })).toBe('unchanged');
  });
});
