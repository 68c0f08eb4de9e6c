/** Executes a step with an effect, with retries; always ends with an outcome, unless the run itself is stopped. */
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  sleep,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { LateEnd } from '../../activities/late-end.js';
import type { StepAt, StepStatus } from '../../ports/runbook.js';
import type { RunbookStep } from '../../domain/runbook/definition.js';
import { DEFAULT_TIMEOUT_MS } from '../../domain/runbook/step-rules.js';
import { durationMs } from '../../domain/shared/duration.js';
import { readStep } from '../../steps/registry.js';
import { doing, record } from './proxies.js';

/** Maximum repeats of an attempt whose worker vanished, for steps that are safe to repeat. */
const LOST_ATTEMPTS = 5;
/** A lost attempt ends slightly later by the record's clock than by the workflow's. */
const LOOK_AGAIN = '5s';

export type Done = { kind: 'ended'; status: StepStatus } | { kind: 'stopped'; reason: string };

export async function doStep(at: StepAt, step: RunbookStep): Promise<Done> {
  const timeoutMs = step.timeout === undefined ? DEFAULT_TIMEOUT_MS : durationMs(step.timeout);
  const activities = doing(timeoutMs, step.retry);
  for (let lost = 0; ;) {
    try {
      const done = await activities.doStep({ at });
      if (done.kind !== 'unrecorded') return done;
      return { kind: 'ended', status: await record.recordLate({ at, late: done.late }) };
    } catch (error) {
      if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
      const { cause } = error;
      if (cause instanceof ApplicationFailure && cause.type === 'RecordUnavailable') {
        // The step was not started. Retries until the record is reachable or the run's timeout ends.
        await sleep('5s');
      } else if (cause instanceof TimeoutFailure && isRepeatable(step) && lost < LOST_ATTEMPTS) {
        lost += 1;
      } else if (cause instanceof TimeoutFailure) {
        return { kind: 'ended', status: await lose(at) };
      } else {
        const late = lateEndOf(cause);
        if (late === null) throw error;
        return { kind: 'ended', status: await record.recordLate({ at, late }) };
      }
    }
  }
}

/** An attempt that may have acted is repeated only where that does no harm. */
function isRepeatable(step: RunbookStep): boolean {
  const { fields, rules } = readStep(step);
  return rules.endedBy !== 'branch' && rules.isRepeatable?.(fields) === true;
}

async function lose(at: StepAt): Promise<StepStatus> {
  for (;;) {
    const status = await record.loseStep({ at });
    if (status.run !== 'going' || status.execution >= at.execution) return status;
    await sleep(LOOK_AGAIN);
  }
}

/** The result of the last attempt as the activity reported it, with the activity's proof. */
function lateEndOf(cause: Error | undefined): LateEnd | null {
  const [late] = cause instanceof ApplicationFailure ? (cause.details ?? []) : [];
  return typeof late === 'object' && late !== null && 'proof' in late ? (late as LateEnd) : null;
}
