/**
 * Puts Temporal in step with the record, through the door that everything else uses: the newest event goes to the outbox once
 * more. The relay starts the workflow anew from the row when none runs, and a workflow that has missed something reads it.
 * The ledger's keys stop what has been sent from being sent again.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { Outbox } from '../../db/outbox.js';
import { type Drift, knownSeq, runs } from './drift.js';

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
    await end(client, drift.workflowId, 'the incident is not on the record');
    return 'ended';
  }
  if (drift.kind === 'astray') {
    await rehydrate({ outbox, client }, { id: drift.incidentId, number: drift.number ?? '' });
    return 'its run was ended, a new one starts from the record';
  }
  await outbox.tellAgain(drift.incidentId);
  return drift.kind === 'missing' ? 'a workflow is started from the record' : 'told the newest event again';
}

export interface Settled {
  isLeft: boolean;
  /** What became of it, when it was more than `mend` has said. */
  did: string | null;
}

/** Longer than a relay that is there needs. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 200;

/**
 * Whether what `mend` did has helped, waited for within reason. A workflow that goes on after its incident was closed, and after it
 * was told so, cannot end by itself (its code cannot replay its history, or nobody runs it): it is ended.
 */
export async function settle(
  { client, dataSource }: { client: Client; dataSource: DataSource },
  drift: Drift,
): Promise<Settled> {
  const { kind, workflowId, incidentId } = drift;
  switch (kind) {
    case 'stalled':
      return { isLeft: true, did: null };
    case 'missing':
    case 'astray':
      return (await comesTrue(() => runs(client, workflowId)))
        ? { isLeft: false, did: null }
        : { isLeft: true, did: 'no worker has started it yet' };
    case 'behind':
      return (await comesTrue(() => knowsAll({ client, dataSource }, workflowId, incidentId)))
        ? { isLeft: false, did: null }
        : { isLeft: true, did: 'it does not know more than before: --rehydrate starts it anew' };
    case 'orphan': {
      if (await comesTrue(async () => !(await runs(client, workflowId)))) return { isLeft: false, did: null };
      if (!(await isClosed(dataSource, incidentId)))
        return { isLeft: true, did: 'its incident was opened again' };
      await end(client, workflowId, 'the incident is closed and the workflow did not end by itself');
      return { isLeft: false, did: 'did not end by itself: ended' };
    }
  }
}

async function comesTrue(ask: () => Promise<boolean>): Promise<boolean> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    if (await ask()) return true;
    if (performance.now() > giveUpAt) return false;
    await pause(LOOK_EVERY_MS);
  }
}

async function knowsAll(
  { client, dataSource }: { client: Client; dataSource: DataSource },
  workflowId: string,
  incidentId: string | null,
): Promise<boolean> {
  const rows: { seq: number }[] = await dataSource.query('SELECT seq FROM incident WHERE id = $1', [
    incidentId,
  ]);
  const known = await knownSeq(client, workflowId);
  return known !== null && known >= (rows[0]?.seq ?? 0);
}

async function isClosed(dataSource: DataSource, incidentId: string | null): Promise<boolean> {
  const rows: unknown[] = await dataSource.query(
    `SELECT 1 FROM incident WHERE id = $1 AND status = 'closed'`,
    [incidentId],
  );
  return rows.length > 0;
}

/** It may have ended by itself meanwhile. */
async function end(client: Client, workflowId: string, why: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).terminate(`tocsin-reconcile: ${why}`);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/** R6: the run is ended and a new one starts from the row; for a workflow whose code cannot replay its own history. */
export async function rehydrate(parts: MendParts, incident: { id: string; number: string }): Promise<void> {
  const workflowId = `incident/${incident.id}`;
  await end(parts.client, workflowId, 'rebuilt from the record');
  await mend(parts, {
    kind: 'missing',
    workflowId,
    incidentId: incident.id,
    number: incident.number,
    says: '',
  });
}
