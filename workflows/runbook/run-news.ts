/** That something happened to this run. A signal is a hint (security.md §1): what happened is read from the record. */
import { condition, setHandler } from '@temporalio/workflow';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { isRunEvent } from '../../domain/runbook/fold-run.js';
import { eventsOf, happened } from '../messages.js';

export class RunNews {
  private heard = false;
  private retry = false;
  private stop = false;

  constructor(runId: string) {
    setHandler(happened, (message) => {
      for (const event of eventsOf(message)) this.hear(event, runId);
    });
  }

  /** True when something was heard, false when `untilMs` (workflow time) came first. Repeats cost one look at the record. */
  async next(untilMs: number | null): Promise<boolean> {
    const heard = () => this.heard;
    if (untilMs === null) await condition(heard);
    else if (!(await condition(heard, Math.max(1, untilMs - Date.now())))) return false;
    this.heard = false;
    return true;
  }

  /** Until somebody seems to want this run stopped. */
  async nextStop(): Promise<void> {
    await condition(() => this.stop);
    this.stop = false;
  }

  /** Has anybody asked for a retry since the last look? */
  takeRetry(): boolean {
    const asked = this.retry;
    this.retry = false;
    return asked;
  }

  private hear(event: IncidentEvent, runId: string): void {
    if (event.kind === 'closed' || event.kind === 'merged') this.stop = true;
    if (!isRunEvent(event) || event.data.run !== runId) return;
    this.heard = true;
    if (event.kind === 'run_cancel_requested') this.stop = true;
    if (event.kind === 'step_retried') this.retry = true;
  }
}
