/** What Temporal has not been told yet, handed out one workflow at a time, in order, to one relay at a time. */
import type { DataSource, EntityManager } from 'typeorm';
import type { IncidentEvent } from '../domain/incident/events.js';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

export interface OutboxBatch {
  workflowId: string;
  ids: string[];
  messages: unknown[];
}

export interface IncidentStart {
  state: IncidentState;
  response: IncidentResponse;
  started: boolean;
}

export class Outbox {
  constructor(private readonly dataSource: DataSource) {}

  /** Workflows with something undelivered, oldest first. */
  async waiting(limit: number): Promise<string[]> {
    const rows: { workflow_id: string }[] = await this.dataSource.query(
      `SELECT workflow_id FROM outbox WHERE delivered_at IS NULL GROUP BY workflow_id ORDER BY min(id) LIMIT $1`,
      [limit],
    );
    return rows.map((row) => row.workflow_id);
  }

  /**
   * Delivers what one workflow is owed. An advisory lock keeps a second relay off the same workflow, so order holds; the
   * rows are marked in the same transaction, after `deliver` returned: at least once. False when somebody else has it.
   */
  async drain(
    workflowId: string,
    deliver: (batch: OutboxBatch, tx: EntityManager) => Promise<void>,
  ): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const rows: { locked: boolean; id: string | null; message: unknown }[] = await tx.query(
        `WITH mine AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(hashtextextended('outbox/' || $1, 0)) AS locked)
         SELECT mine.locked, o.id, o.message FROM mine
           LEFT JOIN LATERAL (SELECT id, message FROM outbox WHERE mine.locked AND workflow_id = $1 AND delivered_at IS NULL
                               ORDER BY id LIMIT 200) o ON true ORDER BY o.id`,
        [workflowId],
      );
      if (rows[0]?.locked !== true) return false;
      const owed = rows.filter((row) => row.id !== null);
      if (owed.length === 0) return true;
      await deliver(
        { workflowId, ids: owed.map((row) => String(row.id)), messages: owed.map((row) => row.message) },
        tx,
      );
      await tx.query('UPDATE outbox SET delivered_at = tocsin_now() WHERE id = ANY ($1::bigint[])', [
        owed.map((row) => row.id),
      ]);
      return true;
    });
  }

  /** What an incident's workflow is started with. */
  async incidentStart(tx: Pick<EntityManager, 'query'>, incidentId: string): Promise<IncidentStart | null> {
    const rows: IncidentStart[] = await tx.query(
      'SELECT state, response, workflow_started_at IS NOT NULL AS started FROM incident WHERE id = $1',
      [incidentId],
    );
    return rows[0] ?? null;
  }

  async markStarted(tx: Pick<EntityManager, 'query'>, incidentId: string): Promise<void> {
    await tx.query(
      'UPDATE incident SET workflow_started_at = coalesce(workflow_started_at, tocsin_now()) WHERE id = $1',
      [incidentId],
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

/** Events come out of the outbox as they went in (`db/incident-row.ts`). */
export const asEvents = (messages: unknown[]): IncidentEvent[] => messages as IncidentEvent[];
