/** A step that does something, however often that takes; always with an outcome, unless the run itself is stopped. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { LateEnd } from '../../activities/late-end.js';
import type { StepAt, StepStanding } from '../../activities/ports.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import { DEFAULT_TIMEOUT_MS } from '../../domain/runbook/render-step.js';
import { durationMs } from '../../domain/shared/duration.js';
import { doing, record } from './proxies.js';

/** How often an attempt whose worker vanished is made again when repeating does no harm. */
const LOST_ATTEMPTS = 5;
/** A lost attempt is over by the record's clock a little later than by ours. */
const LOOK_AGAIN = '5s';

export type Done = { kind: 'ended'; standing: StepStanding } | { kind: 'stopped'; reason: string };

export async function doStep(at: StepAt, step: RunbookStep): Promise<Done> {
  const timeoutMs = step.timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(step.timeout);
  const activities = doing(timeoutMs, step.retry);
  for (let lost = 0; ;) {
    try {
      const done = await activities.doStep({ at });
      if (done.kind !== 'unrecorded') return done;
      return { kind: 'ended', standing: await record.recordLate({ at, late: done.late }) };
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      const { cause } = error;
      if (cause instanceof ApplicationFailure && cause.type === 'RecordUnavailable') {
        // Nothing was done. The record comes back or the run's own time ends.
        await sleep('5s');
      } else if (cause instanceof TimeoutFailure && isHarmless(step) && lost < LOST_ATTEMPTS) {
        lost += 1;
      } else if (cause instanceof TimeoutFailure) {
        return { kind: 'ended', standing: await lose(at) };
      } else {
        const late = lateEndOf(cause);
        if (late === null) throw error;
        return { kind: 'ended', standing: await record.recordLate({ at, late }) };
      }
    }
  }
}

/** Reading, checking and telling (the ledger knows the key) may be repeated without asking. */
function isHarmless(step: RunbookStep): boolean {
  const method = 'http' in step ? (step.http.method ?? 'GET') : 'GET';
  return method === 'GET' || method === 'HEAD';
}

async function lose(at: StepAt): Promise<StepStanding> {
  for (;;) {
    const standing = await record.loseStep({ at });
    if (standing.run !== 'going' || standing.execution >= at.execution) return standing;
    await sleep(LOOK_AGAIN);
  }
}

/** What the activity says of its last attempt; it has shown that it is its own. */
function lateEndOf(cause: Error | undefined): LateEnd | null {
  const [late] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return typeof late === 'object' && late !== null && 'proof' in late ? (late as LateEnd) : null;
}
