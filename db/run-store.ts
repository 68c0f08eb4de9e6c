/** The record as a run's workflow uses it (`RunStorePort`): every write goes through the incident's one door. */
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type {
  LoadedRun,
  RunStanding,
  RunStorePort,
  StepAt,
  StepClaim,
  StepEnd,
  StepStanding,
} from '../activities/ports.js';
import type { IncidentCommand } from '../domain/incident/commands.js';
import type { IncidentState, RunSummary } from '../domain/incident/state.js';
import { approversOf } from '../domain/runbook/approvers.js';
import type { ApprovalAsk, RunState } from '../domain/runbook/definition.js';
import { isOver } from '../domain/runbook/decide-run.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { lockIncident } from './incident-row.js';
import type { RunAttachment } from './projections/project-run.js';
import type { Recorder } from './record.js';
import { loadRun } from './run-context.js';

/** The engine's own name on what a run does. */
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
    const state = await this.stateOf(at.incidentId);
    const run = state.runs[at.runId];
    const step = run?.steps[at.step];
    if (run === undefined || step === undefined)
      return { kind: 'stop', reason: `run ${at.runId} has no step ${at.step}` };
    const ended = step.state !== 'pending' && step.state !== 'waiting' && step.execution >= at.execution;
    if (ended) return { kind: 'ended', standing: await this.standingIn(state, at) };
    const standing = standingOf(state, run);
    if (standing.run !== 'going') return { kind: 'stop', reason: standing.reason };
    // Going on behind an unanswered question would make it a formality; a retry that people asked for may.
    const waiting = Object.entries(run.steps).find(([, one]) => one.state === 'waiting');
    if (waiting !== undefined && step.asked !== 'retry')
      return { kind: 'waits_for_people', step: waiting[0] };
    await this.dataSource.query(
      `UPDATE run_step SET state = 'running', attempts = attempts + 1, finished_at = NULL, error = NULL,
         started_at = CASE WHEN state = 'running' THEN started_at ELSE tocsin_now() END WHERE run_id = $1 AND step_id = $2`,
      [at.runId, at.step],
    );
    return { kind: 'go' };
  }

  async noteAttempt(at: StepAt, { result, error }: { result: unknown; error: string }): Promise<void> {
    await this.dataSource.query(
      'UPDATE run_step SET output = $3, error = $4 WHERE run_id = $1 AND step_id = $2',
      [at.runId, at.step, JSON.stringify({ result }), error],
    );
  }

  finishStep(at: StepAt, { state, text, outputs, result }: StepEnd): Promise<StepStanding> {
    const attachment: RunAttachment = { of: 'step', outputs, result };
    return this.ask(at, { type: 'finish_step', ...where(at), state, text }, attachment);
  }

  waitForStep(at: StepAt, text: string): Promise<StepStanding> {
    return this.ask(at, { type: 'wait_for_step', ...where(at) }, { of: 'waiting', text });
  }

  async requestApproval(
    at: StepAt,
    asked: { ask: ApprovalAsk; content: string; digest: string; expiresInMs: number | null },
  ): Promise<StepStanding & { leftMs: number | null }> {
    const { ask, digest, content, expiresInMs } = asked;
    const { state, now } = await this.dataSource.transaction(async (tx) => {
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
        },
      });
      return { state: outcome.kind === 'not_found' ? locked.state : outcome.state, now: locked.now };
    });
    const expiresAt = state.runs[at.runId]?.steps[at.step]?.approval?.expiresAt ?? null;
    const leftMs = expiresAt === null ? null : Math.max(0, Date.parse(expiresAt) - Date.parse(now));
    return { ...(await this.standingIn(state, at)), leftMs };
  }

  async standing(at: StepAt, expire: boolean): Promise<StepStanding> {
    if (!expire) return this.standingIn(await this.stateOf(at.incidentId), at);
    const step = (await this.stateOf(at.incidentId)).runs[at.runId]?.steps[at.step];
    const command: IncidentCommand =
      step?.kind === 'approve'
        ? { type: 'expire_approval', ...where(at) }
        : { type: 'finish_step', ...where(at), state: 'timed_out', text: 'nobody did it in time' };
    return this.ask(at, command);
  }

  async runStanding({ incidentId, runId }: { incidentId: string; runId: string }): Promise<RunStanding> {
    const state = await this.stateOf(incidentId);
    const run = state.runs[runId];
    return run === undefined
      ? { run: 'over', reason: `there is no run ${runId}`, retries: [] }
      : standingOf(state, run);
  }

  async escalate({ incidentId }: StepAt, reason: string): Promise<void> {
    // Refused or not (it may be resolved by now): the run goes on either way.
    await this.recorder.record({
      incidentId,
      actor: ENGINE,
      command: { type: 'escalate', step: null, track: null, reason },
    });
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

  private async ask(at: StepAt, command: IncidentCommand, attachment?: RunAttachment): Promise<StepStanding> {
    const outcome = await this.recorder.record({
      incidentId: at.incidentId,
      actor: ENGINE,
      command,
      attachment,
    });
    if (outcome.kind === 'not_found') throw new Error(`No incident ${at.incidentId}`);
    return this.standingIn(outcome.state, at);
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

  private async standingIn(state: IncidentState, at: StepAt): Promise<StepStanding> {
    const run = state.runs[at.runId];
    const step = run?.steps[at.step];
    if (run === undefined || step === undefined) throw new Error(`Run ${at.runId} has no step ${at.step}`);
    const rows: { text: string | null; outputs: Record<string, unknown> | null }[] =
      await this.dataSource.query(
        `SELECT output->>'text' AS text, output->'outputs' AS outputs FROM run_step WHERE run_id = $1 AND step_id = $2`,
        [at.runId, at.step],
      );
    return {
      ...standingOf(state, run),
      state: step.state,
      execution: step.execution,
      text: rows[0]?.text ?? '',
      outputs: rows[0]?.outputs ?? {},
    };
  }
}

function standingOf(state: IncidentState, run: RunSummary): RunStanding {
  const retries = Object.entries(run.steps).flatMap(([id, step]) => (step.asked === 'retry' ? [id] : []));
  if (isOver(run)) return { run: 'over', reason: `the run has ${run.state}`, retries: [] };
  if (run.cancelRequested) return { run: 'stopping', reason: 'the run was cancelled', retries: [] };
  if (state.mergedInto !== null)
    return { run: 'stopping', reason: 'the incident was merged into another one', retries: [] };
  if (state.status === 'closed') return { run: 'stopping', reason: 'the incident was closed', retries: [] };
  return { run: 'going', reason: '', retries };
}

const where = ({ runId, step, execution }: StepAt) => ({ run: runId, step, execution });
