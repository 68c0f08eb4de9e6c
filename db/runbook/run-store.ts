/** The record for a run's workflow (`RunStorePort`): every write is recorded through the incident. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { LoadedRun, RunStorePort, StepAt, StepClaim, StepEnd, StepStatus } from '../../ports/runbook.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { approversOf } from '../../domain/runbook/approvers.js';
import type { RunState } from '../../domain/runbook/definition.js';
import type { ApprovalPrompt } from '../../steps/approve/step.js';
import { endedBy } from '../../steps/registry.js';
import { claimStep, type RunStatus, runStatus } from '../../domain/runbook/run-status.js';
import { jsonbSafe, jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { lockIncident } from '../incident/incident-row.js';
import type { RunAttachment } from '../projections/project-run.js';
import type { Recorder } from '../incident/record.js';
import { authorsOf } from './run-authors.js';
import { loadRun } from './run-context.js';

/** Actor of the engine's own actions in a run. */
const ENGINE = 'tocsin';

export class RunStore implements RunStorePort {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  load(runId: string): Promise<LoadedRun | null> {
    return loadRun(this.dataSource, runId);
  }

  async claim(at: StepAt): Promise<StepClaim> {
    for (;;) {
      const state = await this.stateOf(at.incidentId);
      const claim = claimStep(state, at);
      if (claim.kind === 'ended') return { kind: 'ended', status: await this.statusIn(state, at) };
      // Another event may have changed the incident meanwhile: the claim is decided again.
      if (claim.kind !== 'go' || (await this.markRunning(at, state.seq))) return claim;
    }
  }

  private async markRunning(at: StepAt, seq: number): Promise<boolean> {
    const rows: unknown[] = await this.dataSource.query(
      `WITH claimed AS (
         UPDATE run_step s SET state = 'running', attempts = s.attempts + 1, finished_at = NULL, error = NULL,
           started_at = CASE WHEN s.state = 'running' THEN s.started_at ELSE tocsin_now() END
           FROM incident i WHERE i.id = $3 AND i.seq = $4 AND s.run_id = $1 AND s.step_id = $2 RETURNING 1)
       SELECT 1 FROM claimed`,
      [at.runId, at.step, at.incidentId, seq],
    );
    return rows.length > 0;
  }

  async noteAttempt(at: StepAt, { result, error }: { result: unknown; error: string }): Promise<void> {
    await this.dataSource.query(
      `UPDATE run_step SET output = $3, error = $4 WHERE run_id = $1 AND step_id = $2 AND state = 'running'`,
      [at.runId, at.step, JSON.stringify(jsonbSafe({ result })), jsonbSafeText(error)],
    );
  }

  finishStep(at: StepAt, end: StepEnd): Promise<StepStatus> {
    const { state, text, outputs, result } = jsonbSafe(end);
    const attachment: RunAttachment = { of: 'step', outputs, result };
    return this.ask(at, { type: 'finish_step', ...where(at), state, text }, attachment);
  }

  waitForStep(at: StepAt, text: string): Promise<StepStatus> {
    return this.ask(
      at,
      { type: 'wait_for_step', ...where(at) },
      { of: 'waiting', text: jsonbSafeText(text) },
    );
  }

  async requestApproval(
    at: StepAt,
    asked: { ask: ApprovalPrompt; content: string; digest: string; expiresInMs: number | null },
  ): Promise<StepStatus> {
    const { ask, digest, content, expiresInMs } = jsonbSafe(asked);
    const state = await this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, at.incidentId);
      if (locked === null) throw new Error(`No incident ${at.incidentId}`);
      const snapshot = await this.snapshots.at(tx, locked.configVersion);
      const attachment: RunAttachment = { of: 'approval', content: JSON.parse(content) as unknown };
      const outcome = await this.recorder.recordLocked(tx, locked, {
        incidentId: at.incidentId,
        actor: ENGINE,
        attachment,
        command: {
          type: 'request_approval',
          ...where(at),
          approval: randomUUID(),
          message: ask.message,
          from: ask.from,
          min: ask.min ?? 1,
          twoPerson: ask['two-person'] ?? false,
          digest,
          expiresAt:
            expiresInMs === null ? null : new Date(Date.parse(locked.now) + expiresInMs).toISOString(),
          people: approversOf(ask.from, locked.state, snapshot),
          authors: await authorsOf(tx, at.runId),
        },
      });
      return outcome.kind === 'not_found' ? locked.state : outcome.state;
    });
    return this.statusIn(state, at);
  }

  async status(at: StepAt): Promise<StepStatus> {
    return this.statusIn(await this.stateOf(at.incidentId), at);
  }

  async expire(at: StepAt): Promise<StepStatus> {
    const step = (await this.stateOf(at.incidentId)).runs[at.runId]?.steps[at.step];
    const command: IncidentCommand =
      step !== undefined && endedBy(step.kind) === 'approval'
        ? { type: 'expire_approval', ...where(at) }
        : { type: 'finish_step', ...where(at), state: 'timed_out', text: 'nobody did it in time' };
    return this.ask(at, command);
  }

  async runStatus({ incidentId, runId }: { incidentId: string; runId: string }): Promise<RunStatus> {
    const state = await this.stateOf(incidentId);
    return runStatus(state, runId);
  }

  async escalate({ incidentId, runId, step }: StepAt, reason: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      if (locked === null) return;
      const done: unknown[] = await tx.query(
        `SELECT 1 FROM incident_event
          WHERE incident_id = $1 AND kind = 'escalated' AND data->>'reason' = $4
            AND seq > (SELECT max(seq) FROM incident_event
                        WHERE incident_id = $1 AND kind = 'step_finished' AND data->>'run' = $2 AND data->>'step' = $3)`,
        [incidentId, runId, step, reason],
      );
      if (done.length > 0) return;
      // Refused or not (the incident may be resolved), the run goes on.
      const command = { type: 'escalate', step: null, escalation: null, reason } as const;
      await this.recorder.recordLocked(tx, locked, { incidentId, actor: ENGINE, command });
    });
  }

  async abandonStep(at: StepAt): Promise<void> {
    const { run, reason } = await this.runStatus(at);
    const text = run === 'stopping' ? reason : 'the run ended';
    await this.finishStep(at, { state: 'cancelled', text });
  }

  async finishRun({
    incidentId,
    runId,
    state,
  }: {
    incidentId: string;
    runId: string;
    state: RunState;
  }): Promise<void> {
    await this.recorder.record({
      incidentId,
      actor: ENGINE,
      command: { type: 'finish_run', run: runId, state },
    });
  }

  private async ask(at: StepAt, command: IncidentCommand, attachment?: RunAttachment): Promise<StepStatus> {
    const outcome = await this.recorder.record({
      incidentId: at.incidentId,
      actor: ENGINE,
      command,
      attachment,
    });
    if (outcome.kind === 'not_found') throw new Error(`No incident ${at.incidentId}`);
    return this.statusIn(outcome.state, at);
  }

  private async stateOf(incidentId: string): Promise<IncidentState> {
    const rows: { state: IncidentState }[] = await this.dataSource.query(
      'SELECT state FROM incident WHERE id = $1',
      [incidentId],
    );
    const row = rows[0];
    if (row === undefined) throw new Error(`No incident ${incidentId}`);
    return row.state;
  }

  private async statusIn(state: IncidentState, at: StepAt): Promise<StepStatus> {
    const run = state.runs[at.runId];
    const step = run?.steps[at.step];
    if (run === undefined || step === undefined) throw new Error(`Run ${at.runId} has no step ${at.step}`);
    const rows: { text: string | null; outputs: Record<string, unknown> | null; sinceMs: number | null }[] =
      await this.dataSource.query(
        `SELECT output->>'text' AS text, output->'outputs' AS outputs,
                (extract(epoch FROM tocsin_now() - started_at) * 1000)::float8 AS "sinceMs"
           FROM run_step WHERE run_id = $1 AND step_id = $2`,
        [at.runId, at.step],
      );
    return {
      ...runStatus(state, at.runId),
      state: step.state,
      execution: step.execution,
      text: rows[0]?.text ?? '',
      outputs: rows[0]?.outputs ?? {},
      sinceMs: rows[0]?.sinceMs ?? null,
    };
  }
}

const where = ({ runId, step, execution }: StepAt) => ({ run: runId, step, execution });
