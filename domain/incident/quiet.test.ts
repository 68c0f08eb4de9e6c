import { describe, expect, it } from '@jest/globals';
import { dueWork, nextDeadline } from './deadline.js';
import { holderNotice } from './holder-notice.js';
import { at, checkoutEscalation, IncidentBuilder, securityEscalation } from './testing/incident-builder.js';

const source = 'source:prometheus';
const closes = (incident: IncidentBuilder, seconds: number) =>
  incident.ask({ type: 'close_alert', alert: 'alert-1', title: 'Replica lag' }, { seconds, actor: source });
const fires = (incident: IncidentBuilder, seconds: number) =>
  incident.ask(
    { type: 'join_alert', alert: 'alert-2', title: 'Replica lag', severity: 'critical' },
    { seconds, actor: source },
  );
const notices = ({ events, state }: IncidentBuilder) =>
  events.flatMap((event) => holderNotice(event, state) ?? []);

function acknowledged(escalations = [checkoutEscalation], ackTimeoutMs = 60_000): IncidentBuilder {
  const incident = new IncidentBuilder(escalations, { ackTimeoutMs });
  incident.page(['ana']);
  incident.acknowledge('ana');
  return incident;
}

describe('all alerts have closed while somebody has it (keep#4839, openduty#14)', () => {
  it('tells them, pages nobody when the acknowledgement would end, and resolves by itself', () => {
    const incident = acknowledged();
    closes(incident, 20);
    expect(incident.state).toMatchObject({
      status: 'acknowledged',
      resolutionProposed: true,
      resolvesAt: at(1820),
    });
    expect(notices(incident)).toMatchObject([
      { person: 'ana', text: expect.stringContaining('resolve it?') },
    ]);
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'resolve_quiet', at: at(1820) }]);
    expect(incident.ask({ type: 'expire_acknowledgement' }, { seconds: 500 })).toBe('unchanged');
    expect(incident.ask({ type: 'resolve_quiet' }, { seconds: 1819 })).toBe('unchanged');
    expect(incident.ask({ type: 'resolve_quiet' }, { seconds: 1820 })).toBe('accepted');
    expect(incident.events.at(-1)).toMatchObject({ kind: 'resolved', data: { because: 'quiet' } });
    expect(incident.state).toMatchObject({ status: 'resolved', resolvesAt: null });
  });

  it('goes on for as long as people do something', () => {
    const incident = acknowledged();
    closes(incident, 20);
    incident.ask({ type: 'note', text: 'still on it' }, { seconds: 1000, actor: 'ana' });
    expect(incident.ask({ type: 'resolve_quiet' }, { seconds: 1820 })).toBe('unchanged');
    incident.ask({ type: 'note', text: 'a script' }, { seconds: 2000, actor: 'key:ci' });
    expect(nextDeadline(incident.state, 0)).toBe(at(2800));
  });

  it('asks no second required team, until something fires again', () => {
    const incident = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    incident.page(['ana']);
    incident.page(['gus'], { escalation: 'trust' });
    incident.acknowledge('ana');
    closes(incident, 20);
    expect(incident.duePages).toEqual([]);
    fires(incident, 600);
    expect(incident.duePages).toEqual(['trust 1/1']);
    expect(incident.state).toMatchObject({
      resolutionProposed: false,
      resolvesAt: null,
      ackExpiresAt: at(2400),
    });
  });

  it('does not end a snooze into a page; when it fires again the snooze counts', () => {
    const incident = acknowledged([checkoutEscalation], 0);
    incident.ask({ type: 'snooze', until: at(900) }, { seconds: 15, actor: 'ana' });
    closes(incident, 20);
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'resolve_quiet', at: at(1820) }]);
    expect(incident.ask({ type: 'end_snooze' }, { seconds: 1000 })).toBe('unchanged');
    fires(incident, 1000);
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'end_snooze', at: at(900) }]);
  });

  it('does what a person asks for all the same', () => {
    const incident = acknowledged();
    closes(incident, 20);
    incident.ask({ type: 'unacknowledge', reason: null, to: 'bo' }, { seconds: 30, actor: 'ana' });
    expect(incident.duePages).toEqual(['checkout 2/0']);
    expect(nextDeadline(incident.state, 0)).not.toBeNull();
    expect(incident.ask({ type: 'resolve_quiet' }, { seconds: 1830 })).toBe('accepted');
  });

  it('is over when whoever has it is gone', () => {
    const incident = acknowledged();
    closes(incident, 20);
    incident.ask({ type: 'person_left', person: 'ana', reason: 'was deleted' }, { seconds: 30 });
    expect(incident.state.status).toBe('resolved');
  });

  it('opened again by a person, it runs like any other', () => {
    const incident = acknowledged();
    closes(incident, 20);
    incident.ask({ type: 'resolve_quiet' }, { seconds: 1820 });
    incident.ask({ type: 'reopen', reason: 'not over' }, { seconds: 1900, actor: 'ana' });
    incident.acknowledge('ana', 1910);
    expect(dueWork(incident.state, 0)).toEqual([{ type: 'expire_acknowledgement', at: at(1970) }]);
  });
});

describe('an acknowledgement by a source', () => {
  const bySource = () => {
    const incident = new IncidentBuilder([checkoutEscalation]);
    incident.page(['ana']);
    incident.ask({ type: 'acknowledge', person: 'source:pd' }, { seconds: 10, actor: 'source:pd' });
    return incident;
  };

  it("makes it nobody's: it has no commander, and resolves with its alerts", () => {
    const incident = bySource();
    expect(incident.state).toMatchObject({ status: 'acknowledged', commander: null });
    closes(incident, 20);
    expect(incident.state.status).toBe('resolved');
  });

  it('gives way to the first person who answers', () => {
    const incident = bySource();
    incident.acknowledge('ana', 20);
    expect(incident.state).toMatchObject({ acknowledgedBy: 'ana', commander: 'ana', ackExpiresAt: at(1820) });
    closes(incident, 30);
    expect(incident.state.status).toBe('acknowledged');
  });
});

describe('a person resolves what fires', () => {
  it('closes it, says so, and its next message opens it again', () => {
    const incident = acknowledged();
    incident.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 20, actor: 'ana' });
    expect(incident.events.at(-1)).toMatchObject({ kind: 'resolved', data: { stillFiring: 1 } });
    expect(incident.state).toMatchObject({ alertsOpen: 0, firedWhenResolved: 1 });
    fires(incident, 25);
    expect(incident.events.at(-1)).toMatchObject({
      kind: 'reopened',
      data: { reason: `Replica lag still fires; ana resolved this at ${at(20)}` },
    });
    expect(incident.duePages).toEqual(['checkout 2/1']);
  });
});
