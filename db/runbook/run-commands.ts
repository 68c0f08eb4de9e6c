/**
 * Commands on runbook runs from people (REST, link pages) and response plans. Each is recorded through the incident.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { Actor } from '../../domain/incident/state.js';
import { approversOf } from '../../domain/runbook/approvers.js';
import { type InputProblem, resolveInputs } from '../../domain/runbook/inputs.js';
import { kindOf } from '../../steps/registry.js';
import { stepTitles } from '../../domain/runbook/step-titles.js';
import { jsonbSafe } from '../../domain/shared/jsonb-safe.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type LockedIncident, lockIncident } from '../incident/incident-row.js';
import type { RunAttachment } from '../projections/project-run.js';
import type { Recorder, RecordOutcome, RecordRequest } from '../incident/record.js';
import { authorsOf } from './run-authors.js';
import { runContext } from './run-context.js';

export interface StartRun {
  incidentId: string;
  runbook: string;
  inputs: Record<string, unknown>;
  dryRun: boolean;
  startedBy: Actor;
  /** The person for whom an API key starts the run. */
  onBehalfOf?: string | undefined;
  /** The revision frozen into the incident's response; the revision in force when left out. */
  revision?: number;
  /** A known id makes starting idempotent. */
  runId?: string;
  /** The returned events start after this `seq`. */
  afterSeq?: number;
  /** Position of the incident when the run was requested (`positionOf`). */
  seen?: string | undefined;
}

export type StartOutcome =
  | { kind: 'started'; runId: string; outcome: Exclude<RecordOutcome, { kind: 'not_found' }> }
  | { kind: 'no_runbook'; detail: string }
  | { kind: 'no_incident' }
  | { kind: 'invalid_inputs'; problems: InputProblem[] };

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The actor, and the person for whom it acts when it is an API key. */
export type ActingFor = Pick<RecordRequest, 'actor' | 'onBehalfOf'>;

type StepRequest =
  | { type: 'complete_step'; comment: string | null }
  | { type: 'skip_step'; reason: string }
  | { type: 'retry_step' };

/** `digest` null: the person was shown no content. */
export interface ApprovalRequest {
  runId: string;
  step: string;
  person: string;
  decision: 'approve' | 'reject';
  comment: string | null;
  digest: string | null;
}

export class RunCommands {
  constructor(
    private readonly dataSource: DataSource,
    private readonly recorder: Recorder,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  start(request: StartRun): Promise<StartOutcome> {
    return this.dataSource.transaction((tx) => this.startIn(tx, request));
  }

  /** `outcome` may be a refusal: the incident is closed. */
  async startIn(tx: EntityManager, request: StartRun): Promise<StartOutcome> {
    const locked = await lockIncident(tx, request.incidentId);
    if (locked === null) return { kind: 'no_incident' };
    const found = await this.runbook(tx, locked.configVersion, request);
    if (found === undefined) {
      return { kind: 'no_runbook', detail: `There is no runbook "${request.runbook}"` };
    }
    const { spec, revision, name } = found;
    const context = await runContext(tx, locked.state);
    const resolved = resolveInputs(spec.inputs, jsonbSafe(request.inputs), context);
    if (resolved.kind === 'invalid') return { kind: 'invalid_inputs', problems: resolved.problems };
    const runId = request.runId ?? randomUUID();
    const titles = stepTitles(spec.steps);
    const attachment: RunAttachment = { of: 'run', spec, inputs: resolved.inputs, context };
    const outcome = await this.recorder.recordLocked(tx, locked, {
      incidentId: request.incidentId,
      actor: request.startedBy,
      onBehalfOf: request.onBehalfOf,
      seen: request.seen,
      attachment,
      ...(request.afterSeq === undefined ? {} : { afterSeq: request.afterSeq }),
      command: {
        type: 'start_run',
        run: runId,
        runbook: name,
        revision,
        dryRun: request.dryRun,
        steps: spec.steps.map((step, index) => {
          const title = titles[index] ?? null;
          return { id: step.id, kind: kindOf(step), ...(title === null ? {} : { title: jsonbSafe(title) }) };
        }),
      },
    });
    return outcome.kind === 'not_found' ? { kind: 'no_incident' } : { kind: 'started', runId, outcome };
  }

  async decideApproval(request: ApprovalRequest): Promise<RecordOutcome> {
    const incidentId = await this.incidentOf(request.runId);
    if (incidentId === null) return { kind: 'not_found' };
    return this.dataSource.transaction(async (tx) => {
      const locked = await lockIncident(tx, incidentId);
      return locked === null ? { kind: 'not_found' } : this.decideApprovalIn(tx, locked, request);
    });
  }

  /** For a caller that records more with the decision. The person's entitlement is checked under the same lock. */
  async decideApprovalIn(
    tx: EntityManager,
    locked: LockedIncident,
    request: ApprovalRequest,
  ): Promise<RecordOutcome> {
    const { runId: run, ...rest } = request;
    const snapshot = await this.snapshots.at(tx, locked.configVersion);
    const from = locked.state.runs[run]?.steps[request.step]?.approval?.from ?? [];
    const entitled = approversOf(from, locked.state, snapshot).includes(request.person);
    const isAuthor = (await authorsOf(tx, run)).includes(request.person);
    const command: IncidentCommand = { type: 'decide_approval', run, ...jsonbSafe(rest), entitled, isAuthor };
    const incidentId = locked.state.id;
    return this.recorder.recordLocked(tx, locked, { incidentId, actor: request.person, command });
  }

  /** Completes, skips or retries a step. */
  act(runId: string, step: string, by: ActingFor, request: StepRequest): Promise<RecordOutcome> {
    return this.ask(runId, by, { ...jsonbSafe(request), run: runId, step, person: by.actor });
  }

  cancel(runId: string, by: ActingFor, reason: string | null): Promise<RecordOutcome> {
    return this.ask(runId, by, { type: 'cancel_run', run: runId, reason: jsonbSafe(reason) });
  }

  async incidentOf(runId: string): Promise<string | null> {
    if (!uuid.test(runId)) return null;
    const rows: { incident_id: string }[] = await this.dataSource.query(
      'SELECT incident_id FROM run WHERE id = $1',
      [runId],
    );
    return rows[0]?.incident_id ?? null;
  }

  private async ask(runId: string, by: ActingFor, command: IncidentCommand): Promise<RecordOutcome> {
    const incidentId = await this.incidentOf(runId);
    return incidentId === null ? { kind: 'not_found' } : this.recorder.record({ incidentId, ...by, command });
  }

  private async runbook(
    tx: EntityManager,
    version: number,
    { runbook: name, revision }: StartRun,
  ): Promise<ConfigDocument<'Runbook'> | undefined> {
    const current = (await this.snapshots.at(tx, version)).get('Runbook', name);
    if (revision === undefined || current?.revision === revision) return current;
    const rows: ConfigDocument<'Runbook'>[] = await tx.query(
      `SELECT kind, name, revision, spec FROM config_object
        WHERE kind = 'Runbook' AND name = $1 AND revision = $2 AND spec IS NOT NULL`,
      [name, revision],
    );
    return rows[0];
  }
}
