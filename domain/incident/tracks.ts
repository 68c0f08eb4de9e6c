/** The rungs of a track: where it stands, what comes next, what answers it. */
import type { EngagedTrack } from './events.js';
import type { IncidentState, Rung, TrackState } from './state.js';

export const openTrack = (engaged: EngagedTrack): TrackState => ({
  ...engaged,
  cycle: 0,
  step: 1,
  phase: 'to_page',
  nextAt: null,
  awaiting: [],
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
export const restartedTrack = (track: TrackState): TrackState => ({
  ...track,
  cycle: (Math.floor(track.cycle / (track.repeat + 1)) + 1) * (track.repeat + 1),
  step: 1,
  phase: 'to_page',
  nextAt: null,
  awaiting: [],
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

/** The tracks that an acknowledgement by this person answers, and who is still awaited on each. */
export function answeredBy(
  state: IncidentState,
  person: string,
): { answered: string[]; stillAwaited: Record<string, string[]> } {
  const answered: string[] = [];
  const stillAwaited: Record<string, string[]> = {};
  for (const track of state.tracks) {
    if (track.phase === 'answered') continue;
    const own = state.responders.some(
      (responder) => responder.person === person && responder.team === track.team,
    );
    if (track.required && !own) continue;
    const awaiting = track.awaiting.filter((awaited) => awaited !== person);
    if (awaiting.length > 0) stillAwaited[track.name] = awaiting;
    else answered.push(track.name);
  }
  return { answered, stillAwaited };
}
