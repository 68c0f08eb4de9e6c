/** Drill runs under way: opened for their workflow, injected into, finished or aborted, scored. */
import type { DataSource } from 'typeorm';
import type { DrillSpec } from '../../domain/drill/drill-spec.js';
import { whyAborted, yieldsTo } from '../../domain/drill/abort.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { Actor, IncidentState } from '../../domain/incident/state.js';
import type { Intake } from '../alert/intake.js';
import { writeAudit } from '../audit/write-audit.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import type { Recorder } from '../incident/record.js';
import { leftMs, readRun } from './drill-rows.js';
import type { DrillRun, DrillView } from './drill-view.js';
import { inject } from './inject.js';
import { openRealIncidents, runningDrills } from './real-incidents.js';

export class DrillRuns {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly intake: Intake,
    private readonly view: DrillView,
  ) {}

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

  /** Injects part `index` of the scenario and returns 0; before the part's time: returns the remaining ms. */
  inject(id: string, index: number): Promise<number> {
    return retryingTransaction(this.dataSource, async (tx) => {
      const run = await readRun(tx, id);
      const injection = run?.spec.inject[index];
      if (run === null || run.state !== 'running' || injection === undefined) return 0;
      const left = await leftMs(tx, run, injection.after ?? '0s');
      if (left > 0) return left;
      await inject(tx, this.intake, run, { injection, index });
      return 0;
    });
  }

  /**
   * Finishes the live part when its incident is resolved or its time is over, and returns 0; otherwise returns the
   * remaining ms.
   */
  async finishWhenOver(id: string): Promise<number> {
    const run = await readRun(this.dataSource, id);
    if (run === null) return 0;
    const open: unknown[] = await this.dataSource.query(
      `SELECT 1 FROM incident WHERE id = $1 AND status IN ('triggered', 'acknowledged')`,
      [run.incident_id],
    );
    const left = open.length === 0 ? 0 : await leftMs(this.dataSource, run, run.spec.maxDuration);
    if (left <= 0) await this.finish(id, { state: 'finished' });
    return Math.max(0, left);
  }

  /**
   * Ends the live part of a running drill: resolves its incident if it is still open. Null when it is not running, also
   * when another call ended it meanwhile.
   */
  async finish(
    id: string,
    how: { state: 'finished' } | { state: 'aborted'; by: Actor; reason: string },
  ): Promise<DrillRun | null> {
    const ended = await retryingTransaction(this.dataSource, async (tx) => {
      const run = await readRun(tx, id);
      if (run === null || run.incident_id === null) return false;
      const by = how.state === 'aborted' ? how.by : 'tocsin';
      const changed: [unknown[], number] = await tx.query(
        `UPDATE drill_run SET state = $2, aborted_by = $3, finished_at = tocsin_now() WHERE id = $1 AND state = 'running'`,
        [id, how.state, how.state === 'aborted' ? by : null],
      );
      if (changed[1] === 0) return false;
      const comment = how.state === 'aborted' ? `Drill aborted: ${how.reason}` : 'The drill is over';
      await this.recorder.recordIn(tx, {
        incidentId: run.incident_id,
        actor: by,
        command: { type: 'resolve', comment, because: 'drill' },
      });
      if (how.state === 'aborted') {
        const data = { run: id, reason: how.reason };
        await writeAudit(tx, { actor: by, action: 'drill.abort', subject: `drill/${run.drill}`, data });
      }
      return true;
    });
    return ended ? this.score(id) : null;
  }

  /** Stores the score with the run once no expectation is pending. It is final then. */
  async score(id: string): Promise<DrillRun | null> {
    const run = await this.view.get(id);
    if (run === null || run.score === null || run.expectations.some(({ met }) => met === null)) return run;
    await this.dataSource.query(
      'UPDATE drill_run SET score = $2, expectations = $3 WHERE id = $1 AND score IS NULL',
      [id, JSON.stringify(run.score), JSON.stringify(run.expectations)],
    );
    return run;
  }

  /** Aborts the running drills that yield to a real incident. Returns their runs. */
  async abortForRealIncidents(): Promise<string[]> {
    const running = await runningDrills(this.dataSource);
    if (running.length === 0) return [];
    const priorities = [...new Set(running.flatMap(({ abortOn }) => abortOn))];
    const open = await openRealIncidents(this.dataSource, priorities);
    const aborted: string[] = [];
    for (const { id, abortOn, teams } of running) {
      const real = yieldsTo(abortOn, teams, open);
      if (real === null) continue;
      const ended = await this.finish(id, { state: 'aborted', by: 'tocsin', reason: whyAborted(real) });
      if (ended !== null) aborted.push(id);
    }
    return aborted;
  }
}
