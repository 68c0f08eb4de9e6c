import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentCommand } from './commands.js';
import { dueWork, nextDeadline } from './deadline.js';
import { foldEvents } from './fold.js';
import { at, checkoutEscalation, IncidentBuilder, securityEscalation } from './testing/incident-builder.js';

const person = fc.constantFrom('ana', 'bo', 'gus');
const command: fc.Arbitrary<IncidentCommand | 'act'> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('act' as const) },
  person.map((name): IncidentCommand => ({ type: 'acknowledge', person: name })),
  person.map((name): IncidentCommand => ({ type: 'decline', person: name, comment: null })),
  fc.constantFrom<IncidentCommand>(
    { type: 'expire_acknowledgement' },
    { type: 'unacknowledge', reason: null },
    { type: 'end_snooze' },
    { type: 'resolve', comment: null, because: 'person' },
    { type: 'reopen', reason: null },
    { type: 'note', text: 'hello' },
    { type: 'escalate', step: null, escalation: null, reason: 'asked' },
    { type: 'escalate', step: 1, escalation: 'checkout', reason: 'asked' },
    { type: 'join_alert', alert: 'alert-2', title: 'Other', severity: 'error' },
    { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
    { type: 'leave_step', escalation: 'trust', stepRef: { cycle: 0, step: 1 }, reason: 'dead' },
  ),
  fc
    .integer({ min: 1, max: 5000 })
    .map((seconds): IncidentCommand => ({ type: 'snooze', until: at(seconds) })),
);

/** Runs commands at rising times; `act` is the workflow or the pager executing the first due work. */
function play(commands: readonly { command: IncidentCommand | 'act'; after: number }[]): IncidentBuilder {
  const incident = new IncidentBuilder([checkoutEscalation, securityEscalation], { ackTimeoutMs: 60_000 });
  let seconds = 0;
  for (const { command: next, after } of commands) {
    seconds += after;
    if (next !== 'act') {
      incident.ask(next, { seconds, actor: 'person' in next ? next.person : 'ana' });
      continue;
    }
    const duePages = dueWork(incident.state, 0)[0];
    if (duePages?.type === 'page') {
      const catchAll = duePages.due.step > (incident.escalation(duePages.escalation)?.steps ?? 0);
      incident.page([duePages.escalation === 'trust' ? 'gus' : 'ana'], {
        escalation: duePages.escalation,
        ...duePages.due,
        seconds,
        catchAll,
      });
    }
  }
  return incident;
}

const trace = fc.array(fc.record({ command, after: fc.integer({ min: 0, max: 400 }) }), { maxLength: 40 });

it('folding the events again, in any cut and with repeats, gives the same state', () => {
  fc.assert(
    fc.property(trace, fc.nat(), (commands, cut) => {
      const { events, state } = play(commands);
      expect(foldEvents(state.id, null, events)).toEqual(state);
      const half = 1 + (cut % events.length);
      const first = foldEvents(state.id, null, events.slice(0, half));
      expect(foldEvents(state.id, first, events)).toEqual(state);
    }),
    { numRuns: 300 },
  );
});

it('no step of an escalation is paged twice: cycles only grow', () => {
  fc.assert(
    fc.property(trace, (commands) => {
      const paged = play(commands).events.flatMap((event) =>
        event.kind === 'paged' ? [`${event.data.escalation}/${event.data.cycle}/${event.data.step}`] : [],
      );
      expect(new Set(paged).size).toBe(paged.length);
    }),
    { numRuns: 300 },
  );
});

it('while nobody has answered, something is owed or everybody has been told', () => {
  fc.assert(
    fc.property(trace, (commands) => {
      const { state } = play(commands);
      if (state.status !== 'triggered') return;
      const exhausted = state.escalations.every(
        (escalation) => escalation.phase === 'exhausted' || escalation.phase === 'answered',
      );
      expect(nextDeadline(state, 0) !== null || exhausted).toBe(true);
      expect(state.escalations.some((escalation) => escalation.phase !== 'answered')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('an incident is closed only through its post-mortem', () => {
  fc.assert(
    fc.property(trace, (commands) => {
      expect(play(commands).state.status).not.toBe('closed');
    }),
    { numRuns: 200 },
  );
});
