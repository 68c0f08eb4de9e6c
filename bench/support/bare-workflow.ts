/** The least that Temporal can do for an alert: one workflow, one local activity. */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.js';

const { post } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '8s' });

export async function bare(id: string): Promise<void> {
  await post(id);
}
