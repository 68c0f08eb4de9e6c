/**
 * Drill runs: started by a person or a schedule, injected through the ordinary intake, finished or aborted, scored.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import type { DrillInjection, DrillSpec } from '../../domain/drill/drill-spec.js';
import { participants } from '../../domain/drill/participants.js';
import { temporalCron } from '../../domain/drill/cron.js';
import { newestSlot } from '../../domain/drill/cron-slot.js';
import { scoreDrill, type ScoredExpectation } from '../../domain/drill/score.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import { dueAt, teamCalendar } from '../../domain/oncall/business-days.js';
import { wallClock } from '../../domain/oncall/wall-clock.js';
import { type Duration, durationMs } from '../../domain/shared/duration.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { Intake } from '../alert/intake.js';
import { readEvents, type Recorder } from '../incident/record.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';

/**
 * A schedule that fired while no worker ran is caught up within this time (the catch-up window in
 * `worker/drill-schedules.ts` is 10 minutes).
 */
const SCHEDULED_WITHIN_MS = 15 * 60_000;

export type DrillState = 'running' | 'finished' | 'aborted';

export interface DrillRun {
  id: string;
  drill: string;
  incident: string | null;
  state: DrillState;
  startedBy: Actor;
  abortedBy: Actor | null;
  score: { earned: number; possible: number } | null;
  expectations: ScoredExpectation[];
  startedAt: string;
  finishedAt: string | null;
}

export interface StartedDrill {
  id: string;
  incident: string;
}

/** A participating team has a real open incident of a priority for which the drill yields. */
export interface RefusedDrill {
  refused: string;
}

interface DrillRow {
  id: string;
  drill: string;
  spec: DrillSpec;
  incident_id: string | null;
  state: DrillState;
  started_by: string;
  aborted_by: string | null;
  started_at: Date;
  finished_at: Date | null;
}

export class DrillStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
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
      const existing = await this.row(tx, id);
      if (existing !== null && existing.incident_id !== null) return { id, incident: existing.incident_id };
      const snapshot = await this.snapshots.latest(tx);
      const document = snapshot.get('Drill', name);
      if (document === undefined) return null;
      const refused = await realIncident(tx, snapshot, document.spec);
      if (refused !== null) {
        await tx.query(
          `INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), $1, 'drill.refuse', $2, $3)`,
          [actor, `drill/${name}`, JSON.stringify({ reason: refused })],
        );
        return { refused };
      }
      await tx.query(
        `INSERT INTO drill_run (id, drill, revision, spec, state, started_by, started_at)
         VALUES ($1, $2, $3, $4, 'running', $5, tocsin_now())`,
        [id, name, document.revision, JSON.stringify(document.spec), actor],
      );
      const atOnce = document.spec.inject
        .map((injection, index) => ({ injection, index }))
        .filter(({ injection }) => injection.after === undefined);
      let incident: string | null = null;
      for (const { injection } of atOnce) {
        if ('silence' in injection) await this.silence(tx, id, injection.silence.person);
      }
      for (const { injection, index } of atOnce) {
        if ('alert' in injection)
          incident =
            (await this.injectAlert(tx, { id, document, index, alert: injection.alert })) ?? incident;
      }
      incident ??= await this.injectAlert(tx, {
        id,
        document,
        index: -1,
        alert: { title: `Drill: ${name}`, severity: 'critical' },
      });
      if (incident === null) throw new Error(`Drill ${name} opened no incident`);
      await tx.query('UPDATE drill_run SET incident_id = $2 WHERE id = $1', [id, incident]);
      await tx.query(
        `WITH told AS (INSERT INTO outbox (workflow_id, message, created_at) VALUES ($1, $2, tocsin_now()))
         INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), $3, 'drill.start', $4, $5)`,
        [
          `drill/${id}`,
          JSON.stringify({ start: 'drill', drill: name, drillRunId: id }),
          actor,
          `drill/${name}`,
          JSON.stringify({ run: id, incident }),
        ],
      );
      await tx.query(`SELECT pg_notify('tocsin_outbox', $1)`, [`drill/${id}`]);
      return { id, incident };
    });
  }

  /** Input of the drill's workflow. */
  async open(id: string): Promise<{
    spec: DrillSpec;
    incident: IncidentState;
    response: IncidentResponse;
    startedAt: string;
  } | null> {
    const rows: { spec: DrillSpec; started_at: Date; state: IncidentState; response: IncidentResponse }[] =
      await this.dataSource.query(
        `SELECT r.spec, r.started_at, i.state, i.response FROM drill_run r JOIN incident i ON i.id = r.incident_id WHERE r.id = $1`,
        [id],
      );
    const row = rows[0];
    return row === undefined
      ? null
      : {
          spec: row.spec,
          incident: row.state,
          response: row.response,
          startedAt: row.started_at.toISOString(),
        };
  }

  /**
   * Starts a scheduled drill. Any client of Temporal could call this, so the record decides: the document in force
   * must have been due within the last minutes by database time, and not have been started since.
   */
  async startDue(name: string): Promise<void> {
    const document = (await this.snapshots.latest(this.dataSource)).get('Drill', name);
    if (document === undefined || document.spec.schedule === null) return;
    const { cron, timezone } = document.spec.schedule;
    const now = await nowOf(this.dataSource);
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

  /**
   * Injects part `index` of the scenario and returns 0; a repeat changes nothing (its dedup key is open already).
   * Before the part's time: returns the remaining ms.
   */
  inject(id: string, index: number): Promise<number> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const row = await this.row(tx, id);
      const injection: DrillInjection | undefined = row?.spec.inject[index];
      if (row === null || row.state !== 'running' || injection === undefined) return 0;
      const left = await this.leftMs(tx, row, injection.after ?? '0s');
      if (left > 0) return left;
      if ('silence' in injection) {
        await this.silence(tx, id, injection.silence.person);
        return 0;
      }
      const document = { name: row.drill, spec: row.spec };
      await this.injectAlert(tx, { id, document, index, alert: injection.alert });
      return 0;
    });
  }

  /**
   * Finishes the live part when its incident is resolved or its time is over, and returns 0; otherwise returns the
   * remaining ms.
   */
  async finishWhenOver(id: string): Promise<number> {
    const row = await this.row(this.dataSource.manager, id);
    if (row === null) return 0;
    const open: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM incident WHERE id = $1 AND status IN ('triggered', 'acknowledged')`,
      [row.incident_id],
    );
    const left = open.length === 0 ? 0 : await this.leftMs(this.dataSource, row, row.spec.maxDuration);
    if (left <= 0) await this.finish(id, { state: 'finished' });
    return Math.max(0, left);
  }

  private async leftMs(tx: Querying, row: DrillRow, after: Duration): Promise<number> {
    return row.started_at.getTime() + durationMs(after) - (await nowOf(tx));
  }

  /** Ends the live part: the drill resolves its incident if it is still open. `aborted` stays aborted. */
  async finish(
    id: string,
    how: { state: 'finished' } | { state: 'aborted'; by: Actor; reason: string },
  ): Promise<DrillRun | null> {
    await retryingTransaction(this.dataSource, async (tx) => {
      const row = await this.row(tx, id);
      if (row === null || row.incident_id === null) return;
      const by = how.state === 'aborted' ? how.by : 'tocsin';
      await tx.query(
        `UPDATE drill_run SET state = $2, aborted_by = $3, finished_at = tocsin_now() WHERE id = $1 AND state = 'running'`,
        [id, how.state, how.state === 'aborted' ? by : null],
      );
      const comment = how.state === 'aborted' ? `Drill aborted: ${how.reason}` : 'The drill is over';
      await this.recorder.recordIn(tx, {
        incidentId: row.incident_id,
        actor: by,
        command: { type: 'resolve', comment, because: 'drill' },
      });
      if (how.state === 'aborted') {
        await tx.query(
          `INSERT INTO audit_entry (at, actor, action, subject, data) VALUES (tocsin_now(), $1, 'drill.abort', $2, $3)`,
          [by, `drill/${row.drill}`, JSON.stringify({ run: id, reason: how.reason })],
        );
      }
    });
    return this.score(id);
  }

  /** Measures the expectations against the record and stores the result with the run. */
  async score(id: string): Promise<DrillRun | null> {
    const run = await this.get(id);
    if (run === null) return null;
    await this.dataSource.query('UPDATE drill_run SET score = $2, expectations = $3 WHERE id = $1', [
      id,
      JSON.stringify(run.score),
      JSON.stringify(run.expectations),
    ]);
    return run;
  }

  /** One run, scored as of now. */
  async get(id: string): Promise<DrillRun | null> {
    const row = await this.row(this.dataSource.manager, id);
    if (row === null) return null;
    const measured = row.incident_id === null ? null : await this.measure(row, row.incident_id);
    return {
      id: row.id,
      drill: row.drill,
      incident: row.incident_id,
      state: row.state,
      startedBy: row.started_by,
      abortedBy: row.aborted_by,
      score: row.state === 'running' ? null : (measured?.score ?? null),
      expectations: measured?.expectations ?? [],
      startedAt: row.started_at.toISOString(),
      finishedAt: row.finished_at?.toISOString() ?? null,
    };
  }

  /** Newest first. */
  async list(limit: number): Promise<DrillRun[]> {
    const rows: { id: string }[] = await this.dataSource.query(
      'SELECT id FROM drill_run ORDER BY started_at DESC LIMIT $1',
      [limit],
    );
    const runs = await Promise.all(rows.map((row) => this.get(row.id)));
    return runs.filter((run) => run !== null);
  }

  /**
   * Aborts running drills when a real incident of a priority in `abortOn` opens for a participating team or is raised
   * to that priority (docs/domain.md, Drills).
   */
  async abortForRealIncidents(): Promise<string[]> {
    const rows: { id: string; number: string; priority: string }[] = await this.dataSource.query(
      `SELECT DISTINCT ON (r.id) r.id, i.number, i.priority FROM drill_run r
         JOIN incident d ON d.id = r.incident_id
         JOIN incident i ON i.drill IS NULL AND i.status IN ('triggered', 'acknowledged') AND i.number > 0
          AND r.spec->'abortOn'->'realIncident' ? i.priority
          AND EXISTS (SELECT 1 FROM jsonb_array_elements(i.state->'escalations') a, jsonb_array_elements(d.state->'escalations') b
                       WHERE a->>'team' = b->>'team')
        WHERE r.state = 'running'`,
    );
    for (const { id, number, priority } of rows) {
      await this.finish(id, {
        state: 'aborted',
        by: 'tocsin',
        reason: `INC-${number} (${priority}) is real`,
      });
    }
    return rows.map((row) => row.id);
  }

  private async measure(row: DrillRow, incidentId: string) {
    const [{ state, now } = { state: null, now: new Date() }]: { state: IncidentState | null; now: Date }[] =
      await this.dataSource.query('SELECT state, tocsin_now() AS now FROM incident WHERE id = $1', [
        incidentId,
      ]);
    if (state === null) return null;
    const events = await readEvents(this.dataSource, incidentId, 0);
    const team = (await this.snapshots.latest(this.dataSource)).get('Team', state.team)?.spec;
    const calendar = team === undefined ? undefined : teamCalendar(team);
    return scoreDrill({
      expectations: row.spec.expect,
      events,
      state,
      now: now.toISOString(),
      reviewDueAt: (within, from) => dueAt(within, from, calendar),
    });
  }

  private async injectAlert(
    tx: EntityManager,
    drill: {
      id: string;
      document: Pick<ConfigDocument<'Drill'>, 'name' | 'spec'>;
      index: number;
      alert: { title: string; severity: AlertSignal['severity']; dedupKey?: string };
    },
  ): Promise<string | null> {
    const { id, document, index, alert } = drill;
    const signal: AlertSignal = {
      action: 'trigger',
      dedupKey: `${id}/${alert.dedupKey ?? index}`,
      title: alert.title,
      severity: alert.severity,
      labels: { drill: document.name },
      links: [],
      occurredAt: null,
      detail: null,
    };
    const [ingested] = await this.intake.ingestIn(tx, {
      source: 'drill',
      spec: { format: 'generic', service: document.spec.service },
      signals: [signal],
      raw: null,
      drill: id,
    });
    return ingested?.incident ?? null;
  }

  private async silence(tx: EntityManager, id: string, person: string): Promise<void> {
    await tx.query(
      `UPDATE drill_run SET silenced = silenced || $2::jsonb WHERE id = $1 AND NOT silenced ? $3`,
      [id, JSON.stringify([person]), person],
    );
  }

  private async row(tx: Pick<EntityManager, 'query'>, id: string): Promise<DrillRow | null> {
    const rows: DrillRow[] = await tx.query('SELECT * FROM drill_run WHERE id = $1', [id]);
    return rows[0] ?? null;
  }
}

async function realIncident(
  tx: EntityManager,
  snapshot: ConfigSnapshot,
  spec: DrillSpec,
): Promise<string | null> {
  const rows: { number: string; priority: string; team: string }[] = await tx.query(
    `SELECT i.state->>'number' AS number, i.priority, t->>'team' AS team
       FROM incident i, jsonb_array_elements(i.state->'escalations') t
      WHERE i.drill IS NULL AND i.number > 0 AND i.status IN ('triggered', 'acknowledged')
        AND i.priority = ANY ($1) AND t->>'team' = ANY ($2)
      ORDER BY i.priority, i.created_at LIMIT 1`,
    [spec.abortOn.realIncident, participants(snapshot, spec)],
  );
  const [one] = rows;
  return one === undefined
    ? null
    : `${one.number} (${one.priority}) is real and open for team ${one.team}, which would take part`;
}

type Querying = Pick<EntityManager, 'query'>;

async function nowOf(tx: Querying): Promise<number> {
  const rows: { now: Date }[] = await tx.query('SELECT tocsin_now() AS now');
  return rows[0]?.now.getTime() ?? Date.now();
}

/** A UUID derived from a text: the same text is the same run. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
