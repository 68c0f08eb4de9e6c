/**
 * Finds workflows whose state differs from the record (docs/reliability.md R13): after a restore to an earlier time
 * they have events that the record lost. They would mistake new events for known ones, and drop them.
 */
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { sameJson } from '../../db/invariants/audit-record.js';
import { readEvents } from '../../db/incident/record.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { incidentWorkflowId } from '../../domain/shared/workflow-ids.js';
import { currentState } from '../../workflows/messages.js';
import type { Drift } from './drift.js';

const PATIENCE_MS = 5_000;

/**
 * Queries the state of each open incident's workflow, which needs a worker. Workflows that do not answer are left
 * out.
 */
export async function findDiverged({
  dataSource,
  client,
}: {
  dataSource: DataSource;
  client: Client;
}): Promise<Drift[]> {
  const open: { id: string; number: string }[] = await dataSource.query(
    `SELECT id, 'INC-' || number AS number FROM incident WHERE status <> 'closed' ORDER BY number`,
  );
  const drifts: Drift[] = [];
  for (const { id, number } of open) {
    const workflowId = incidentWorkflowId(id);
    const known = await stateOf(client, workflowId);
    if (known === null || (await isOfRecord(dataSource, known))) continue;
    const says = `the workflow of ${number} knows ${known.seq} events, and not those of the record`;
    drifts.push({ kind: 'diverged', workflowId, incidentId: id, number, says });
  }
  return drifts;
}

/**
 * The workflow's state must be the fold of the record's first events. The record is read last, so it has every event
 * that the workflow can know.
 */
async function isOfRecord(dataSource: DataSource, known: IncidentState): Promise<boolean> {
  const events = (await readEvents(dataSource, known.id, 0)).filter(({ seq }) => seq <= known.seq);
  return events.length === known.seq && sameJson(foldEvents(known.id, null, events), known);
}

/** A closed workflow would answer the query as well, but no longer matters. */
async function stateOf(client: Client, workflowId: string): Promise<IncidentState | null> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    return await client.withDeadline(Date.now() + PATIENCE_MS, async () => {
      const { status } = await handle.describe();
      return status.name === 'RUNNING' ? handle.query(currentState) : null;
    });
  } catch {
    return null;
  }
}
