/**
 * Finds where PostgreSQL and Temporal disagree about open incidents (docs/reliability.md R11, R13, I13). The record
 * is right; Temporal's state may be older, or gone.
 */
import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { IncidentState } from '../../domain/incident/state.js';
import {
  drillWorkflowId,
  incidentOfWorkflow,
  incidentWorkflowId,
  runbookWorkflowId,
} from '../../domain/shared/workflow-ids.js';
import { currentState } from '../../workflows/messages.js';

export type DriftKind =
  /** The incident is open and no workflow runs for it. */
  | 'missing'
  /** A workflow runs for an incident that is closed or unknown to the record. */
  | 'orphan'
  /**
   * The workflow has events that the record lacks, or other ones: one of the two stores was restored to an earlier
   * time.
   */
  | 'diverged'
  /** The workflow lacks the newest events, and the outbox holds nothing for it. */
  | 'behind'
  /** A runbook run or a drill is active and has no running workflow. */
  | 'stalled';

export interface Drift {
  kind: DriftKind;
  workflowId: string;
  incidentId: string | null;
  /** `INC-42`; null when the record does not know the incident. */
  number: string | null;
  says: string;
}

export interface FindOptions {
  /** Queries the state of every workflow, which needs a worker. Without it `behind` is not detected. */
  isDeep: boolean;
  /** Changes younger than this may still be in the outbox and are not drift. */
  graceMs: number;
}

interface OpenIncident {
  id: string;
  number: string;
  seq: number;
  isTold: boolean;
}

export async function findDrift(
  { dataSource, client }: { dataSource: DataSource; client: Client },
  { isDeep, graceMs }: FindOptions,
): Promise<Drift[]> {
  const running = await runningWorkflows(client);
  // Read after Temporal's list: an incident opened in between is on the record and may be missing in the list, never
  // the reverse.
  const open: OpenIncident[] = await dataSource.query(
    `SELECT i.id, 'INC-' || i.number AS number, i.seq,
            -- Runs and drills have workflows of their own: their undelivered rows do not start the workflow of the incident.
            NOT EXISTS (SELECT 1 FROM outbox o WHERE o.workflow_id = $2 || i.id::text AND o.delivered_at IS NULL) AS "isTold"
       FROM incident i
      WHERE i.status <> 'closed' AND NOT EXISTS (
        SELECT 1 FROM incident_event e WHERE e.incident_id = i.id AND e.seq = i.seq
           AND e.at > tocsin_now() - $1::int * interval '1 millisecond')`,
    [graceMs, incidentWorkflowId('')],
  );
  const drifts: Drift[] = [];
  for (const incident of open.filter(({ isTold }) => isTold)) {
    const workflowId = incidentWorkflowId(incident.id);
    const about = { workflowId, incidentId: incident.id, number: incident.number };
    if (!running.has(workflowId) && !(await runs(client, workflowId))) {
      drifts.push({
        ...about,
        kind: 'missing',
        says: `${incident.number} is open and no workflow runs for it`,
      });
    } else if (isDeep) {
      const known = await knownSeq(client, workflowId);
      if (known !== null && known < incident.seq) {
        const says = `the workflow of ${incident.number} knows ${known} of ${incident.seq} events`;
        drifts.push({ ...about, kind: 'behind', says });
      }
    }
  }
  return [...drifts, ...(await orphans(dataSource, running)), ...(await stalled(dataSource, running))];
}

/**
 * Workflows per page, some 3 kB each: larger pages are promoted in the heap and leave the worker's heap larger for
 * good.
 */
const LISTED_AT_ONCE = 100;

/**
 * Ids of all running workflows from Temporal's visibility store. The list is slightly old, so an absence is checked
 * again.
 */
async function runningWorkflows(client: Client): Promise<Set<string>> {
  const ids = new Set<string>();
  const asked = { query: "ExecutionStatus = 'Running'", pageSize: LISTED_AT_ONCE };
  for await (const { workflowId } of client.workflow.list(asked)) ids.add(workflowId);
  return ids;
}

export async function runs(client: Client, workflowId: string): Promise<boolean> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Null when no worker answers in time, which has an alarm of its own. */
export async function knownSeq(client: Client, workflowId: string): Promise<number | null> {
  try {
    const state: IncidentState = await client.withDeadline(Date.now() + 5_000, () =>
      client.workflow.getHandle(workflowId).query(currentState),
    );
    return state.seq;
  } catch {
    return null;
  }
}

async function orphans(dataSource: DataSource, running: ReadonlySet<string>): Promise<Drift[]> {
  const ids = [...running].map(incidentOfWorkflow).filter((id) => id !== null);
  const rows: { id: string; number: string | null; status: string | null }[] = await dataSource.query(
    `SELECT w.id, 'INC-' || i.number AS number, i.status
       FROM unnest($1::text[]) AS w (id)
       LEFT JOIN incident i ON i.id = CASE WHEN w.id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN w.id::uuid END
      WHERE i.id IS NULL OR (i.status = 'closed' AND i.closed_at < tocsin_now() - interval '1 minute')`,
    [ids],
  );
  return rows.map(({ id, number }) => ({
    kind: 'orphan',
    workflowId: incidentWorkflowId(id),
    incidentId: number === null ? null : id,
    number,
    says:
      number === null
        ? `a workflow runs for incident ${id}, which is not on the record`
        : `a workflow still runs for ${number}, which is closed`,
  }));
}

async function stalled(dataSource: DataSource, running: ReadonlySet<string>): Promise<Drift[]> {
  const rows: { workflowId: string; incidentId: string; number: string; what: string }[] =
    await dataSource.query(
      `SELECT $1 || r.id::text AS "workflowId", r.incident_id AS "incidentId", 'INC-' || i.number AS number,
              'run of ' || r.runbook AS what
         FROM run r JOIN incident i ON i.id = r.incident_id
        WHERE r.state IN ('running', 'waiting') AND r.started_at < tocsin_now() - interval '1 minute'
        UNION ALL
       SELECT $2 || d.id::text, d.incident_id, 'INC-' || i.number, 'drill ' || d.drill
         FROM drill_run d JOIN incident i ON i.id = d.incident_id
        WHERE d.state = 'running' AND d.started_at < tocsin_now() - interval '1 minute'`,
      [runbookWorkflowId(''), drillWorkflowId('')],
    );
  return rows
    .filter(({ workflowId }) => !running.has(workflowId))
    .map(({ what, ...about }) => ({
      ...about,
      kind: 'stalled',
      says: `the ${what} for ${about.number} is under way and no workflow runs it`,
    }));
}
