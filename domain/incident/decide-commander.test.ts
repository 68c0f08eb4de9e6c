import { describe, expect, it } from '@jest/globals';
import type { IncidentEvent } from './events.js';
import { foldEvents } from './fold.js';
import { at, IncidentBuilder, securityEscalation, checkoutEscalation } from './testing/incident-builder.js';

const incident = (): IncidentBuilder => new IncidentBuilder();

/** `becomesCommander` of each acknowledgement so far. */
const taken = ({ events }: IncidentBuilder): (boolean | undefined)[] =>
  events.flatMap((event) => (event.kind === 'acknowledged' ? [event.data.becomesCommander] : []));

const unacknowledge = (one: IncidentBuilder, actor: string, seconds: number): string =>
  one.ask({ type: 'unacknowledge', reason: null }, { actor, seconds });

const assign = (one: IncidentBuilder, person: string): string =>
  one.ask({ type: 'assign_role', role: 'commander', person }, { actor: person });

describe('the commander', () => {
  it('the first person to acknowledge, and no later one', () => {
    const one = incident();
    one.acknowledge('ana');
    one.acknowledge('bo', 20);
    expect([taken(one), one.state.commander]).toEqual([[true, false], 'ana']);
  });

  it('nobody by the acknowledgement of a source; the first person after it', () => {
    const one = incident();
    one.ask({ type: 'acknowledge', person: 'source:prometheus' }, { actor: 'source:prometheus' });
    expect(one.state.commander).toBeNull();
    one.acknowledge('ana');
    expect([taken(one), one.state.commander]).toEqual([[false, true], 'ana']);
  });

  it('nobody when the role was assigned before', () => {
    const one = incident();
    assign(one, 'cleo');
    one.acknowledge('ana');
    expect([taken(one), one.state.commander]).toEqual([[false], 'cleo']);
  });

  it('the first of those who stay when the commander was deleted', () => {
    const one = new IncidentBuilder([checkoutEscalation, securityEscalation]);
    for (const escalation of ['checkout', 'trust'])
      one.page(['ana', 'bo'], { escalation, everyone: true, seconds: 1 });
    one.acknowledge('bo', 5, ['checkout', 'trust']);
    one.acknowledge('ana', 6, ['checkout', 'trust']);
    one.ask({ type: 'person_left', person: 'bo', reason: 'was deleted' }, { seconds: 9 });
    expect(one.state.commander).toBeNull();
    one.acknowledge('ana', 20);
    expect(one.state.commander).toBe('ana');
  });
});

describe('who leaves command', () => {
  it('a commander by first acknowledgement who unacknowledges', () => {
    const one = incident();
    one.acknowledge('ana');
    unacknowledge(one, 'ana', 20);
    expect(one.events.at(-1)).toMatchObject({ data: { stopsBeingCommander: true } });
    expect(one.state.commander).toBeNull();
  });

  it('not an assigned one', () => {
    const one = incident();
    one.acknowledge('ana');
    assign(one, 'ana');
    unacknowledge(one, 'ana', 20);
    expect(one.events.at(-1)).toMatchObject({ data: { stopsBeingCommander: false } });
    expect(one.state.commander).toBe('ana');
  });

  it('not a commander whose acknowledgement somebody else ends', () => {
    const one = incident();
    one.acknowledge('ana');
    unacknowledge(one, 'bo', 20);
    expect(one.state.commander).toBe('ana');
  });
});

describe('events stored before they carried it', () => {
  const stored = (one: IncidentBuilder): IncidentEvent[] =>
    one.events.map((event): IncidentEvent => {
      if (event.kind === 'acknowledged') {
        const { becomesCommander: _taken, ...data } = event.data;
        return { ...event, data };
      }
      if (event.kind === 'unacknowledged') return { ...event, data: { reason: event.data.reason } };
      return event;
    });

  it('keep their meaning: the first person took command and left it by unacknowledging', () => {
    const one = incident();
    one.ask({ type: 'acknowledge', person: 'source:prometheus' }, { actor: 'source:prometheus' });
    one.acknowledge('ana');
    one.acknowledge('bo', 20);
    expect(foldEvents('incident-1', null, stored(one)).commander).toBe('ana');
    unacknowledge(one, 'ana', 30);
    expect(foldEvents('incident-1', null, stored(one)).commander).toBeNull();
    one.acknowledge('bo', 40);
    expect(foldEvents('incident-1', null, stored(one))).toEqual(one.state);
  });

  it('the event decides, not the fold: what was decided otherwise stays', () => {
    const one = incident();
    one.acknowledge('ana');
    const acknowledged = one.events.at(-1);
    if (acknowledged?.kind !== 'acknowledged') throw new Error('not acknowledged');
    const decidedOtherwise = {
      ...acknowledged,
      at: at(10),
      data: { ...acknowledged.data, becomesCommander: false },
    };
    const events = [...one.events.slice(0, -1), decidedOtherwise];
    expect(foldEvents('incident-1', null, events).commander).toBeNull();
  });
});
