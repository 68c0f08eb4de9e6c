/** Starts drill runs, by a person or by their schedule. */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import { temporalCron } from '../../domain/shared/cron.js';
import { newestSlot } from '../../domain/shared/cron-slot.js';
import { participants } from '../../domain/drill/participants.js';
import { whyRefused, yieldsTo } from '../../domain/drill/abort.js';
import type { Actor } from '../../domain/incident/state.js';
import { wallClock } from '../../domain/oncall/wall-clock.js';
import { drillWorkflowId } from '../../domain/shared/workflow-ids.js';
import type { Intake } from '../alert/intake.js';
import { writeAudit } from '../audit/write-audit.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { databaseTime } from '../connection/database-time.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { readRun } from './drill-rows.js';
import { injectAtOnce } from './inject.js';
import { openRealIncidents } from './real-incidents.js';

/**
 * A schedule that fired while no worker ran is caught up within this time (the catch-up window in
 * `worker/drill-schedules.ts` is 10 minutes).
 */
const SCHEDULED_WITHIN_MS = 15 * 60_000;

export interface StartedDrill {
  id: string;
  incident: string;
}

/** A participating team has a real open incident of a priority for which the drill yields. */
export interface RefusedDrill {
  refused: string;
}

export class DrillStarts {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: Intake,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /**
   * Opens a run, injects what is due immediately and writes the outbox row that starts the `drill` workflow. The same
   * `id` is the same run (a schedule's activity may repeat). Null when no such drill is configured. Refused while a
   * real incident is open.
   */
  start(name: string, actor: Actor, id: string = randomUUID()): Promise<StartedDrill | RefusedDrill | null> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const existing = await readRun(tx, id);
      if (existing !== null && existing.incident_id !== null) return { id, incident: existing.incident_id };
      const snapshot = await this.snapshots.latest(tx);
      const document = snapshot.get('Drill', name);
      if (document === undefined) return null;
      const subject = `drill/${name}`;
      const refused = await whyNotNow(tx, snapshot, document);
      if (refused !== null) {
        await writeAudit(tx, { actor, action: 'drill.refuse', subject, data: { reason: refused } });
        return { refused };
      }
      await tx.query(
        `INSERT INTO drill_run (id, drill, revision, spec, state, started_by, started_at)
         VALUES ($1, $2, $3, $4, 'running', $5, tocsin_now())`,
        [id, name, document.revision, JSON.stringify(document.spec), actor],
      );
      const incident = await injectAtOnce(tx, this.intake, { id, drill: name, spec: document.spec });
      await tx.query('UPDATE drill_run SET incident_id = $2 WHERE id = $1', [id, incident]);
      await tx.query(
        `WITH told AS (INSERT INTO outbox (workflow_id, message, created_at) VALUES ($1, $2, tocsin_now()))
         SELECT pg_notify('tocsin_outbox', $1)`,
        [drillWorkflowId(id), JSON.stringify({ start: 'drill', drill: name, drillRunId: id })],
      );
      await writeAudit(tx, { actor, action: 'drill.start', subject, data: { run: id, incident } });
      return { id, incident };
    });
  }

  /**
   * Starts a scheduled drill. Any client of Temporal could call this, so the record decides: the document in force
   * must have been due within the last minutes by database time, and not have been started since.
   */
  async startDue(name: string): Promise<void> {
    const document = (await this.snapshots.latest(this.dataSource)).get('Drill', name);
    if (document === undefined || document.spec.schedule === null) return;
    const { cron, timezone } = document.spec.schedule;
    const now = Date.parse(await databaseTime(this.dataSource));
    const wall = wallClock(timezone, now - SCHEDULED_WITHIN_MS, now).wallAt(now);
    const slot = newestSlot(temporalCron(cron), wall, SCHEDULED_WITHIN_MS);
    if (slot === null) return;
    const since = new Date(now - (wall - slot));
    const begun: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM drill_run WHERE drill = $1 AND started_by = 'tocsin' AND started_at >= $2`,
      [name, since],
    );
    // Two concurrent calls derive the same id, which is one run.
    if (begun.length === 0) await this.start(name, 'tocsin', uuidOf(`${name} ${since.toISOString()}`));
  }
}

async function whyNotNow(
  tx: EntityManager,
  snapshot: ConfigSnapshot,
  { spec }: ConfigDocument<'Drill'>,
): Promise<string | null> {
  const open = await openRealIncidents(tx, spec.abortOn.realIncident);
  const real = yieldsTo(
    spec.abortOn.realIncident,
    participants(snapshot, spec, await databaseTime(tx)),
    open,
  );
  return real === null ? null : whyRefused(real, snapshot);
}

/** A UUID derived from a text: the same text is the same run. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
