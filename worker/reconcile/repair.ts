/**
 * Repairs Temporal from the record through the ordinary path: sends the newest event through the outbox again. The
 * relay starts the workflow from the row when none runs, and a workflow that missed events reads them. The ledger's
 * keys prevent repeated pages.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { DataSource } from 'typeorm';
import type { Outbox } from '../../db/incident/outbox.js';
import { incidentWorkflowId } from '../../domain/shared/workflow-ids.js';
import { type Drift, knownSeq, runs } from './drift.js';

export interface RepairParts {
  outbox: Outbox;
  client: Client;
}

export async function repair({ outbox, client }: RepairParts, drift: Drift): Promise<string> {
  if (drift.kind === 'stalled') {
    // The effects of its steps may not be safe to repeat: a person decides (resume, skip or cancel on the run's
    // page).
    return 'left alone: cancel or resume it on the incident page';
  }
  if (drift.incidentId === null) {
    await end(client, drift.workflowId, 'the incident is not on the record');
    return 'ended';
  }
  if (drift.kind === 'diverged') {
    await rehydrate({ outbox, client }, { id: drift.incidentId, number: drift.number ?? '' });
    return 'its run was ended, a new one starts from the record';
  }
  await outbox.tellAgain(drift.incidentId);
  return drift.kind === 'missing' ? 'a workflow is started from the record' : 'told the newest event again';
}

export interface Settled {
  isLeft: boolean;
  /** The result, if there is more to report than `repair` returned. */
  did: string | null;
}

/** Longer than a running relay needs. */
const PATIENCE_MS = 10_000;
const LOOK_EVERY_MS = 200;

/**
 * Waits for the effect of `repair`, up to a limit. A workflow that continues after its incident was closed and after
 * it was signalled cannot end by itself (its code cannot replay its history, or no worker runs it): it is terminated.
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
    case 'diverged':
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

/** The workflow may have ended by itself meanwhile. */
async function end(client: Client, workflowId: string, why: string): Promise<void> {
  try {
    await client.workflow.getHandle(workflowId).terminate(`tocsin-reconcile: ${why}`);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

/**
 * Terminates the run and starts a new one from the row, for a workflow whose code cannot replay its own history
 * (docs/reliability.md R6).
 */
export async function rehydrate(parts: RepairParts, incident: { id: string; number: string }): Promise<void> {
  const workflowId = incidentWorkflowId(incident.id);
  await end(parts.client, workflowId, 'rebuilt from the record');
  await repair(parts, {
    kind: 'missing',
    workflowId,
    incidentId: incident.id,
    number: incident.number,
    says: '',
  });
}
