/**
 * Random lives of two keys and two teams against a plain model, which knows of alerts no more than: what was said last about a key,
 * which incident it came to, and whether a person asked for somebody since.
 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Priority, Severity } from '../config/specs.js';
import { isPerson } from './holder.js';
import { nextDeadline } from './deadline.js';
import { AlertWorld, type Paged } from './testing/alert-world.js';

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

/** What anybody can know without looking inside. */
class Model {
  /** Keys that were last said to fire, and what a person has not resolved since; by the incident they came to. */
  readonly firing = new Map<string, string>();
  /** Incidents for which a person asked for somebody after all of it was over. */
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

function play(world: AlertWorld, model: Model, one: Op): void {
  const ids = [...world.incidents.keys()];
  const pick = (index: number): string | undefined => ids[index % Math.max(1, ids.length)];
  if ('key' in one) {
    const action = one.do === 'source_acknowledge' ? 'acknowledge' : one.do;
    if (action === 'acknowledge' && !model.firing.has(one.key)) return;
    const decision = world.send(one.key, action, one.severity);
    if (action === 'resolve') model.firing.delete(one.key);
    if (action === 'trigger' && decision.kind !== 'waiting') {
      const alert = world.alerts.findLast(({ key }) => key === one.key);
      // A message that is heard opens the key's alert, whatever there was before.
      expect(alert?.status).toBe('open');
      if (decision.kind === 'new') model.asked.delete(alert?.incident ?? '');
      model.firing.set(one.key, alert?.incident ?? '');
    }
    return;
  }
  if (one.do === 'delete') return remove(world, one.person);
  if (!world.people.has(one.person)) return;
  if (one.do === 'merge') {
    const [from, into] = [pick(one.from), pick(one.into)];
    if (from === undefined || into === undefined || !world.merge(from, into, one.person)) return;
    for (const [key, where] of model.firing) if (where === from) model.firing.set(key, into);
    if (model.asked.has(from)) model.asked.add(into);
    return;
  }
  const incident = pick(one.at);
  if (incident !== undefined) askOf(world, model, incident, one);
}

function askOf(
  world: AlertWorld,
  model: Model,
  incident: string,
  one: Exclude<Op, { key: string } | { do: 'delete' } | { do: 'merge' }>,
): void {
  const { person: actor } = one;
  switch (one.do) {
    case 'acknowledge':
      return void world.ask(incident, { type: 'acknowledge', person: actor, teams: teamsOf(actor) }, actor);
    case 'resolve_by_hand':
      if (world.ask(incident, { type: 'resolve', comment: null, because: 'person' }, actor) === 'accepted')
        model.over(incident);
      return;
    case 'note':
      return void world.ask(incident, { type: 'note', text: 'still on it' }, actor);
    case 'snooze': {
      const until = new Date(world.nowMs + one.minutes * 60_000).toISOString();
      return void world.ask(incident, { type: 'snooze', until }, actor);
    }
    case 'priority':
      world.setPriority(incident, one.priority, actor);
      // A person who raises what is quiet has asked for the people of the new priority.
      return model.asks(incident);
    case 'unacknowledge':
    case 'escalate':
    case 'reopen': {
      const outcome = world.ask(
        incident,
        one.do === 'escalate'
          ? { type: 'escalate', step: null, track: null, reason: 'asked' }
          : { type: one.do, reason: null },
        actor,
      );
      if (outcome === 'accepted') model.asks(incident);
    }
  }
}

const teamsOf = (name: string): string[] => (name === 'gus' ? ['trust'] : ['checkout']);

/** Whoever is gone has nothing any more, as the record finds out (`db/gone-responders.ts`). */
function remove(world: AlertWorld, gone: string): void {
  world.people.delete(gone);
  for (const id of world.incidents.keys())
    world.ask(id, { type: 'person_left', person: gone, reason: 'was deleted' }, 'tocsin');
}

function check(world: AlertWorld, model: Model, paged: readonly Paged[]): void {
  for (const { incident, people } of paged) {
    // Nothing pages for what is over.
    if (!model.firesIn(incident)) expect(model.asked).toContain(incident);
    // Nobody is asked who cannot answer.
    for (const name of people) expect(name === 'root' || world.people.has(name)).toBe(true);
  }
  for (const name of world.told.splice(0)) expect(world.people.has(name)).toBe(true);

  for (const [key, incident] of model.firing) {
    const state = world.state(incident);
    // What fires is in an incident that is not over, and is open there.
    expect(['triggered', 'acknowledged']).toContain(state.status);
    expect(
      world.alerts.some(
        (alert) => alert.key === key && alert.status === 'open' && alert.incident === incident,
      ),
    ).toBe(true);
  }
  for (const [id, state] of world.incidents) {
    if (state.mergedInto !== null) continue;
    expect(state.alertsOpen).toBe([...model.firing.values()].filter((where) => where === id).length);
    expect(state.commander === null || isPerson(state.commander)).toBe(true);
    const { acknowledgedBy, status } = state;
    // Who has it is somebody.
    if (status === 'acknowledged' && acknowledgedBy !== null && isPerson(acknowledgedBy))
      expect(world.people.has(acknowledgedBy)).toBe(true);
    if (!model.firesIn(id) || (status === 'acknowledged' && isPerson(acknowledgedBy ?? 'tocsin'))) continue;
    // It fires and nobody has it: somebody is owed a page, or it is said why not.
    const isSaid = state.tracks.every(({ phase }) => phase === 'exhausted' || phase === 'answered');
    expect(nextDeadline(state, 0) !== null || isSaid).toBe(true);
  }
}

it.each([0, STILL_FIRING_MS])(
  'what fires and nobody has is paged, nothing is paged for what is over, nobody is asked who cannot answer (stillFiring %i ms)',
  (stillFiringMs) => {
    fc.assert(
      fc.property(life, (steps) => {
        const world = new AlertWorld(stillFiringMs);
        const model = new Model();
        for (const { op: one, minutes } of steps) {
          world.nowMs += minutes * 60_000;
          check(world, model, world.act());
          play(world, model, one);
          check(world, model, world.act());
        }
        // Left alone, it comes to an end: paged to the last step, or resolved by itself.
        for (let hours = 0; hours < 24; hours += 1) {
          world.nowMs += 3_600_000;
          check(world, model, world.act());
        }
      }),
      { numRuns: 200 },
    );
  },
);
