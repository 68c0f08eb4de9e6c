/** Begins the runbooks of the response once somebody is paged, and gives every run, whoever started it, its child workflow. */
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { condition, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { RunSummary } from '../domain/incident/state.js';
import { runbookWorkflowId } from './messages.js';
import { local } from './proxies.js';
import { runbook } from './runbook.js';
import type { Story } from './story.js';

export async function runRunbooks(story: Story, goesOn: () => boolean): Promise<void> {
  const begun = new Set<string>();
  const waiting = (): RunSummary[] =>
    Object.values(story.state.runs).filter(
      (run) => !begun.has(run.id) && (run.state === 'running' || run.state === 'waiting'),
    );
  // After the page, not before it: what settles by itself needs no runbook, and people come first.
  const owed = () => story.runbooksOwed && story.isPaged && story.isResponding;
  while (goesOn()) {
    await condition(() => owed() || waiting().length > 0 || !goesOn());
    if (goesOn() && owed()) {
      story.runbooksOwed = false;
      await story.ask((about) => local.startRunbooks(about));
    }
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
