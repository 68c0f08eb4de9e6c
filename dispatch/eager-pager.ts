/**
 * Trigger of due work: pages a new incident immediately on NOTIFY, before its workflow is started, without a queue behind a slow
 * server. The workflow stays the guard: its own call gets this result, and if this process dies in between, the call finds in the
 * ledger what was sent. Several workers may receive the same NOTIFY: one records the page, the others find it done.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { incidentOfWorkflow } from '../domain/shared/workflow-ids.js';
import type { DueWorkRunner } from './run-due-work.js';

/** In a storm the rest is left to the workflows, which the worker runs at its own pace. */
const AT_ONCE = 32;
const PATIENCE_MS = 50;

export class EagerPager {
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly dueWork: Pick<DueWorkRunner, 'lookAt'>,
    private readonly log: Logger,
  ) {}

  /** The outbox has rows for this workflow. Resolves when the page is sent, or after `PATIENCE_MS`; never rejects. */
  async onNotify(workflowId: string): Promise<void> {
    const incidentId = incidentOfWorkflow(workflowId);
    if (incidentId === null || this.underWay.size >= AT_ONCE) return;
    const ending = this.dueWork
      .lookAt(incidentId)
      .catch((error: unknown) => {
        this.log.warn({ error, incident: incidentId }, 'the eager page failed; the workflow pages');
      })
      .finally(() => this.underWay.delete(ending));
    this.underWay.add(ending);
    await Promise.race([ending, wait(PATIENCE_MS)]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.underWay);
  }
}
