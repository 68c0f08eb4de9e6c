/** A drill is one incident, however many alerts its scenario has (docs/domain.md, Drills). */
import { isOpenIncident } from '../incident/is-open.js';
import type { IncidentStatus } from '../incident/state.js';

export interface IncidentOfDrill {
  id: string;
  number: number;
  status: IncidentStatus;
}

/** The incident that a further alert of the drill joins: its first one that is open. Null: the alert opens one. */
export function openIncidentOfDrill(incidents: readonly IncidentOfDrill[]): string | null {
  const [first] = incidents.filter(isOpenIncident).toSorted((a, b) => a.number - b.number);
  return first?.id ?? null;
}
