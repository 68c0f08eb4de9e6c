/** Starts the response's runbooks once a page is sent, and a child workflow for every run, also those that people started. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { condition, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { RunSummary } from '../domain/incident/state.js';
import { runbookWorkflowId } from '../domain/shared/workflow-ids.js';
import { local } from './proxies.js';
import { runbook } from './runbook.js';
import type { IncidentReplica } from './incident-replica.js';

export async function runRunbooks(replica: IncidentReplica, goesOn: () => boolean): Promise<void> {
  const begun = new Set<string>();
  const waiting = (): RunSummary[] =>
    Object.values(replica.state.runs).filter(
      (run) => !begun.has(run.id) && (run.state === 'running' || run.state === 'waiting'),
    );
  // After the page, not before it: an alert that settles needs no runbook, and people come first.
  const areRunbooksDue = () => replica.runbooksDue && replica.isPaged && replica.isResponding;
  while (goesOn()) {
    await condition(() => areRunbooksDue() || waiting().length > 0 || !goesOn());
    if (goesOn() && areRunbooksDue()) {
      replica.runbooksDue = false;
      await replica.ask((about) => local.startRunbooks(about));
    }
    for (const run of waiting()) {
      begun.add(run.id);
      await begin(replica, run.id);
    }
  }
}

async function begin(replica: IncidentReplica, runId: string): Promise<void> {
  try {
    await startChild(runbook, {
      workflowId: runbookWorkflowId(runId),
      args: [{ incidentId: replica.state.id, runId, state: replica.state }],
      // A run outlives its incident's workflow run (continue-as-new) and even the incident's closing.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    // Started by an earlier run of this workflow; it continues independently.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
