/**
 * One run of one pinned revision of a runbook, step by step. What people decide and what steps did is on the record; this
 * workflow waits, acts and asks, and can be started anew from the record at any point.
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
import { RunNews } from './runbook/run-news.js';
import { type Run, Walk } from './runbook/walk.js';

export interface RunResult {
  state: RunState;
  reason: string;
}

export async function runbook(input?: RunbookInput): Promise<RunResult> {
  if (input === undefined) throw notOurs();
  const { runId } = input;
  const news = new RunNews(runId);
  const run = await record.loadRun({ runId });
  const walk = new Walk(runId, run, news);
  let broken: unknown = null;
  const end = await firstOf(run, runId, walk, news).catch((error: unknown): RunEnd => {
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
    record.finishRun({ incidentId, runId, state: end.state, current: walk.current }),
  );
  await condition(allHandlersFinished);
  if (broken !== null) throw asFailure(broken);
  return { state: end.state, reason: end.reason };
}

/** The last step, a wish to stop, or the time for the whole run: what comes first ends the others. */
async function firstOf(run: Run, runId: string, walk: Walk, news: RunNews): Promise<RunEnd> {
  return CancellationScope.cancellable(async () => {
    const end = await Promise.race([
      walk.toTheEnd(),
      stopped({ incidentId: run.incidentId, runId }, news),
      overdue(run.spec.timeout),
    ]);
    CancellationScope.current().cancel();
    return end;
  });
}

async function stopped(run: { incidentId: string; runId: string }, news: RunNews): Promise<RunEnd> {
  for (;;) {
    await news.nextStop();
    const standing = await record.runStanding(run);
    if (standing.run !== 'going') return { kind: 'finished', state: 'cancelled', reason: standing.reason };
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
