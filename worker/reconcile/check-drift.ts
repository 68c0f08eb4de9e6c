/** The worker's periodic drift check: starts missing workflows of open incidents and reports the rest. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Outbox } from '../../db/incident/outbox.js';
import { reportWatchdog } from '../../db/health/watchdogs.js';
import { type Drift, type DriftKind, findDrift } from './drift.js';
import { repair } from './repair.js';

/** Longer than the relay needs after an outage. */
const GRACE_MS = 60_000;
const KINDS: readonly DriftKind[] = ['missing', 'orphan', 'behind', 'stalled'];

export interface KeepInStep {
  dataSource: DataSource;
  client: Client;
  outbox: Outbox;
  log: Logger;
  drift: Gauge<'kind'>;
}

export async function checkDrift({
  dataSource,
  client,
  outbox,
  log,
  drift: gauge,
}: KeepInStep): Promise<void> {
  const drifts = await findDrift({ dataSource, client }, { isDeep: false, graceMs: GRACE_MS });
  for (const kind of KINDS) gauge.set({ kind }, drifts.filter((one) => one.kind === kind).length);
  for (const drift of drifts) {
    // Only a person may terminate workflows (`tocsin-reconcile`): with a wrong database this would terminate all of
    // them.
    const did = drift.kind === 'missing' ? await repair({ outbox, client }, drift) : 'see tocsin-reconcile';
    log.warn({ drift: drift.kind, workflowId: drift.workflowId }, `${drift.says}: ${did}`);
  }
  await reportWatchdog(dataSource, { name: 'reconcile', ...status(drifts), detail: { drifts } });
}

/** Missing workflows have just been started; the other kinds wait for a person. */
function status(drifts: readonly Drift[]): { ok: boolean; text: string } {
  const left = drifts.filter(({ kind }) => kind !== 'missing');
  const [first] = left;
  if (first !== undefined) {
    const others = left.length === 1 ? '' : ` and ${left.length - 1} more`;
    return { ok: false, text: `${first.says}${others}: npm run reconcile lists and mends it` };
  }
  if (drifts.length === 0) return { ok: true, text: 'PostgreSQL and Temporal agree about what is open' };
  return { ok: true, text: `${drifts.length} open incidents had no workflow and were given one` };
}
