/** The canary's incident (domain/canary): read, decide and act in one transaction, by one pager at a time. */
import type { DataSource, EntityManager } from 'typeorm';
import { CANARY, type CanaryStatus, type CanaryStep, nextCanaryStep } from '../../domain/canary/canary.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { IncidentStatus } from '../../domain/incident/state.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { declareIncident } from '../incident/declare-incident.js';
import type { Recorder } from '../incident/record.js';

interface CanaryRow {
  incident_id: string | null;
  requested_at: Date | null;
  now: Date;
  status: IncidentStatus | null;
  created_at: Date | null;
}

export class CanaryStore {
  constructor(
    private readonly dataSource: DataSource,
    readonly recorder: Recorder,
    readonly snapshots: ConfigSnapshots,
  ) {}

  /** One tick; null when another pager holds the row. */
  tick(everyMs: number): Promise<CanaryStep | null> {
    return this.dataSource.transaction(async (tx) => {
      const rows: CanaryRow[] = await tx.query(
        `SELECT c.incident_id, c.requested_at, tocsin_now() AS now, i.status, i.created_at
           FROM canary c LEFT JOIN incident i ON i.id = c.incident_id FOR UPDATE OF c SKIP LOCKED`,
      );
      const row = rows[0];
      if (row === undefined) return null;
      const step = nextCanaryStep(await statusOf(tx, row), row.now.toISOString(), everyMs);
      await this.act(tx, row, step);
      return step;
    });
  }

  private async act(tx: EntityManager, row: CanaryRow, step: CanaryStep): Promise<void> {
    switch (step.do) {
      case 'open':
        if (row.incident_id !== null && row.status !== 'closed') await this.end(tx, row.incident_id);
        return this.open(tx, row.now);
      case 'ask':
        await this.tell(tx, row.incident_id, { type: 'unacknowledge', reason: 'the canary is asked again' });
        await tx.query('UPDATE canary SET requested_at = $1', [row.now]);
        return;
      case 'passed':
      case 'rescued':
        return this.tell(tx, row.incident_id, { type: 'acknowledge', person: CANARY });
      case 'late':
      case 'wait':
        return;
    }
  }

  private async open(tx: EntityManager, now: Date): Promise<void> {
    const { id } = await declareIncident(tx, this, {
      title: 'Canary',
      service: CANARY,
      priority: 'P4',
      actor: 'tocsin',
    });
    await tx.query('UPDATE canary SET incident_id = $1, requested_at = $2', [id, now]);
  }

  /** Closes the canary incident through the post-mortem gate: resolved, then waived with a recorded reason. */
  private async end(tx: EntityManager, incidentId: string): Promise<void> {
    await this.tell(tx, incidentId, { type: 'resolve', comment: null, because: 'person' });
    await this.tell(tx, incidentId, {
      type: 'waive_postmortem',
      reason: 'a canary has nothing to learn from',
    });
  }

  private async tell(tx: EntityManager, incidentId: string | null, command: IncidentCommand): Promise<void> {
    if (incidentId !== null) await this.recorder.recordIn(tx, { incidentId, actor: 'tocsin', command });
  }
}

async function statusOf(tx: EntityManager, row: CanaryRow): Promise<CanaryStatus> {
  const { incident_id, requested_at, status, created_at } = row;
  const pages: { at: Date; process: string | null }[] = await tx.query(
    `SELECT a.finished_at AS at, h.process
       FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id AND a.outcome = 'accepted'
       JOIN incident i ON i.id = d.incident_id
       LEFT JOIN heartbeat h ON h.instance = a.sender
      -- Each new page request begins a new cycle.
      WHERE d.incident_id = $1 AND d.type = 'page.requested' AND d.cycle = (i.state->'escalations'->0->>'cycle')::int
      ORDER BY a.finished_at DESC LIMIT 1`,
    [incident_id],
  );
  const page = pages[0];
  return {
    incident: status === null || created_at === null ? null : { status, openedAt: created_at.toISOString() },
    requestedAt: requested_at?.toISOString() ?? null,
    page:
      page === undefined
        ? null
        : { at: page.at.toISOString(), by: page.process === 'pager' ? 'pager' : 'pipeline' },
  };
}
