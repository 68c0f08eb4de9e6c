/** The minimal Temporal workflow: one local activity; the same again after a timer. */
import { proxyLocalActivities, sleep } from '@temporalio/workflow';
import type { BareActivities } from './bare-worker.js';

const { post } = proxyLocalActivities<BareActivities>({ startToCloseTimeout: '8s' });

export async function bare(id: string): Promise<void> {
  await post(id);
}

/** `atMs`: the deadline, ms since the epoch. */
export async function bareTimer(id: string, atMs: number): Promise<void> {
  await sleep(atMs - Date.now());
  await post(id);
}
