/** The rungs of a track: where it stands, what comes next, what answers it. */
import type { EngagedTrack } from './events.js';
import type { IncidentState, Rung, TrackState } from './state.js';

export const openTrack = (engaged: EngagedTrack): TrackState => ({
  ...engaged,
  cycle: 0,
  step: 1,
  phase: 'to_page',
  nextAt: null,
  named: null,
  asked: [],
  awaiting: [],
  answers: [],
});

export const sameRung = (a: Rung, b: Rung): boolean => a.cycle === b.cycle && a.step === b.step;

/** The catch-all is the rung after the last step of the last cycle. */
export const isCatchAll = (track: Pick<TrackState, 'steps'>, rung: Rung): boolean => rung.step > track.steps;

/** The rung after this one; null behind the catch-all. */
export function nextRung(track: Pick<TrackState, 'steps' | 'repeat'>, rung: Rung): Rung | null {
  if (isCatchAll(track, rung)) return null;
  if (rung.step < track.steps) return { cycle: rung.cycle, step: rung.step + 1 };
  // `repeat` counts from the cycle of the trigger; later cycles (after an expired ack) get the same number of passes.
  const pass = rung.cycle % (track.repeat + 1);
  return pass < track.repeat
    ? { cycle: rung.cycle + 1, step: 1 }
    : { cycle: rung.cycle, step: track.steps + 1 };
}

/** The first rung of a fresh start (expired ack, snooze over, reopened): always a new cycle, so ledger keys never repeat. */
export const restartedTrack = ({
  escalatedAt: _before,
  escalatedByClock: _byClock,
  ...track
}: TrackState): TrackState => ({
  ...track,
  cycle: (Math.floor(track.cycle / (track.repeat + 1)) + 1) * (track.repeat + 1),
  step: 1,
  phase: 'to_page',
  nextAt: null,
  named: null,
  asked: [],
  awaiting: [],
  answers: [],
});

/**
 * May this track page now? After an acknowledgement only what it did not answer goes on: a required track that waits for its
 * own people, a step that waits for everyone.
 */
export const isPaging = (state: IncidentState, track: TrackState): boolean =>
  (state.status === 'triggered' || state.status === 'acknowledged') &&
  state.snoozedUntil === null &&
  (track.phase === 'to_page' || track.phase === 'waiting');

export const findTrack = (state: IncidentState, name: string): TrackState | undefined =>
  state.tracks.find((track) => track.name === name);

/** Who answers: paged for a team, or a member of it who was faster than the page. */
export interface Answering {
  person: string;
  teams?: readonly string[];
}

/** A required track is answered by its own people alone. */
const countsOn = (
  { responders }: Pick<IncidentState, 'responders'>,
  track: Pick<TrackState, 'team' | 'required'>,
  { person, teams = [] }: Answering,
): boolean =>
  !track.required ||
  teams.includes(track.team) ||
  responders.some((responder) => responder.person === person && responder.team === track.team);

/** The tracks that an acknowledgement by this person answers. */
export const answeredBy = (state: IncidentState, answering: Answering): string[] =>
  state.tracks
    .filter((track) => track.phase !== 'answered' && countsOn(state, track, answering))
    .filter(({ awaiting }) => awaiting.every((awaited) => awaited === answering.person))
    .map(({ name }) => name);

/** What an acknowledgement makes of a track: answered, or waiting on for the others. */
export function acknowledgedTrack(
  state: IncidentState,
  track: TrackState,
  { answered, ...answering }: Answering & { answered: readonly string[] },
): TrackState {
  if (answered.includes(track.name)) return { ...track, phase: 'answered', nextAt: null, awaiting: [] };
  const { person } = answering;
  const { answers = [] } = track;
  if (track.phase === 'answered' || answers.includes(person) || !countsOn(state, track, answering))
    return track;
  return {
    ...track,
    awaiting: track.awaiting.filter((awaited) => awaited !== person),
    answers: [...answers, person],
  };
}
