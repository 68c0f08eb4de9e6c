/** A run as it was pinned when it started, with the facts that its expressions may look at. */
import type { EntityManager } from 'typeorm';
import type { LoadedRun } from '../activities/ports.js';
import type { IncidentState } from '../domain/incident/state.js';

type Querying = Pick<EntityManager, 'query'>;

type RunRow = Omit<LoadedRun, 'simulated' | 'context'> & { dryRun: boolean; incident: IncidentState };

export async function loadRun(tx: Querying, runId: string): Promise<LoadedRun | null> {
  const rows: RunRow[] = await tx.query(
    `SELECT r.incident_id AS "incidentId", r.runbook, r.revision, r.spec, r.inputs, r.state, r.dry_run AS "dryRun",
            r.started_by AS "startedBy", i.state AS incident
       FROM run r JOIN incident i ON i.id = r.incident_id WHERE r.id = $1`,
    [runId],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { dryRun, incident, ...run } = row;
  return { ...run, simulated: dryRun || incident.drill !== null, context: await runContext(tx, incident) };
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
