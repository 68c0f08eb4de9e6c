import { describe, expect, it } from '@jest/globals';
import { dueWork } from './deadline.js';
import { nextUpdateDue, nextUpdateReminder } from './owed-updates.js';
import { at, checkoutEscalation, IncidentBuilder } from './testing/incident-builder.js';

const EVERY = 1800;
const DAY = 86_400;

const asked = () =>
  new IncidentBuilder([checkoutEscalation], { ackTimeoutMs: 0, updatesEveryMs: EVERY * 1000 });

function held(): IncidentBuilder {
  const incident = asked();
  incident.page(['ana']);
  incident.acknowledge('ana', 10);
  return incident;
}

const remind = (incident: IncidentBuilder, reminder: number, seconds: number) =>
  incident.ask({ type: 'remind_update', reminder, people: ['ana'] }, { seconds });
const dueAt = ({ state }: IncidentBuilder) => nextUpdateDue(state);
const reminders = ({ state }: IncidentBuilder) =>
  dueWork(state, 0).flatMap((work) => (work.type === 'remind_update' ? [work.at] : []));

describe('an update that the plan asks for', () => {
  it('is owed by nobody before somebody has the incident', () => {
    const incident = asked();
    incident.page(['ana']);
    expect([dueAt(incident), reminders(incident)]).toEqual([null, []]);
    expect(remind(incident, 1, 10_000)).toBe('unchanged');
  });

  it('is due that long after somebody took it, and is reminded of once at that time', () => {
    const incident = held();
    expect([dueAt(incident), reminders(incident)]).toEqual([at(10 + EVERY), [at(10 + EVERY)]]);
    expect(remind(incident, 1, 9 + EVERY)).toBe('unchanged');
    expect(remind(incident, 2, 10 + EVERY)).toBe('unchanged');
    expect(remind(incident, 1, 10 + EVERY)).toBe('accepted');
    expect(remind(incident, 1, 11 + EVERY)).toBe('unchanged');
    expect(incident.events.at(-1)).toMatchObject({
      kind: 'update_overdue',
      data: { reminder: 1, people: ['ana'], due: at(10 + EVERY) },
    });
    expect(dueAt(incident)).toBe(at(10 + EVERY));
  });

  it('is reminded of at that pace three times, then once a day', () => {
    const incident = held();
    const times = [1, 2, 3, 4, 5].map((reminder) => {
      const next = nextUpdateReminder(incident.state);
      const seconds = (Date.parse(next?.at ?? '') - Date.parse(at(0))) / 1000;
      expect(remind(incident, reminder, seconds)).toBe('accepted');
      return seconds - 10;
    });
    expect(times).toEqual([EVERY, 2 * EVERY, 3 * EVERY, 3 * EVERY + DAY, 3 * EVERY + 2 * DAY]);
  });

  it.each([
    ['a note of the holder', 'ana', 1000],
    ['a note of somebody else', 'bo', 1000],
    ['a note of a key', 'key:ci', 10],
    ['a note of the engine', 'tocsin', 10],
  ])('%s restarts the clock when a person wrote it', (_, actor, from) => {
    const incident = held();
    incident.ask({ type: 'note', text: 'Failing over now.' }, { seconds: 1000, actor });
    expect(dueAt(incident)).toBe(at(from + EVERY));
  });

  it('is owed anew after an overdue one was written', () => {
    const incident = held();
    remind(incident, 1, 10 + EVERY);
    incident.ask({ type: 'note', text: 'Sorry: still failing over.' }, { seconds: 3000, actor: 'ana' });
    expect(nextUpdateReminder(incident.state)).toEqual({ at: at(3000 + EVERY), reminder: 1 });
  });

  it.each([
    ['resolved', { type: 'resolve', comment: null, because: 'person' }],
    ['snoozed', { type: 'snooze', until: at(5000) }],
    ['unacknowledged', { type: 'unacknowledge', reason: null }],
    ['quiet', { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' }],
  ] as const)('is not owed while the incident is %s', (_, command) => {
    const incident = held();
    expect(incident.ask(command, { seconds: 100, actor: 'ana' })).toBe('accepted');
    expect([dueAt(incident), reminders(incident)]).toEqual([null, []]);
    expect(remind(incident, 1, 10 + EVERY)).toBe('unchanged');
  });

  it('is not owed to a source that acknowledged: it can write none', () => {
    const incident = asked();
    const actor = 'source:pagerduty';
    incident.ask({ type: 'acknowledge', person: actor }, { seconds: 10, actor });
    expect([incident.state.status, dueAt(incident)]).toEqual(['acknowledged', null]);
  });

  it('follows the priority: another pace counts from the change, and a plan without it ends it', () => {
    const incident = held();
    incident.setPriority({ priority: 'P2', updatesEveryMs: 3_600_000 }, { seconds: 600, actor: 'ana' });
    expect(dueAt(incident)).toBe(at(600 + 3600));
    incident.setPriority({ priority: 'P3', updatesEveryMs: 0 }, { seconds: 700, actor: 'ana' });
    expect(dueAt(incident)).toBeNull();
  });

  it('is in no state of an incident whose plan asks for none', () => {
    const incident = new IncidentBuilder();
    incident.acknowledge('ana');
    expect(incident.state).not.toHaveProperty('updates');
  });
});
