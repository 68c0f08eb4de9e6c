/**
 * Puts Temporal in step with the record, through the door that everything else uses: the newest event goes to the outbox once
 * more. The relay starts the workflow anew from the row when none runs, and a workflow that has missed something reads it.
 * The ledger's keys stop what has been sent from being sent again.
 */
import type { Client } from '@temporalio/client';
import type { Outbox } from '../../db/outbox.js';
import type { Drift } from './drift.js';

export interface MendParts {
  outbox: Outbox;
  client: Client;
}

export async function mend({ outbox, client }: MendParts, drift: Drift): Promise<string> {
  if (drift.kind === 'stalled') {
    // Its steps' effects are not known to be safe to repeat: people decide (resume, skip or cancel on the run's page).
    return 'left alone: cancel or resume it on the incident page';
  }
  if (drift.incidentId === null) {
    await client.workflow
      .getHandle(drift.workflowId)
      .terminate('tocsin-reconcile: the incident is not on the record');
    return 'ended';
  }
  await outbox.tellAgain(drift.incidentId);
  return drift.kind === 'missing' ? 'a workflow is started from the record' : 'told the newest event again';
}

/** R6: the run is ended and a new one starts from the row; for a workflow whose code cannot replay its own history. */
export async function rehydrate(parts: MendParts, incident: { id: string; number: string }): Promise<void> {
  const workflowId = `incident/${incident.id}`;
  await parts.client.workflow
    .getHandle(workflowId)
    .terminate('tocsin-reconcile: rebuilt from the record')
    .catch(() => undefined);
  await mend(parts, {
    kind: 'missing',
    workflowId,
    incidentId: incident.id,
    number: incident.number,
    says: '',
  });
}
