/** Decides whether a key that fires again belongs to the incident of its last alert (docs/domain.md, Alerts). */
import { isOpenIncident } from '../incident/is-open.js';
import type { IncidentState } from '../incident/state.js';

/** A key that fires again within this time after its last alert closed, or its incident was resolved, belongs to the incident. */
export const ALERT_REOPEN_WINDOW_MS = 30 * 60_000;

export type IncidentOfClosedAlert = Pick<IncidentState, 'status' | 'mergedInto' | 'resolvedAt'>;

/** True while the incident is open, and within the window afterwards; never for one that was merged into another. */
export function stillBelongs(closedAt: string, incident: IncidentOfClosedAlert, now: string): boolean {
  if (incident.mergedInto !== null) return false;
  if (isOpenIncident(incident)) return true;
  const resolvedMs = incident.resolvedAt === null ? 0 : Date.parse(incident.resolvedAt);
  const endedMs = Math.max(Date.parse(closedAt), resolvedMs);
  return Date.parse(now) - endedMs < ALERT_REOPEN_WINDOW_MS;
}
