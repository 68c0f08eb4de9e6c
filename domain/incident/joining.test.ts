import { describe, expect, it } from '@jest/globals';
import type { PriorityWeight } from './commands.js';
import { foldEvents } from './fold.js';
import { holderNotice } from './holder-notice.js';
import { at, checkoutEscalation, IncidentBuilder, securityEscalation } from './testing/incident-builder.js';

const source = 'source:prometheus';
const p1: PriorityWeight = {
  priority: 'P1',
  reasons: ['severity critical'],
  by: null,
  engaged: [checkoutEscalation, securityEscalation],
  ackTimeoutMs: 1_800_000,
  wakes: true,
};
const fires = (incident: IncidentBuilder, weight: PriorityWeight | null = null) =>
  incident.ask(
    { type: 'join_alert', alert: 'alert-2', title: 'Replica lag', severity: 'critical', weight },
    { seconds: 100, actor: source },
  );
const absorbs = (incident: IncidentBuilder, unowned: boolean, weight: PriorityWeight | null = p1) =>
  incident.ask(
    { type: 'absorb', incident: 'i2', number: 'INC-2', alertsOpen: 1, alertsTotal: 1, unowned, weight },
    { seconds: 100, actor: 'mira' },
  );
const told = ({ events, state }: IncidentBuilder) =>
  events.flatMap((event) => (event.at === at(100) ? (holderNotice(event, state) ?? []) : []));

/** A warning that ana holds. */
function has({ snoozed = false, over = false } = {}): IncidentBuilder {
  const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3', ackTimeoutMs: 0 });
  incident.page(['ana']);
  incident.acknowledge('ana');
  if (snoozed) incident.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'ana' });
  if (over)
    incident.ask(
      { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
      { seconds: 30, actor: source },
    );
  return incident;
}

describe('a key that fires again', () => {
  it.each([
    ['acknowledged', has({ over: true })],
    ['acknowledged and snoozed', has({ over: true, snoozed: true })],
  ])('and is worse is paged as what it is, with the teams of it: %s', (_, incident) => {
    fires(incident, p1);
    expect(incident.state).toMatchObject({ status: 'triggered', priority: 'P1', snoozedUntil: null });
    expect(incident.duePages).toEqual(['checkout 2/1', 'trust 0/1']);
    expect(told(incident)).toMatchObject([
      { person: 'ana', text: expect.stringContaining('do not have INC-1 any more') },
    ]);
  });

  it('and is worse is paged as what it is when it was resolved', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3' });
    incident.ask(
      { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
      { seconds: 30, actor: source },
    );
    fires(incident, p1);
    expect(incident.state).toMatchObject({ status: 'triggered', priority: 'P1' });
    expect(incident.duePages).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it.each([
    ['has it', has({ over: true }), 'You have it'],
    ['has it and snoozed it', has({ over: true, snoozed: true }), 'You have it'],
  ])('is told to whoever %s, who keeps it', (_, incident, words) => {
    fires(incident);
    expect(incident.state.status).toBe('acknowledged');
    expect(incident.duePages).toEqual([]);
    expect(told(incident)).toMatchObject([{ person: 'ana', text: expect.stringContaining(words) }]);
  });

  it('is told to whoever has a storm each time the alerts of it have doubled', () => {
    const incident = has();
    for (const alert of ['alert-2', 'alert-3', 'alert-4', 'alert-5'])
      incident.ask(
        { type: 'join_alert', alert, title: `Lag of ${alert}`, severity: 'critical', folded: true },
        { seconds: 100, actor: source },
      );
    const texts = incident.events.flatMap((event, index) => {
      const state = foldEvents('incident-1', null, incident.events.slice(0, index + 1));
      return event.at === at(100) ? (holderNotice(event, state)?.text ?? []) : [];
    });
    expect(texts).toEqual([
      expect.stringMatching(/has 2 alerts now; the newest: Lag of alert-2/),
      expect.stringMatching(/has 4 alerts now; the newest: Lag of alert-4/),
    ]);
  });

  it('within the snooze of a person who has not acknowledged stays put off (grafana-cold-storage/oncall#4180)', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P2' });
    incident.page(['ana']);
    incident.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'ana' });
    incident.ask({ type: 'close_alert', alert: 'alert-1', title: 'Lag' }, { seconds: 30, actor: source });
    fires(incident);
    expect(incident.state).toMatchObject({ status: 'triggered', snoozedUntil: at(30_000) });
    expect(incident.duePages).toEqual([]);
    expect(told(incident)).toMatchObject([
      { person: 'ana', text: expect.stringContaining('You snoozed it') },
    ]);
  });

  it('is told to whoever snoozed it without having it', () => {
    const incident = new IncidentBuilder([checkoutEscalation]);
    incident.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'bo' });
    fires(incident);
    expect(told(incident)).toMatchObject([{ person: 'bo', text: expect.stringContaining('You snoozed it') }]);
  });

  it('leaves the priority that a person set', () => {
    const incident = has({ over: true });
    incident.setPriority({ priority: 'P4', by: 'ana' }, { seconds: 40, actor: 'ana' });
    fires(incident, p1);
    expect(incident.state).toMatchObject({ priority: 'P4', status: 'acknowledged' });
  });
});

describe('a merge of what nobody has', () => {
  it.each([
    ['acknowledged', has()],
    ['acknowledged and snoozed', has({ snoozed: true })],
    ['acknowledged and over', has({ over: true })],
  ])('pages the higher priority with its teams: %s', (_, incident) => {
    absorbs(incident, true);
    expect(incident.state).toMatchObject({
      status: 'triggered',
      priority: 'P1',
      snoozedUntil: null,
    });
    expect(incident.state.resolvesAt ?? null).toBeNull();
    expect(incident.duePages).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it('wakes a snoozed one that nobody has', () => {
    const incident = new IncidentBuilder([checkoutEscalation], { priority: 'P3' });
    incident.ask({ type: 'snooze', until: at(30_000) }, { seconds: 20, actor: 'bo' });
    absorbs(incident, true);
    expect(incident.duePages).toEqual(['checkout 2/1', 'trust 0/1']);
  });

  it('raises also what a person set lower: whoever merges sees both', () => {
    const incident = has();
    incident.setPriority({ priority: 'P4', by: 'ana' }, { seconds: 40, actor: 'ana' });
    absorbs(incident, true);
    expect(incident.state).toMatchObject({ priority: 'P1', status: 'triggered' });
  });

  it('of the same priority is told to whoever has it', () => {
    const incident = has({ over: true });
    absorbs(incident, true, null);
    expect(incident.state).toMatchObject({ status: 'acknowledged', resolvesAt: null, alertsOpen: 1 });
    expect(told(incident)).toMatchObject([
      { person: 'ana', text: expect.stringContaining('INC-2 was merged') },
    ]);
  });

  it('leaves it with its holder when somebody has the other one too', () => {
    const incident = has();
    absorbs(incident, false);
    expect(incident.state).toMatchObject({ status: 'acknowledged', priority: 'P1' });
    expect(incident.duePages).toEqual(['trust 0/1']);
    expect(told(incident).map(({ person }) => person)).toEqual(['ana', 'ana']);
  });
});
