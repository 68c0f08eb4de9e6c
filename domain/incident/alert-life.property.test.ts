/**
 * Random sequences over two keys and two teams against a plain model, which knows only a key's last message, its incident, and
 * whether a person has requested people since.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Priority, Severity } from '../config/terms.js';
import { isPerson } from './holder.js';
import { nextDeadline } from './deadline.js';
import { AlertEngine, type Paged } from './testing/alert-engine.js';

const KEYS = ['backup', 'disk'] as const;
const STILL_FIRING_MS = 15 * 60_000;

type Op =
  | { do: 'trigger' | 'resolve' | 'source_acknowledge'; key: string; severity: Severity }
  | {
      do: 'acknowledge' | 'resolve_by_hand' | 'unacknowledge' | 'escalate' | 'note' | 'reopen';
      person: string;
      at: number;
    }
  | { do: 'snooze'; person: string; at: number; minutes: number }
  | { do: 'priority'; person: string; at: number; priority: Priority }
  | { do: 'merge'; person: string; from: number; into: number }
  | { do: 'delete'; person: string };

const person = fc.constantFrom('ana', 'bo', 'gus');
const severity = fc.constantFrom<Severity>('critical', 'error', 'warning');
const at = fc.nat(3);
const op: fc.Arbitrary<Op> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'trigger' as const,
        'trigger' as const,
        'resolve' as const,
        'source_acknowledge' as const,
      ),
      key: fc.constantFrom(...KEYS),
      severity,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...([
          'acknowledge',
          'acknowledge',
          'resolve_by_hand',
          'unacknowledge',
          'escalate',
          'note',
          'reopen',
        ] as const),
      ),
      person,
      at,
    }),
  },
  fc.record({ do: fc.constant('snooze' as const), person, at, minutes: fc.integer({ min: 1, max: 200 }) }),
  fc.record({
    do: fc.constant('priority' as const),
    person,
    at,
    priority: fc.constantFrom<Priority>('P1', 'P2', 'P3', 'P4'),
  }),
  fc.record({ do: fc.constant('merge' as const), person, from: at, into: at }),
  fc.record({ do: fc.constant('delete' as const), person }),
);
const life = fc.array(fc.record({ op, minutes: fc.integer({ min: 0, max: 25 }) }), { maxLength: 30 });

/** State that is known without looking inside the engine. */
class Model {
  /** Keys whose last message fires and that no person has resolved since, with their incident. */
  readonly firing = new Map<string, string>();
  /** Incidents for which a person requested people after everything was over. */
  readonly asked = new Set<string>();

  firesIn(incident: string): boolean {
    return [...this.firing.values()].includes(incident);
  }

  asks(incident: string): void {
    if (!this.firesIn(incident)) this.asked.add(incident);
  }

  over(incident: string): void {
    for (const [key, where] of this.firing) if (where === incident) this.firing.delete(key);
    this.asked.delete(incident);
  }
}

function play(engine: AlertEngine, model: Model, one: Op): void {
  const ids = [...engine.incidents.keys()];
  const pick = (index: number): string | undefined => ids[index % Math.max(1, ids.length)];
  if ('key' in one) {
    const action = one.do === 'source_acknowledge' ? 'acknowledge' : one.do;
    if (action === 'acknowledge' && !model.firing.has(one.key)) return;
    const decision = engine.send(one.key, action, one.severity);
    if (action === 'resolve') model.firing.delete(one.key);
    if (action === 'trigger' && decision.kind !== 'waiting') {
      const alert = engine.alerts.findLast(({ key }) => key === one.key);
      // An accepted message opens the key's alert, whatever was there before.
      expect(alert?.status).toBe('open');
      if (decision.kind === 'new') model.asked.delete(alert?.incident ?? '');
      model.firing.set(one.key, alert?.incident ?? '');
    }
    return;
  }
  if (one.do === 'delete') return remove(engine, one.person);
  if (!engine.people.has(one.person)) return;
  if (one.do === 'merge') {
    const [from, into] = [pick(one.from), pick(one.into)];
    if (from === undefined || into === undefined || !engine.merge(from, into, one.person)) return;
    for (const [key, where] of model.firing) if (where === from) model.firing.set(key, into);
    if (model.asked.has(from)) model.asked.add(into);
    return;
  }
  const incident = pick(one.at);
  if (incident !== undefined) askOf(engine, model, incident, one);
}

function askOf(
  engine: AlertEngine,
  model: Model,
  incident: string,
  one: Exclude<Op, { key: string } | { do: 'delete' } | { do: 'merge' }>,
): void {
  const { person: actor } = one;
  switch (one.do) {
    case 'acknowledge':
      return void engine.ask(incident, { type: 'acknowledge', person: actor, teams: teamsOf(actor) }, actor);
    case 'resolve_by_hand':
      if (engine.ask(incident, { type: 'resolve', comment: null, because: 'person' }, actor) === 'accepted')
        model.over(incident);
      return;
    case 'note':
      return void engine.ask(incident, { type: 'note', text: 'still on it' }, actor);
    case 'snooze': {
      const until = new Date(engine.nowMs + one.minutes * 60_000).toISOString();
      return void engine.ask(incident, { type: 'snooze', until }, actor);
    }
    case 'priority':
      engine.setPriority(incident, one.priority, actor);
      // A person who raises the priority during the quiet time requests the people of the new priority.
      return model.asks(incident);
    case 'unacknowledge':
    case 'escalate':
    case 'reopen': {
      const outcome = engine.ask(
        incident,
        one.do === 'escalate'
          ? { type: 'escalate', step: null, escalation: null, reason: 'asked' }
          : { type: one.do, reason: null },
        actor,
      );
      if (outcome === 'accepted') model.asks(incident);
    }
  }
}

const teamsOf = (name: string): string[] => (name === 'gus' ? ['trust'] : ['checkout']);

/** Removes a person and their open work, as the record does (`db/incident/gone-responders.ts`). */
function remove(engine: AlertEngine, gone: string): void {
  engine.people.delete(gone);
  for (const id of engine.incidents.keys())
    engine.ask(id, { type: 'person_left', person: gone, reason: 'was deleted' }, 'tocsin');
}

function check(engine: AlertEngine, model: Model, paged: readonly Paged[]): void {
  for (const { incident, people } of paged) {
    // An incident that is over sends no pages.
    if (!model.firesIn(incident)) expect(model.asked).toContain(incident);
    // No page goes to a person who cannot answer.
    for (const name of people) expect(name === 'root' || engine.people.has(name)).toBe(true);
  }
  for (const name of engine.told.splice(0)) expect(engine.people.has(name)).toBe(true);

  for (const [key, incident] of model.firing) {
    const state = engine.state(incident);
    // A firing alert belongs to an incident that is not over, and is open there.
    expect(['triggered', 'acknowledged']).toContain(state.status);
    expect(
      engine.alerts.some(
        (alert) => alert.key === key && alert.status === 'open' && alert.incident === incident,
      ),
    ).toBe(true);
  }
  for (const [id, state] of engine.incidents) {
    if (state.mergedInto !== null) continue;
    expect(state.alertsOpen).toBe([...model.firing.values()].filter((where) => where === id).length);
    expect(state.commander === null || isPerson(state.commander)).toBe(true);
    const { acknowledgedBy, status } = state;
    // The holder is an existing person.
    if (status === 'acknowledged' && acknowledgedBy !== null && isPerson(acknowledgedBy))
      expect(engine.people.has(acknowledgedBy)).toBe(true);
    if (!model.firesIn(id) || (status === 'acknowledged' && isPerson(acknowledgedBy ?? 'tocsin'))) continue;
    // It fires without a holder: a page is due, or the record gives the reason.
    const isSaid = state.escalations.every(({ phase }) => phase === 'exhausted' || phase === 'answered');
    expect(nextDeadline(state, 0) !== null || isSaid).toBe(true);
  }
}

it.each([0, STILL_FIRING_MS])(
  'what fires and nobody has is paged, nothing is paged for what is over, nobody is asked who cannot answer (stillFiring %i ms)',
  (stillFiringMs) => {
    fc.assert(
      fc.property(life, (steps) => {
        const engine = new AlertEngine(stillFiringMs);
        const model = new Model();
        for (const { op: one, minutes } of steps) {
          engine.nowMs += minutes * 60_000;
          check(engine, model, engine.act());
          play(engine, model, one);
          check(engine, model, engine.act());
        }
        // Without further events it ends: paged to the last step, or resolved automatically.
        for (let hours = 0; hours < 24; hours += 1) {
          engine.nowMs += 3_600_000;
          check(engine, model, engine.act());
        }
      }),
      { numRuns: 200 },
    );
  },
);
