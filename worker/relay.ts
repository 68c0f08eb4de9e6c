/**
 * Delivers the outbox to Temporal: starts the workflow of a new incident (eagerly: this worker runs it at once) and
 * signals later events, in order, at least once. NOTIFY wakes it; a slow poll is the safety net.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Logger } from 'pino';
import type { EntityManager } from 'typeorm';
import { repeat, type Repeating } from '../shared/repeat.js';
import { asEvents, type Outbox, type OutboxBatch } from '../db/incident/outbox.js';
import type { IncidentEvent } from '../domain/incident/events.js';
import { type DrillInput, happened, type IncidentInput, taskQueues } from '../workflows/messages.js';

const POLL_MS = 1_000;
/** Workflows served at once; each holds a database connection while Temporal answers. */
const PARALLEL = 4;
const CALL_TIMEOUT_MS = 5_000;

export class Relay {
  private readonly wanted = new Set<string>();
  private readonly busy = new Set<string>();
  private readonly idle: (() => void)[] = [];
  private poll: Repeating | null = null;
  private stopped = false;

  constructor(
    private readonly outbox: Outbox,
    private readonly client: Client,
    private readonly log: Logger,
  ) {}

  start(): void {
    const look = async () => (await this.outbox.waiting(200)).forEach((workflowId) => this.wake(workflowId));
    this.poll = repeat(POLL_MS, look, (error) => this.log.warn({ error }, 'the outbox cannot be read'));
  }

  /** The workflow has undelivered rows. Calls during a delivery are merged into the next batch. */
  wake(workflowId: string): void {
    this.wanted.add(workflowId);
    this.next();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.poll?.stop();
    if (this.busy.size > 0) await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private next(): void {
    for (const workflowId of this.wanted) {
      if (this.stopped || this.busy.size >= PARALLEL) return;
      if (this.busy.has(workflowId)) continue;
      this.wanted.delete(workflowId);
      this.busy.add(workflowId);
      void this.tell(workflowId).finally(() => {
        this.busy.delete(workflowId);
        if (this.busy.size === 0) this.idle.splice(0).forEach((resolve) => resolve());
        this.next();
      });
    }
  }

  private async tell(workflowId: string): Promise<void> {
    try {
      await this.outbox.drain(workflowId, (batch, tx) =>
        this.client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => this.deliver(batch, tx)),
      );
    } catch (error) {
      // The rows stay undelivered; the poll retries them.
      this.log.warn({ error, workflowId }, 'not told yet');
    }
  }

  private deliver(batch: OutboxBatch, tx: EntityManager): Promise<void> {
    const [kind, id = ''] = batch.workflowId.split('/');
    switch (kind) {
      case 'incident':
        return this.tellIncident(id, batch);
      case 'drill':
        return this.tellDrill(id, batch);
      case 'runbook':
        return this.tellRun(id, batch, tx);
      default:
        throw new Error(`The outbox addresses an unknown workflow: ${batch.workflowId}`);
    }
  }

  private async tellIncident(id: string, { workflowId, messages, incident }: OutboxBatch): Promise<void> {
    const events = asEvents(messages);
    if (incident === null) throw new Error(`The outbox names an incident that is not there: ${id}`);
    const { state, response } = incident;
    if (events[0]?.kind === 'opened') {
      const input = { incidentId: id, response, state: null, events };
      if (await this.startIncident(workflowId, 'REJECT_DUPLICATE', input)) return;
    }
    if (await this.signal(workflowId, events)) return;
    // The run has ended. A closed incident needs none; a reopened or lost one is rebuilt from the record.
    if (state.status === 'closed') return;
    await this.startIncident(workflowId, 'ALLOW_DUPLICATE', { incidentId: id, response, state, events: [] });
  }

  private startIncident(
    workflowId: string,
    reuse: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE',
    input: IncidentInput,
  ): Promise<boolean> {
    return this.startWorkflow('incident', workflowId, reuse, input);
  }

  private async tellDrill(id: string, { workflowId, messages }: OutboxBatch): Promise<void> {
    const start = messages.find(isDrillStart);
    if (start !== undefined) {
      const input: DrillInput = { drillRunId: id };
      await this.startWorkflow('drill', workflowId, 'REJECT_DUPLICATE', input);
    }
    await this.signal(workflowId, asEvents(messages.filter((message) => !isDrillStart(message))));
  }

  /** The incident's workflow starts the run's workflow; decisions of people before that wait here, in order. */
  private async tellRun(id: string, { workflowId, messages }: OutboxBatch, tx: EntityManager): Promise<void> {
    if (await this.signal(workflowId, asEvents(messages))) return;
    const rows: { state: string }[] = await tx.query('SELECT state FROM run WHERE id = $1', [id]);
    const state = rows[0]?.state;
    if (state === 'running' || state === 'waiting') throw new Error(`Run ${id} has no workflow yet`);
  }

  /** True when this call started the workflow; false when it runs or ran already. */
  private async startWorkflow(
    type: 'incident' | 'drill',
    workflowId: string,
    workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE',
    input: IncidentInput | DrillInput,
  ): Promise<boolean> {
    try {
      await this.client.workflow.start(type, {
        workflowId,
        taskQueue: taskQueues.incident,
        args: [input],
        workflowIdReusePolicy,
        workflowIdConflictPolicy: 'FAIL',
        requestEagerStart: true,
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  /** False when the workflow has ended or never existed. */
  private async signal(workflowId: string, events: IncidentEvent[]): Promise<boolean> {
    if (events.length === 0) return true;
    try {
      await this.client.workflow.getHandle(workflowId).signal(happened, { events });
      return true;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }
}

const isDrillStart = (message: unknown): message is { start: 'drill'; drill: string } =>
  typeof message === 'object' && message !== null && 'start' in message;
