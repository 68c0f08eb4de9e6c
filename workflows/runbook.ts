/**
 * Executes one run of a pinned runbook revision, step by step. The record contains people's decisions and step results; this
 * workflow waits and acts, and can be restarted from the record at any point.
 */
import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  sleep,
  TemporalFailure,
} from '@temporalio/workflow';
import type { RunState } from '../domain/runbook/definition.js';
import type { RunEnd } from '../domain/runbook/interpret.js';
import { durationMs } from '../domain/shared/duration.js';
import { notOurs, type RunbookInput } from './messages.js';
import { record } from './runbook/proxies.js';
import { RunSignals } from './runbook/run-signals.js';
import { type Run, RunbookExecutor } from './runbook/runbook-executor.js';

export interface RunResult {
  state: RunState;
  reason: string;
}

export async function runbook(input?: RunbookInput): Promise<RunResult> {
  if (input === undefined) throw notOurs();
  const { runId } = input;
  const signals = new RunSignals(runId);
  const run = await record.loadRun({ runId });
  const executor = new RunbookExecutor(runId, run, signals);
  let broken: unknown = null;
  const end = await firstOf(run, runId, executor, signals).catch((error: unknown): RunEnd => {
    if (isCancellation(error))
      return { kind: 'finished', state: 'cancelled', reason: 'its workflow was cancelled' };
    broken = error;
    return {
      kind: 'finished',
      state: 'failed',
      reason: error instanceof Error ? error.message : String(error),
    };
  });
  const { incidentId } = run;
  await CancellationScope.nonCancellable(() =>
    record.finishRun({ incidentId, runId, state: end.state, current: executor.current }),
  );
  await condition(allHandlersFinished);
  if (broken !== null) throw asFailure(broken);
  return { state: end.state, reason: end.reason };
}

/** Races the last step, a request to stop and the timeout of the whole run; the first one cancels the others. */
async function firstOf(
  run: Run,
  runId: string,
  executor: RunbookExecutor,
  signals: RunSignals,
): Promise<RunEnd> {
  return CancellationScope.cancellable(async () => {
    const end = await Promise.race([
      executor.toTheEnd(),
      stopped({ incidentId: run.incidentId, runId }, signals),
      overdue(run.spec.timeout),
    ]);
    CancellationScope.current().cancel();
    return end;
  });
}

async function stopped(run: { incidentId: string; runId: string }, signals: RunSignals): Promise<RunEnd> {
  for (;;) {
    await signals.nextStop();
    const status = await record.runStatus(run);
    if (status.run !== 'going') return { kind: 'finished', state: 'cancelled', reason: status.reason };
  }
}

async function overdue(timeout: string): Promise<RunEnd> {
  await sleep(durationMs(timeout));
  return { kind: 'finished', state: 'failed', reason: `the run took longer than ${timeout}` };
}

/** Any other error in workflow code would be retried for ever instead of ending the run. */
const asFailure = (error: unknown): TemporalFailure =>
  error instanceof TemporalFailure
    ? error
    : ApplicationFailure.nonRetryable(
        error instanceof Error ? error.message : String(error),
        'RunbookBroken',
      );
