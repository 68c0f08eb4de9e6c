/** Projects a run's events into the tables `run`, `run_step`, `approval` and `approval_decision`. */
import type { EntityManager } from 'typeorm';
import type { LoadedRun, StepEnd } from '../../ports/runbook.js';
import type { RunbookSpec } from '../../domain/runbook/definition.js';
import { jsonbSafe } from '../../domain/shared/jsonb-safe.js';
import type { RunEvent } from '../../domain/runbook/fold-run.js';

/** Content too large for an event; passed to `Recorder.record` as `attachment`. */
export type RunAttachment =
  | { of: 'run'; spec: RunbookSpec; inputs: Record<string, unknown>; context: LoadedRun['context'] }
  | { of: 'approval'; content: unknown }
  | { of: 'waiting'; text: string }
  | ({ of: 'step' } & Pick<StepEnd, 'outputs' | 'result'>);

export async function projectRun(
  tx: EntityManager,
  incidentId: string,
  event: RunEvent,
  attachment: unknown,
): Promise<void> {
  // Only callers in db/ attach content, each with its own kind of command.
  const attached = attachment as RunAttachment | undefined;
  switch (event.kind) {
    case 'runbook_started':
      return insertRun(tx, incidentId, event, attached);
    case 'step_waiting':
      return waits(tx, event, attached?.of === 'waiting' ? { text: attached.text } : null);
    case 'approval_requested':
      await waits(tx, event, { text: event.data.message });
      return insertApproval(tx, incidentId, event, attached);
    case 'approval_decided':
      return decided(tx, event);
    case 'approval_expired':
      await tx.query(`UPDATE approval SET outcome = 'expired', decided_at = $2 WHERE id = $1`, [
        event.data.approval,
        event.at,
      ]);
      return;
    case 'step_finished':
      return finished(tx, event, attached?.of === 'step' ? attached : null);
    case 'runbook_finished':
      await tx.query('UPDATE run SET state = $2, finished_at = $3 WHERE id = $1', [
        event.data.run,
        event.data.state,
        event.at,
      ]);
      return;
    case 'step_retried':
    case 'run_cancel_requested':
      return;
  }
}

type Of<K extends RunEvent['kind']> = Extract<RunEvent, { kind: K }>;

async function insertRun(
  tx: EntityManager,
  incidentId: string,
  { data, at, actor }: Of<'runbook_started'>,
  attached: RunAttachment | undefined,
): Promise<void> {
  if (attached?.of !== 'run')
    throw new Error(`Run ${data.run} was started without its runbook; start runs through RunCommands`);
  const { spec, inputs, context } = attached;
  await tx.query(
    `WITH started AS (
       INSERT INTO run (id, incident_id, runbook, revision, spec, inputs, context, state, dry_run, started_by, started_at)
       VALUES ($1, $2, $3, $4, $5, $6, $11, 'running', $7, $8, $9))
     INSERT INTO run_step (run_id, step_id, position, kind, state)
     SELECT $1, s->>'id', n - 1, s->>'kind', 'pending' FROM jsonb_array_elements($10::jsonb) WITH ORDINALITY AS steps (s, n)`,
    [
      data.run,
      incidentId,
      data.runbook,
      data.revision,
      JSON.stringify(spec),
      JSON.stringify(inputs),
      data.dryRun,
      actor,
      at,
      JSON.stringify(data.steps),
      JSON.stringify(jsonbSafe(context)),
    ],
  );
}

async function waits(
  tx: EntityManager,
  { data, at }: Of<'step_waiting'> | Of<'approval_requested'>,
  output: { text: string } | null,
): Promise<void> {
  await tx.query(
    `WITH waiting AS (UPDATE run SET state = 'waiting' WHERE id = $1)
     UPDATE run_step SET state = 'waiting', started_at = $3, finished_at = NULL, attempts = attempts + 1, error = NULL,
       output = coalesce($4::jsonb, output) WHERE run_id = $1 AND step_id = $2`,
    [data.run, data.step, at, output === null ? null : JSON.stringify(output)],
  );
}

async function insertApproval(
  tx: EntityManager,
  incidentId: string,
  { data, at }: Of<'approval_requested'>,
  attached: RunAttachment | undefined,
): Promise<void> {
  await tx.query(
    `INSERT INTO approval (id, run_id, step_id, incident_id, message, requested_from, quorum, two_person, digest, inputs, outcome,
       requested_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending', $11, $12)`,
    [
      data.approval,
      data.run,
      data.step,
      incidentId,
      data.message,
      JSON.stringify(data.from),
      data.min,
      data.twoPerson,
      data.digest,
      JSON.stringify(attached?.of === 'approval' ? attached.content : {}),
      at,
      data.expiresAt,
    ],
  );
}

async function decided(tx: EntityManager, { data, at }: Of<'approval_decided'>): Promise<void> {
  await tx.query(
    `WITH decision AS (
       INSERT INTO approval_decision (approval_id, person, decision, comment, at) VALUES ($1, $2, $3, $4, $5))
     UPDATE approval SET outcome = $6, decided_at = CASE WHEN $6 = 'pending' THEN NULL ELSE $5::timestamptz END WHERE id = $1`,
    [data.approval, data.person, data.decision, data.comment, at, data.outcome],
  );
}

/** The sentence is the error of a failed step; the outputs of the step are stored beside it. */
async function finished(
  tx: EntityManager,
  { data, at }: Of<'step_finished'>,
  attached: Pick<StepEnd, 'outputs' | 'result'> | null,
): Promise<void> {
  const failed = data.state === 'failed' || data.state === 'timed_out';
  const output = { text: data.text, ...attached };
  await tx.query(
    `WITH step AS (
       UPDATE run_step SET state = $3, finished_at = $4, started_at = coalesce(started_at, $4), error = $5,
         output = coalesce(output, '{}') || $6::jsonb WHERE run_id = $1 AND step_id = $2)
     UPDATE run SET state = CASE WHEN EXISTS (
         SELECT 1 FROM run_step WHERE run_id = $1 AND step_id <> $2 AND state = 'waiting') THEN 'waiting' ELSE 'running' END
      WHERE id = $1 AND state IN ('running', 'waiting')`,
    [data.run, data.step, data.state, at, failed ? data.text : null, JSON.stringify(output)],
  );
}
