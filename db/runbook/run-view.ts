/** Runs for scripts and pages (`GET /api/v1/runs/:id`). */
import type { StepKind } from '../../steps/registry.js';
import type { Querying } from '../connection/querying.js';

export interface ApprovalView {
  id: string;
  message: string;
  from: string[];
  min: number;
  twoPerson: boolean;
  digest: string;
  expiresAt: string | null;
  outcome: 'pending' | 'approved' | 'rejected' | 'expired';
  decisions: { person: string; decision: 'approve' | 'reject'; comment: string | null; at: string }[];
}

export interface RunStepView {
  id: string;
  /** Name of the step in the runbook; null when it has only an id. */
  name: string | null;
  kind: StepKind;
  state: string;
  attempts: number;
  startedAt: string | null;
  finishedAt: string | null;
  output: Record<string, unknown> | null;
  error: string | null;
  approval: ApprovalView | null;
}

export interface RunView {
  id: string;
  runbook: string;
  revision: number;
  /** Id of the incident. */
  incident: string;
  state: string;
  dryRun: boolean;
  inputs: Record<string, unknown>;
  startedBy: string;
  startedAt: string;
  finishedAt: string | null;
  steps: RunStepView[];
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** SQL: ISO 8601 in UTC with milliseconds, formatted in SQL because the steps are aggregated there. */
const iso = (column: string): string =>
  `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

const select = `
  SELECT r.id, r.runbook, r.revision, r.incident_id AS incident, r.state, r.dry_run AS "dryRun", r.inputs,
         r.started_by AS "startedBy", ${iso('r.started_at')} AS "startedAt", ${iso('r.finished_at')} AS "finishedAt",
         (SELECT jsonb_agg(jsonb_build_object(
             'id', s.step_id, 'name', (SELECT d->>'name' FROM jsonb_array_elements(r.spec->'steps') d WHERE d->>'id' = s.step_id LIMIT 1),
             'kind', s.kind, 'state', s.state, 'attempts', s.attempts,
             'startedAt', ${iso('s.started_at')}, 'finishedAt', ${iso('s.finished_at')},
             'output', s.output, 'error', s.error, 'approval', a.approval) ORDER BY s.position)
            FROM run_step s
            LEFT JOIN LATERAL (
              SELECT jsonb_build_object(
                  'id', p.id, 'message', p.message, 'from', p.requested_from, 'min', p.quorum, 'twoPerson', p.two_person,
                  'digest', p.digest, 'expiresAt', ${iso('p.expires_at')}, 'outcome', p.outcome,
                  'decisions', coalesce((
                    SELECT jsonb_agg(jsonb_build_object('person', d.person, 'decision', d.decision, 'comment', d.comment,
                             'at', ${iso('d.at')}) ORDER BY d.at)
                      FROM approval_decision d WHERE d.approval_id = p.id), '[]'::jsonb)) AS approval
                FROM approval p WHERE p.run_id = r.id AND p.step_id = s.step_id ORDER BY p.requested_at DESC LIMIT 1) a ON true
           WHERE s.run_id = r.id) AS steps
    FROM run r`;

/** One run, or null; a retried step shows its newest approval. Accepts any text as id. */
export async function getRun(tx: Querying, id: string): Promise<RunView | null> {
  if (!uuid.test(id)) return null;
  const rows: RunView[] = await tx.query(`${select} WHERE r.id = $1`, [id]);
  return rows[0] ?? null;
}

/** All runs of an incident, oldest first. */
export async function listRuns(tx: Querying, incidentId: string): Promise<RunView[]> {
  return tx.query(`${select} WHERE r.incident_id = $1 ORDER BY r.started_at, r.id`, [incidentId]);
}
