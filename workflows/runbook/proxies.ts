/** Activities of a run. Writes to the record are retried without limit, effects as the step's `retry` states. */
import { proxyActivities } from '@temporalio/workflow';
import type { RunbookActivities } from '../../activities/runbook-activities.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import { durationMs } from '../../domain/shared/duration.js';
import { taskQueues } from '../messages.js';

export const record = proxyActivities<RunbookActivities>({
  taskQueue: taskQueues.runbook,
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

/** Time of an attempt beyond the step's own timeout: reading the run before, recording after. */
const RECORDING_MS = 10_000;

const MAX_DELAY_MS = 3_600_000;

/** `timeoutMs` applies to one attempt. */
export function doing(timeoutMs: number, retry: RunbookStep['retry']) {
  // Temporal accepts no delay of zero, and none above the maximum.
  const delayMs = Math.max(1, durationMs(retry?.delay ?? '1s'));
  return proxyActivities<RunbookActivities>({
    taskQueue: taskQueues.runbook,
    startToCloseTimeout: timeoutMs + RECORDING_MS,
    retry: {
      maximumAttempts: retry?.attempts ?? 1,
      initialInterval: delayMs,
      backoffCoefficient: retry?.backoff ?? 1,
      maximumInterval: Math.max(delayMs, MAX_DELAY_MS),
    },
  });
}
