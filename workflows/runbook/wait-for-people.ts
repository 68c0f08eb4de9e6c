/** Steps that people end. Their answer is on the record before this workflow receives it; the timer only queries the record. */
import type { StepAt, StepStatus } from '../../ports/runbook.js';
import { record } from './proxies.js';
import type { RunSignals } from './run-signals.js';

/** Pause before the next query when the record still waits although the time is up (it refused). */
const ASK_AGAIN_MS = 60_000;

/** `between`: work to do while waiting. */
export async function waitForPeople(
  at: StepAt,
  signals: RunSignals,
  between: (retries: string[]) => Promise<void>,
): Promise<StepStatus> {
  let status = await record.requestPeople({ at });
  let until = status.leftMs === null ? null : Date.now() + status.leftMs;
  while (status.state === 'waiting' && status.run === 'going') {
    const signalled = await signals.next(until);
    // An answer may be committed with its signal still on the way, so the record decides which came first.
    status = await record.status({ at: { ...at, execution: status.execution }, expire: !signalled });
    // Not over yet by the record's clock, which decides; or refused.
    if (!signalled) until = Date.now() + (status.leftMs || ASK_AGAIN_MS);
    await between(status.retries);
  }
  return status;
}
