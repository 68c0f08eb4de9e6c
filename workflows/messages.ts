/** Inputs, signals and queries of workflows. One object argument each, so that a field can be added later. */
import { ApplicationFailure } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

export interface IncidentInput {
  incidentId: string;
  response: IncidentResponse;
  /** Set when the run continues from a state: continue-as-new, rebuild from the record, reopened after closing. */
  state: IncidentState | null;
  events: IncidentEvent[];
}

export interface RunbookInput {
  incidentId: string;
  runId: string;
  state: IncidentState;
}

/**
 * Omitted when a Temporal Schedule starts the workflow (`scheduledDrill`): its activity opens the drill run, which has its own
 * workflow.
 */
export interface DrillInput {
  drillRunId: string;
}

/** New events of the incident, in `seq` order, at least once. A hint: the receiver reads the record before acting. */
export const happened = defineSignal<[{ events: IncidentEvent[] }]>('happened');

/** A sender without the key cannot encode an argument (`worker/payload-codec.ts`), so its signal is empty. */
export const eventsOf = (message: { events: IncidentEvent[] } | undefined): IncidentEvent[] =>
  message?.events ?? [];

/** Ends such a start at once. */
export const notOurs = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable('Started by a sender without the key', 'NotOurs');
export const currentState = defineQuery<IncidentState>('state');

export const taskQueues = { incident: 'incident', paging: 'paging', runbook: 'runbook' } as const;
