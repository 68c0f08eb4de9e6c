/** Events not yet delivered to Temporal, handed out one workflow at a time, in order, to one relay at a time. */
import type { DataSource, EntityManager } from 'typeorm';
import { pausePoint } from '../../shared/pause-points.js';
import { readEvents } from './record.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { incidentOfWorkflow, incidentWorkflowId } from '../../domain/shared/workflow-ids.js';

export interface OutboxBatch {
  workflowId: string;
  messages: unknown[];
  /** For `incident/<id>`: the start input of its workflow. */
  incident: IncidentStart | null;
}

export interface IncidentStart {
  state: IncidentState;
  response: IncidentResponse;
}

interface DueRow {
  locked: boolean;
  due: { id: number; message: unknown }[];
  state: IncidentState | null;
  response: IncidentResponse | null;
}

/** Of one delivery. A storm on one incident is told once a second, however many alerts joined. */
const MESSAGES_MAX = 2_000;
/** Temporal refuses payloads of 2 MB. */
const BYTES_MAX = 500_000;

export class Outbox {
  constructor(private readonly dataSource: DataSource) {}

  /** Workflows with undelivered rows, oldest first. */
  async waiting(limit: number): Promise<string[]> {
    const rows: { workflow_id: string }[] = await this.dataSource.query(
      `SELECT workflow_id FROM outbox WHERE delivered_at IS NULL GROUP BY workflow_id ORDER BY min(id) LIMIT $1`,
      [limit],
    );
    return rows.map((row) => row.workflow_id);
  }

  /**
   * Delivers the undelivered rows of one workflow. An advisory lock keeps a second relay off the same workflow, so
   * the order holds; the rows are marked in the same transaction after `deliver` returned: at least once. False when
   * another relay holds the lock.
   */
  async drain(
    workflowId: string,
    deliver: (batch: OutboxBatch, tx: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const rows: DueRow[] = await tx.query(
        `WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended('outbox/' || $1, 0)) AS locked)
         SELECT mine.locked, i.state, i.response,
                (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'message', o.message) ORDER BY o.id), '[]')
                   FROM (SELECT id, message, sum(octet_length(message::text)) OVER (ORDER BY id) - octet_length(message::text) AS before
                           FROM (SELECT id, message FROM outbox WHERE mine.locked AND workflow_id = $1 AND delivered_at IS NULL
                                  ORDER BY id LIMIT ${MESSAGES_MAX}) waiting) o
                  WHERE o.before < ${BYTES_MAX}) AS due
           FROM mine LEFT JOIN incident i ON mine.locked AND i.id = $2`,
        [workflowId, incidentOfWorkflow(workflowId)],
      );
      const row = rows[0];
      if (row?.locked !== true) return false;
      const { due, state, response } = row;
      if (due.length === 0) return true;
      const incident = state === null || response === null ? null : { state, response };
      await pausePoint('F3', { incident: incidentOfWorkflow(workflowId) });
      await deliver({ workflowId, messages: due.map(({ message }) => message), incident }, tx);
      await tx.query('UPDATE outbox SET delivered_at = tocsin_now() WHERE id = ANY ($1::bigint[])', [
        due.map(({ id }) => id),
      ]);
      return true;
    });
  }

  async incidentStart(incidentId: string): Promise<(IncidentStart & { now: Date }) | null> {
    const rows: (IncidentStart & { now: Date })[] = await this.dataSource.query(
      'SELECT state, response, tocsin_now() AS now FROM incident WHERE id = $1',
      [incidentId],
    );
    return rows[0] ?? null;
  }

  /**
   * Sends the newest event of an incident again. A workflow that knows the event drops it, one that missed events
   * reads the record, and where none runs the relay starts one from the row.
   */
  async tellAgain(incidentId: string): Promise<void> {
    const rows: { seq: number }[] = await this.dataSource.query('SELECT seq FROM incident WHERE id = $1', [
      incidentId,
    ]);
    const [event] = await readEvents(this.dataSource, incidentId, (rows[0]?.seq ?? 0) - 1);
    if (event === undefined) return;
    await this.dataSource.query(
      `WITH told AS (
         INSERT INTO outbox (workflow_id, incident_id, seq, message, created_at) VALUES ($1, $2, $3, $4, tocsin_now()))
       SELECT pg_notify('tocsin_outbox', $1)`,
      [incidentWorkflowId(incidentId), incidentId, event.seq, JSON.stringify(event)],
    );
  }

  /** Age in seconds of the oldest undelivered row; 0 when there is none. */
  async oldestSeconds(): Promise<number> {
    const rows: { age: number }[] = await this.dataSource.query(
      `SELECT coalesce(extract(epoch FROM tocsin_now() - min(created_at)), 0)::float8 AS age FROM outbox WHERE delivered_at IS NULL`,
    );
    return rows[0]?.age ?? 0;
  }
}

/** Outbox messages are events as `db/incident/incident-row.ts` wrote them. */
export const asEvents = (messages: unknown[]): IncidentEvent[] => messages as IncidentEvent[];
