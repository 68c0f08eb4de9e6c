/** Gives every run on the incident, whoever started it, its child workflow. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { condition, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { RunSummary } from '../domain/incident/state.js';
import { runbookWorkflowId } from './messages.js';
import { runbook } from './runbook.js';
import type { Story } from './story.js';

export async function runRunbooks(story: Story, goesOn: () => boolean): Promise<void> {
  const begun = new Set<string>();
  const waiting = (): RunSummary[] =>
    Object.values(story.state.runs).filter(
      (run) => !begun.has(run.id) && (run.state === 'running' || run.state === 'waiting'),
    );
  while (goesOn()) {
    await condition(() => waiting().length > 0 || !goesOn());
    for (const run of waiting()) {
      begun.add(run.id);
      await begin(story, run.id);
    }
  }
}

async function begin(story: Story, runId: string): Promise<void> {
  try {
    await startChild(runbook, {
      workflowId: runbookWorkflowId(runId),
      args: [{ incidentId: story.state.id, runId, state: story.state }],
      // A run outlives its incident's workflow run (continue-as-new) and even its closing.
      parentClosePolicy: ParentClosePolicy.ABANDON,
    });
  } catch (error) {
    // Begun by an earlier run of this workflow: it goes on by itself.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
