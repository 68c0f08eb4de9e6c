/** A step that does something, however often that takes; always with an outcome, unless the run itself is stopped. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { StepEnd } from '../../activities/ports.js';
import type { DoneStep, DoStep } from '../../activities/runbook-activities.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import { doing } from './proxies.js';

/** How often an attempt whose worker vanished is made again when repeating does no harm. */
const LOST_ATTEMPTS = 5;

export async function doStep(request: DoStep, retry: RunbookStep['retry']): Promise<DoneStep> {
  const activities = doing(request.rendered.timeoutMs, retry);
  for (let lost = 0; ;) {
    try {
      return await activities.doStep(request);
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      const { cause } = error;
      if (cause instanceof ApplicationFailure && cause.type === 'RecordUnavailable') {
        // Nothing was done. The record comes back or the run's own time ends.
        await sleep('5s');
      } else if (cause instanceof TimeoutFailure && isHarmless(request) && lost < LOST_ATTEMPTS) {
        lost += 1;
      } else {
        return { kind: 'unrecorded', end: endOf(cause) };
      }
    }
  }
}

/** Reading, checking and telling (the ledger knows the key) may be repeated without asking. */
function isHarmless({ rendered }: DoStep): boolean {
  const method = rendered.kind === 'http' ? (rendered.call.method ?? 'GET') : 'GET';
  return method === 'GET' || method === 'HEAD';
}

function endOf(cause: Error | undefined): StepEnd {
  if (cause instanceof ApplicationFailure) {
    return { state: cause.type === 'StepTimedOut' ? 'timed_out' : 'failed', text: cause.message };
  }
  if (cause instanceof TimeoutFailure) {
    return { state: 'timed_out', text: 'the worker was lost while it was under way; it may have been done' };
  }
  return { state: 'failed', text: cause?.message ?? 'it failed without a reason' };
}
