import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IncidentCommand } from './commands.js';
import { dueWork, nextDeadline } from './deadline.js';
import { foldEvents } from './fold.js';
import { at, checkoutTrack, IncidentStory, securityTrack } from './testing/incident-story.js';

const person = fc.constantFrom('ana', 'bo', 'gus');
const wish: fc.Arbitrary<IncidentCommand | 'act'> = fc.oneof(
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
    { type: 'escalate', step: null, track: null, reason: 'asked' },
    { type: 'escalate', step: 1, track: 'checkout', reason: 'asked' },
    { type: 'join_alert', alert: 'alert-2', title: 'Other', severity: 'error' },
    { type: 'close_alert', alert: 'alert-1', title: 'Replica lag' },
    { type: 'leave_step', track: 'trust', rung: { cycle: 0, step: 1 }, reason: 'dead' },
  ),
  fc
    .integer({ min: 1, max: 5000 })
    .map((seconds): IncidentCommand => ({ type: 'snooze', until: at(seconds) })),
);

/** Plays wishes at rising times; `act` is the workflow or the pager doing the first thing that is owed. */
function play(wishes: readonly { wish: IncidentCommand | 'act'; after: number }[]): IncidentStory {
  const story = new IncidentStory([checkoutTrack, securityTrack], { ackTimeoutMs: 60_000 });
  let seconds = 0;
  for (const { wish: next, after } of wishes) {
    seconds += after;
    if (next !== 'act') {
      story.ask(next, { seconds, actor: 'person' in next ? next.person : 'ana' });
      continue;
    }
    const owed = dueWork(story.state, 0)[0];
    if (owed?.type === 'page') {
      const catchAll = owed.due.step > (story.track(owed.track)?.steps ?? 0);
      story.page([owed.track === 'trust' ? 'gus' : 'ana'], {
        track: owed.track,
        ...owed.due,
        seconds,
        catchAll,
      });
    }
  }
  return story;
}

const trace = fc.array(fc.record({ wish, after: fc.integer({ min: 0, max: 400 }) }), { maxLength: 40 });

it('folding the events again, in any cut and with repeats, gives the same state', () => {
  fc.assert(
    fc.property(trace, fc.nat(), (wishes, cut) => {
      const { events, state } = play(wishes);
      expect(foldEvents(state.id, null, events)).toEqual(state);
      const half = 1 + (cut % events.length);
      const first = foldEvents(state.id, null, events.slice(0, half));
      expect(foldEvents(state.id, first, events)).toEqual(state);
    }),
    { numRuns: 300 },
  );
});

it('no rung of a track is ever paged twice: cycles only grow', () => {
  fc.assert(
    fc.property(trace, (wishes) => {
      const paged = play(wishes).events.flatMap((event) =>
        event.kind === 'paged' ? [`${event.data.track}/${event.data.cycle}/${event.data.step}`] : [],
      );
      expect(new Set(paged).size).toBe(paged.length);
    }),
    { numRuns: 300 },
  );
});

it('while nobody has answered, something is owed or everybody has been told', () => {
  fc.assert(
    fc.property(trace, (wishes) => {
      const { state } = play(wishes);
      if (state.status !== 'triggered') return;
      const exhausted = state.tracks.every(
        (track) => track.phase === 'exhausted' || track.phase === 'answered',
      );
      expect(nextDeadline(state, 0) !== null || exhausted).toBe(true);
      expect(state.tracks.some((track) => track.phase !== 'answered')).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it('an incident is closed only through its post-mortem', () => {
  fc.assert(
    fc.property(trace, (wishes) => {
      expect(play(wishes).state.status).not.toBe('closed');
    }),
    { numRuns: 200 },
  );
});
