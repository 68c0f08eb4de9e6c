/** A run as pinned at its start, with the facts that its expressions may read. */
import type { LoadedRun } from '../../ports/runbook.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { PinnedStep } from '../../domain/runbook/due-step.js';
import type { Querying } from '../connection/querying.js';

type RunRow = Omit<LoadedRun, 'simulated' | 'context' | 'steps'> & {
  dryRun: boolean;
  incident: IncidentState;
  context: LoadedRun['context'] | null;
  outputs: Record<string, Record<string, unknown> | null>;
};

export async function loadRun(tx: Querying, runId: string): Promise<LoadedRun | null> {
  const rows: RunRow[] = await tx.query(
    `SELECT r.incident_id AS "incidentId", r.runbook, r.revision, r.spec, r.inputs, r.state, r.dry_run AS "dryRun",
            r.started_by AS "startedBy", r.context, i.state AS incident,
            (SELECT coalesce(jsonb_object_agg(s.step_id, s.output->'outputs'), '{}') FROM run_step s WHERE s.run_id = r.id) AS outputs
       FROM run r JOIN incident i ON i.id = r.incident_id WHERE r.id = $1`,
    [runId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { dryRun, incident, outputs, context, ...run } = row;
  const status = Object.entries(incident.runs[runId]?.steps ?? {});
  const steps = status.map(([id, { state, requested }]): [string, PinnedStep] => [
    id,
    { state, outputs: outputs[id] ?? {}, isRetry: requested === 'retry' },
  ]);
  return {
    ...run,
    simulated: dryRun || incident.drill !== null,
    // A run that began before its facts were stored gets the current ones.
    context: context ?? (await runContext(tx, incident)),
    steps: Object.fromEntries(steps),
  };
}

/** `incident` and `alert` (the first one; null without any) of `${{ }}` in runbooks. */
export async function runContext(tx: Querying, state: IncidentState): Promise<LoadedRun['context']> {
  const alerts: Record<string, unknown>[] = await tx.query(
    `SELECT title, severity, service, source, status, labels, links, dedup_key AS "dedupKey",
            left(coalesce(detail->>'description', ''), 2000) AS description, coalesce(detail->>'client', '') AS client FROM alert
      WHERE incident_id = $1 ORDER BY first_at, id LIMIT 1`,
    [state.id],
  );
  const { id, number, title, team, severity, priority, status, alertsOpen } = state;
  const incident = { id, number, title, team, severity, priority, status, alertsOpen };
  return {
    incident: {
      ...incident,
      service: state.service ?? '',
      commander: state.commander ?? '',
      drill: state.drill !== null,
    },
    alert: alerts[0] ?? null,
  };
}
