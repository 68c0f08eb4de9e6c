/**
 * Ids of workflows, made here alone: the record writes them into its outbox, the worker starts and finds workflows by them. An id
 * starts with the workflow's kind, a slash follows.
 */
export const incidentWorkflowId = (incidentId: string): string => `incident/${incidentId}`;
export const runbookWorkflowId = (runId: string): string => `runbook/${runId}`;
export const drillWorkflowId = (drillRunId: string): string => `drill/${drillRunId}`;

/** The incident of an incident's workflow; null for the id of another workflow. */
export const incidentOfWorkflow = (workflowId: string): string | null =>
  /^incident\/(.+)$/.exec(workflowId)?.[1] ?? null;

/** Workflow id that a schedule uses; Temporal appends `-` and the time. */
export const scheduledDrillId = (drill: string): string => `drill/${drill}`;
/** The drill for which a schedule started a workflow with this id; null for any other workflow. */
export const scheduledDrill = (workflowId: string): string | null =>
  /^drill\/(.+)-\d{4}-\d\d-\d\dT[\d:.]+Z$/.exec(workflowId)?.[1] ?? null;
