/**
 * The time between the last alert that closed and the end of an incident that somebody has: they are asked whether it is over, no
 * timer pages anybody, and it resolves by itself when nothing fires and nobody does anything for the plan's `quiet` (domain.md,
 * "resolve by the sources"). What a person asks for in that time is done all the same.
 */
import type { IncidentEvent, IncidentFact } from './events.js';
import { isPerson } from './holder.js';
import type { IncidentState } from './state.js';
import { restartedTrack } from './tracks.js';

export const QUIET_MS = 30 * 60_000;

export const isQuiet = ({ resolvesAt = null }: Pick<IncidentState, 'resolvesAt'>): boolean =>
  resolvesAt !== null;

const endOfQuiet = ({ quietMs = QUIET_MS }: IncidentState, from: string): string =>
  new Date(Date.parse(from) + quietMs).toISOString();

export const proposal = (state: IncidentState, holder: string, now: string): IncidentFact => ({
  kind: 'resolution_proposed',
  data: {
    reason: `all alerts have closed; ${holder} has it and is asked to resolve it`,
    resolvesAt: endOfQuiet(state, now),
  },
});

/** Who has not answered by now is asked no more. */
export const fellQuiet = (state: IncidentState, resolvesAt: string | null): IncidentState => ({
  ...state,
  resolutionProposed: true,
  resolvesAt,
  tracks:
    resolvesAt === null
      ? state.tracks
      : state.tracks.map((track) =>
          track.phase === 'answered' ? track : { ...track, phase: 'stopped', nextAt: null },
        ),
});

/** Something fires again: who had not answered is asked anew, and whoever has it has their time from now on. */
export function firesAgain(state: IncidentState, at: string): IncidentState {
  if (!isQuiet(state)) return { ...state, resolutionProposed: false };
  const isClocked = state.status === 'acknowledged' && state.ackTimeoutMs > 0;
  return {
    ...state,
    resolutionProposed: false,
    resolvesAt: null,
    ackExpiresAt: isClocked
      ? new Date(Date.parse(at) + state.ackTimeoutMs).toISOString()
      : state.ackExpiresAt,
    tracks: state.tracks.map((track) => (track.phase === 'stopped' ? restartedTrack(track) : track)),
  };
}

/** A person who does something is still on it. `state`: after the event. */
export const restartedQuiet = (state: IncidentState, event: IncidentEvent): string | null =>
  isQuiet(state) && isPerson(event.onBehalfOf ?? event.actor)
    ? endOfQuiet(state, event.at)
    : (state.resolvesAt ?? null);
