/**
 * The quiet time between the last closing alert and the end of a held incident: the holder is asked whether it is over, no timer
 * pages anybody, and the incident resolves automatically when nothing fires and no person acts for the plan's `quiet`
 * (docs/domain.md, Incident: "resolve by the sources"). Requests by people are still executed in that time.
 */
import type { IncidentEvent, IncidentFact } from './events.js';
import { isPerson } from './holder.js';
import type { IncidentState } from './state.js';
import { restartedEscalation } from './escalations.js';

const QUIET_MS = 30 * 60_000;

export const isQuiet = ({ resolvesAt = null }: Pick<IncidentState, 'resolvesAt'>): boolean =>
  resolvesAt !== null;

const endOfQuiet = ({ quietMs = QUIET_MS }: IncidentState, from: string): string =>
  new Date(Date.parse(from) + quietMs).toISOString();

export const proposal = (state: IncidentState, holder: string, now: string): IncidentFact => ({
  kind: 'resolution_proposed',
  data: {
    reason: `all alerts have closed; ${holder} has the incident and should resolve it`,
    resolvesAt: endOfQuiet(state, now),
  },
});

/** Stops unacknowledged escalations: no further page is sent. */
export const fellQuiet = (state: IncidentState, resolvesAt: string | null): IncidentState => ({
  ...state,
  resolutionProposed: true,
  resolvesAt,
  escalations:
    resolvesAt === null
      ? state.escalations
      : state.escalations.map((escalation) =>
          escalation.phase === 'answered' ? escalation : { ...escalation, phase: 'stopped', nextAt: null },
        ),
});

/** Something fires again: stopped escalations restart, and the holder's acknowledgement clock starts now. */
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
    escalations: state.escalations.map((escalation) =>
      escalation.phase === 'stopped' ? restartedEscalation(escalation) : escalation,
    ),
  };
}

/** An action by a person restarts the quiet time. `state`: after the event. */
export const restartedQuiet = (state: IncidentState, event: IncidentEvent): string | null =>
  isQuiet(state) && isPerson(event.onBehalfOf ?? event.actor)
    ? endOfQuiet(state, event.at)
    : (state.resolvesAt ?? null);
