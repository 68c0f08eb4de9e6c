import { describe, expect, it } from '@jest/globals';
import type { IncidentCommand } from './commands.js';
import { decide } from './decide.js';
import { positionOf } from './position.js';
import { at, IncidentBuilder } from './testing/incident-builder.js';
import { SAME_REQUEST_MS } from './decide-escalation-request.js';

const escalation = { type: 'escalate', step: null, escalation: null, reason: 'help' } as const;
const steps = (incident: IncidentBuilder) =>
  incident.events.flatMap((event) => (event.kind === 'escalated' ? [event.data.step] : []));

describe('two who escalate at once (goalert#2775)', () => {
  const paged = () => {
    const incident = new IncidentBuilder([
      { name: 'checkout', team: 'checkout', discipline: '', required: false, steps: 4, repeat: 0 },
    ]);
    incident.page(['ana']);
    return incident;
  };

  it('go one step further, never two: before the next step is paged, and just after', () => {
    const incident = paged();
    expect(incident.ask(escalation, { seconds: 10, actor: 'ana', unseen: true })).toBe('accepted');
    expect(incident.ask(escalation, { seconds: 10, actor: 'root', unseen: true })).toBe('unchanged');
    incident.page(['bo'], { step: 2, seconds: 11 });
    expect(incident.ask(escalation, { seconds: 12, actor: 'ana', unseen: true })).toBe('unchanged');
    expect(steps(incident)).toEqual([2]);
  });

  it('nor does one in the moment in which nobody answered for too long', () => {
    const incident = paged();
    incident.page(['bo'], { step: 2, seconds: 300 });
    expect(incident.ask(escalation, { seconds: 301, actor: 'ana', unseen: true })).toBe('unchanged');
  });

  it('a person who asks a little after the clock did is heard: no page is lost', () => {
    const incident = paged();
    incident.page(['bo'], { step: 2, seconds: 300 });
    expect(incident.ask(escalation, { seconds: 305, actor: 'ana', unseen: true })).toBe('accepted');
    expect(steps(incident)).toEqual([2, 3]);
  });

  it('the people of the new step may ask for more at once, and everybody a while later', () => {
    const incident = paged();
    incident.ask(escalation, { seconds: 10, actor: 'ana', unseen: true });
    incident.page(['bo'], { step: 2, seconds: 11 });
    expect(incident.ask(escalation, { seconds: 12, actor: 'bo', unseen: true })).toBe('accepted');
    incident.page(['cleo'], { step: 3, seconds: 13 });
    expect(
      incident.ask(escalation, { seconds: 12 + SAME_REQUEST_MS / 1000, actor: 'ana', unseen: true }),
    ).toBe('accepted');
    expect(steps(incident)).toEqual([2, 3, 4]);
  });

  it('a named step, twice, is paged once', () => {
    const incident = paged();
    expect(incident.ask({ ...escalation, step: 3 }, { seconds: 10, actor: 'ana', unseen: true })).toBe(
      'accepted',
    );
    expect(incident.ask({ ...escalation, step: 3 }, { seconds: 10, actor: 'bo', unseen: true })).toBe(
      'unchanged',
    );
  });

  it('an acknowledged incident is unacknowledged once', () => {
    const incident = paged();
    incident.acknowledge('ana');
    expect(incident.ask(escalation, { seconds: 20, actor: 'ana', unseen: true })).toBe('accepted');
    expect(incident.ask(escalation, { seconds: 20, actor: 'root', unseen: true })).toBe('unchanged');
    expect(steps(incident)).toEqual([2]);
  });
});

describe('what was decided about a state that is past', () => {
  const active: IncidentCommand[] = [
    { type: 'acknowledge', person: 'cleo' },
    escalation,
    { type: 'unacknowledge', reason: null },
    { type: 'unacknowledge', reason: null, to: 'cleo' },
    { type: 'snooze', until: at(90_000) },
    { type: 'resolve', comment: null, because: 'person' },
    { type: 'merge', into: 'other', number: 'INC-9', drill: null },
  ];
  const ask = (incident: IncidentBuilder, command: IncidentCommand, seen: string) =>
    decide(incident.state, command, { actor: 'cleo', now: at(100), seen });

  it.each(active)('$type is refused when somebody else has it meanwhile', (command) => {
    const incident = new IncidentBuilder();
    incident.page(['ana', 'bo']);
    incident.acknowledge('ana');
    const seen = positionOf(incident.state);
    incident.ask({ type: 'unacknowledge', reason: null }, { seconds: 20, actor: 'ana' });
    incident.page(['ana', 'bo'], { cycle: 2, seconds: 21 });
    incident.acknowledge('bo', 30);
    const decision = ask(incident, command, seen);
    expect(decision).toMatchObject({ kind: 'refused', code: 'moved_on' });
    expect(decision).toMatchObject({ detail: expect.stringContaining('bo has INC-1 now') });
    expect(ask(incident, command, positionOf(incident.state)).kind).toBe('accepted');
  });

  it('escalating passes over no step that was reached meanwhile, acknowledging still counts', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    const seen = positionOf(incident.state);
    incident.page(['bo'], { step: 2, seconds: 300 });
    expect(ask(incident, escalation, seen)).toMatchObject({ kind: 'refused', code: 'moved_on' });
    expect(ask(incident, { type: 'acknowledge', person: 'ana' }, seen)).toMatchObject({ kind: 'accepted' });
  });

  it('a note is always welcome, and what is refused anyway says its own reason', () => {
    const incident = new IncidentBuilder();
    incident.page(['ana']);
    const seen = positionOf(incident.state);
    incident.ask({ type: 'resolve', comment: null, because: 'person' }, { seconds: 5, actor: 'ana' });
    expect(ask(incident, { type: 'note', text: 'It was the disk.' }, seen).kind).toBe('accepted');
    expect(ask(incident, escalation, seen)).toMatchObject({ kind: 'refused', code: 'already_resolved' });
    expect(ask(incident, { type: 'reopen', reason: null }, 'nonsense')).toMatchObject({ code: 'moved_on' });
  });
});

describe('one who cannot take it, by a text that came twice (goalert#2775)', () => {
  it('goes one step further, also when the next step asks the same person', () => {
    const incident = new IncidentBuilder([
      { name: 'checkout', team: 'checkout', discipline: '', required: false, steps: 4, repeat: 0 },
    ]);
    incident.page(['ana']);
    const no = { type: 'decline', person: 'ana', comment: null } as const;
    expect(incident.ask(no, { seconds: 10, actor: 'ana', unseen: true })).toBe('accepted');
    incident.page(['ana', 'bo'], { step: 2, seconds: 11 });
    expect(incident.ask(no, { seconds: 12, actor: 'ana', unseen: true })).toBe('unchanged');
    // A later decline cannot be the same text delivered twice, so it is accepted.
    expect(incident.ask(no, { seconds: 10 + SAME_REQUEST_MS / 1000, actor: 'ana', unseen: true })).toBe(
      'accepted',
    );
    expect(steps(incident)).toEqual([2, 3]);
  });
});
