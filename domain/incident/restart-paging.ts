/**
 * An incident that nobody has any more is paged again from the first step: its snooze or acknowledgement ended, it was
 * unacknowledged or reopened.
 */
import { restartedEscalation } from './escalations.js';
import type { IncidentState } from './state.js';

/** Restarts every escalation on a new cycle. */
export const triggeredAnew = (state: IncidentState): IncidentState => ({
  ...state,
  status: 'triggered',
  ackExpiresAt: null,
  snoozedUntil: null,
  escalations: state.escalations.map(restartedEscalation),
});
