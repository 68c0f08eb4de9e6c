/** One proxy per retry policy. First attempts and record-keeping are local, without a round trip through a task queue. */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { DiagnosticActivities } from '../activities/diagnostic-activities.js';
import type { IncidentActivities } from '../activities/incident-activities.js';
import type { SendingActivities } from '../activities/sending-activities.js';
import { taskQueues } from './messages.js';

/** An unreachable record is retried without limit, because it is the incident's only source of truth. */
const untilItWorks = { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** Called only through `IncidentReplica.ask`, one at a time. */
export const local = proxyLocalActivities<IncidentActivities>({
  startToCloseTimeout: '8s',
  retry: untilItWorks,
  localRetryThreshold: '20s',
});

export const { sendDue } = proxyActivities<SendingActivities>({
  taskQueue: taskQueues.paging,
  startToCloseTimeout: '60s',
  retry: untilItWorks,
});

export const { diagnose } = proxyActivities<DiagnosticActivities>({
  taskQueue: taskQueues.runbook,
  startToCloseTimeout: '2 minutes',
  retry: { maximumAttempts: 3 },
});
