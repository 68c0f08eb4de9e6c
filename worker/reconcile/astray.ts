/**
 * Workflows that tell another story than the record (R13): after the record was put back to an earlier time they know events
 * that it has forgotten. They would take what happens from now on for what they have seen, and drop it.
 */
import type { Client } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import { sameJson } from '../../db/invariants/audit-record.js';
import { readEvents } from '../../db/record.js';
import { foldEvents } from '../../domain/incident/fold.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { currentState, incidentWorkflowId } from '../../workflows/messages.js';
import type { Drift } from './drift.js';

const PATIENCE_MS = 5_000;

/** Asks each workflow of an open incident what it knows, which needs a worker. One that does not answer is left out. */
export async function findAstray({
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
    drifts.push({ kind: 'astray', workflowId, incidentId: id, number, says });
  }
  return drifts;
}

/** What it knows is what the record's first events fold to. The record is read last, so it has whatever could be known. */
async function isOfRecord(dataSource: DataSource, known: IncidentState): Promise<boolean> {
  const events = (await readEvents(dataSource, known.id, 0)).filter(({ seq }) => seq <= known.seq);
  return events.length === known.seq && sameJson(foldEvents(known.id, null, events), known);
}

/** One that has ended would answer as well, and is none of a story that goes on. */
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
