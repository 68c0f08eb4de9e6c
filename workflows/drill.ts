/**
 * Runs a drill on the production code: its incident is an ordinary one with `drill` set. This workflow times the scenario, ends
 * the live part, and waits for the review before the score is final.
 */
import { condition, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { DrillActivities, Due } from '../activities/drill-activities.js';
import { durationMs } from '../domain/shared/duration.js';
import { scheduledDrill } from '../domain/shared/workflow-ids.js';
import { type DrillInput, taskQueues } from './messages.js';
import { IncidentReplica } from './incident-replica.js';

const { startDrill, openDrill, injectIntoDrill, finishDrill, scoreDrill } = proxyActivities<DrillActivities>({
  taskQueue: taskQueues.runbook,
  startToCloseTimeout: '30s',
});

export async function drill(input?: DrillInput): Promise<void> {
  if (input === undefined) {
    const name = scheduledDrill(workflowInfo().workflowId);
    return name === null ? undefined : startDrill({ drill: name });
  }
  const { drillRunId } = input;
  const opened = await openDrill({ drillRunId });
  if (opened === null) return;
  const { spec, incident, response, startedAt } = opened;
  const replica = new IncidentReplica({ incidentId: incident.id, response, state: incident, events: [] });
  const isOver = () => !replica.isResponding;
  const msUntil = (afterMs: number) => Math.max(1, Date.parse(startedAt) + afterMs - Date.now());

  const later = spec.inject
    .map((injection, index) => ({
      index,
      afterMs: injection.after === undefined ? null : durationMs(injection.after),
    }))
    .flatMap(({ index, afterMs }) => (afterMs === null ? [] : [{ index, afterMs }]))
    .sort((a, b) => a.afterMs - b.afterMs);
  for (const { index, afterMs } of later) {
    if (await condition(isOver, msUntil(afterMs))) break;
    await whenDue(() => injectIntoDrill({ drillRunId, index }), isOver);
  }

  await condition(isOver, msUntil(durationMs(spec.maxDuration)));
  await whenDue(() => finishDrill({ drillRunId }));
  await condition(() => replica.isClosed);
  await scoreDrill({ drillRunId });
}

/** The record's clock decides, and it may be slightly behind the workflow's. */
async function whenDue(act: () => Promise<Due>, isOver: () => boolean = () => false): Promise<void> {
  for (;;) {
    const { leftMs } = await act();
    if (leftMs <= 0 || (await condition(isOver, leftMs))) return;
  }
}
