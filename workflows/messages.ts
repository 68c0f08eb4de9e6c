/** What workflows are started with and told. One object argument each, so that a field can be added later. */
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

export interface IncidentInput {
  incidentId: string;
  response: IncidentResponse;
  /** Set when the run goes on from a state: continue-as-new, rebuild from the record, reopened after closing. */
  state: IncidentState | null;
  events: IncidentEvent[];
}

export interface RunbookInput {
  incidentId: string;
  runId: string;
  state: IncidentState;
}

export interface DrillInput {
  /** Null when a Temporal Schedule starts the workflow: its first activity opens the drill run. */
  drillRunId: string | null;
  drill: string;
}

/** New events of the incident, in `seq` order, at least once. A hint: who acts on it re-reads the record (security.md §1). */
export const happened = defineSignal<[{ events: IncidentEvent[] }]>('happened');
export const currentState = defineQuery<IncidentState>('state');

export const incidentWorkflowId = (incidentId: string): string => `incident/${incidentId}`;
export const runbookWorkflowId = (runId: string): string => `runbook/${runId}`;
export const drillWorkflowId = (drillRunId: string): string => `drill/${drillRunId}`;

export const taskQueues = { incident: 'incident', paging: 'paging', runbook: 'runbook' } as const;
