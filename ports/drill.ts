/** Drills under way, as activities use them; `db/drill` implements them. */
import type { DrillSpec } from '../domain/drill/drill-spec.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

export interface DrillStartsPort {
  startDue(drill: string): Promise<void>;
}

export interface DrillPort {
  open(id: string): Promise<{
    spec: DrillSpec;
    incident: IncidentState;
    response: IncidentResponse;
    startedAt: string;
  } | null>;
  inject(id: string, index: number): Promise<number>;
  finishWhenOver(id: string): Promise<number>;
  score(id: string): Promise<unknown>;
}
