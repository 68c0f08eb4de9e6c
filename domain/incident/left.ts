/** An incident without a person who cannot answer any more; what they did stays on record. */
import type { IncidentState, TrackState } from './state.js';

const others = (people: readonly string[] | undefined, person: string): string[] =>
  (people ?? []).filter((one) => one !== person);

export function withoutResponder(state: IncidentState, person: string): IncidentState {
  return {
    ...state,
    commander: state.commander === person ? null : state.commander,
    roles: Object.fromEntries(Object.entries(state.roles).filter(([, holder]) => holder !== person)),
    tracks: state.tracks.map((track): TrackState => ({
      ...track,
      named: track.named === person ? null : (track.named ?? null),
      asked: others(track.asked, person),
      awaiting: others(track.awaiting, person),
    })),
  };
}

/** Has this person it, is anything asked of them, or do they have a part in it? */
export const concerns = (state: IncidentState, person: string): boolean =>
  state.commander === person ||
  Object.values(state.roles).includes(person) ||
  (state.status === 'acknowledged' && state.acknowledgedBy === person) ||
  state.tracks.some(
    (track) =>
      track.named === person || track.asked?.includes(person) === true || track.awaiting.includes(person),
  );
