/**
 * Orders of a list of incidents. `urgency`: unacknowledged first, then priority, then age; drills after real incidents.
 */
export const INCIDENT_ORDERS = ['newest', 'urgency'] as const;
export type IncidentOrder = (typeof INCIDENT_ORDERS)[number];
