/** Writes notes continuously, so that the workflow's history fills and it continues as new while they arrive. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { IncidentView } from './incident-view.js';
import { poll, WORKFLOW_PATIENCE_MS } from './poll.js';
import type { Stack } from './stack.js';

const EVERY_MS = 40;
const AT_MOST = 2_000;

export class Traffic {
  /** Notes that the api has confirmed. */
  written: string[] = [];
  private incident: IncidentView | null = null;
  private writing: Promise<void> = Promise.resolve();
  private firstRun = '';
  private isEnding = false;
  private isStopped = false;

  constructor(private readonly stack: Stack) {}

  /** Resolves when the history is long enough for the next run to be near. */
  async begin(incident: IncidentView): Promise<void> {
    this.incident = incident;
    this.firstRun = (await poll(() => this.run(), 'its workflow')).runId;
    this.writing = this.write();
    this.writing.catch(() => undefined);
    await poll(async () => {
      const { runId, historyLength } = await this.run();
      return historyLength > 40 || runId !== this.firstRun;
    }, 'a long history');
  }

  /** Resolves when the workflow has continued as new, and every note was confirmed. */
  async end(): Promise<void> {
    await poll(
      async () => (await this.run()).runId !== this.firstRun,
      'a new run of the workflow (F12)',
      WORKFLOW_PATIENCE_MS,
    );
    this.isEnding = true;
    await this.writing;
  }

  /** For a case that has ended. */
  stop(): void {
    this.isStopped = true;
  }

  private async run(): Promise<{ runId: string; historyLength: number }> {
    const { workflow } = await this.stack.histories.client();
    return workflow.getHandle(`incident/${this.incident?.id ?? ''}`).describe();
  }

  private async write(): Promise<void> {
    while (!this.isEnding && !this.isStopped && this.written.length < AT_MOST) {
      const key = randomUUID();
      await poll(async () => {
        if (this.isStopped) return true;
        const { status } = await this.stack.call(
          'POST',
          `/api/v1/incidents/${this.incident?.number ?? ''}/notes`,
          { person: 'root', text: key },
          { headers: { 'idempotency-key': key } },
        );
        return status === 200;
      }, 'a note to be taken');
      this.written.push(key);
      await pause(EVERY_MS);
    }
  }
}
