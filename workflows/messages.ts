/** What workflows are started with and told. One object argument each, so that a field can be added later. */
import { ApplicationFailure } from '@temporalio/common';
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

/** Left out when a Temporal Schedule starts the workflow (`scheduledDrill`): its activity opens the drill run, which has its own. */
export interface DrillInput {
  drillRunId: string;
}

/** New events of the incident, in `seq` order, at least once. A hint: who acts on it re-reads the record. */
export const happened = defineSignal<[{ events: IncidentEvent[] }]>('happened');

/** Somebody without the key has no argument to bring (`worker/payload-codec.ts`): their signal says nothing. */
export const eventsOf = (message: { events: IncidentEvent[] } | undefined): IncidentEvent[] =>
  message?.events ?? [];

/** Their start ends at once. */
export const notOurs = (): ApplicationFailure =>
  ApplicationFailure.nonRetryable('Started by somebody who does not have the key', 'NotOurs');
export const currentState = defineQuery<IncidentState>('state');

export const incidentWorkflowId = (incidentId: string): string => `incident/${incidentId}`;
export const runbookWorkflowId = (runId: string): string => `runbook/${runId}`;
/** What a schedule starts; Temporal adds `-` and the time. */
export const scheduledDrillId = (drill: string): string => `drill/${drill}`;
/** The drill that a schedule started a workflow of this id for; null when it is another workflow. */
export const scheduledDrill = (workflowId: string): string | null =>
  /^drill\/(.+)-\d{4}-\d\d-\d\dT[\d:.]+Z$/.exec(workflowId)?.[1] ?? null;

export const taskQueues = { incident: 'incident', paging: 'paging', runbook: 'runbook' } as const;
