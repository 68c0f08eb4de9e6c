/**
 * Restart of paging from the first step, when nobody has an incident any more: its snooze or acknowledgement ended, or it was
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
