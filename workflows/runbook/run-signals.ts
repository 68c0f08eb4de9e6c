/** Notes that this run changed. A signal is a hint (docs/security.md §1); the change itself is read from the record. */
import { condition, setHandler } from '@temporalio/workflow';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { isRunEvent } from '../../domain/runbook/fold-run.js';
import { eventsOf, happened } from '../messages.js';

export class RunSignals {
  private signalled = false;
  private retry = false;
  private stop = false;

  constructor(runId: string) {
    setHandler(happened, (message) => {
      for (const event of eventsOf(message)) this.onEvent(event, runId);
    });
  }

  /**
   * True when a signal arrived, false when `untilMs` (workflow time) came first. A repeated signal costs one read of the record.
   */
  async next(untilMs: number | null): Promise<boolean> {
    const signalled = () => this.signalled;
    if (untilMs === null) await condition(signalled);
    else if (!(await condition(signalled, Math.max(1, untilMs - Date.now())))) return false;
    this.signalled = false;
    return true;
  }

  /** Waits for a signal that requests the end of this run. */
  async nextStop(): Promise<void> {
    await condition(() => this.stop);
    this.stop = false;
  }

  /** True when a retry was requested since the last call. */
  takeRetry(): boolean {
    const asked = this.retry;
    this.retry = false;
    return asked;
  }

  private onEvent(event: IncidentEvent, runId: string): void {
    if (event.kind === 'closed' || event.kind === 'merged') this.stop = true;
    if (!isRunEvent(event) || event.data.run !== runId) return;
    this.signalled = true;
    if (event.kind === 'run_cancel_requested') this.stop = true;
    if (event.kind === 'step_retried') this.retry = true;
  }
}
