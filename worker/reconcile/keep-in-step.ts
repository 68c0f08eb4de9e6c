/** The worker's own look at drift, every few minutes: open incidents without a workflow get one, the rest is told to people. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Outbox } from '../../db/outbox.js';
import { reportWatchdog } from '../../db/watchdogs.js';
import { type Drift, type DriftKind, findDrift } from './drift.js';
import { mend } from './mend.js';

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

export async function keepInStep({
  dataSource,
  client,
  outbox,
  log,
  drift: gauge,
}: KeepInStep): Promise<void> {
  const drifts = await findDrift({ dataSource, client }, { isDeep: false, graceMs: GRACE_MS });
  for (const kind of KINDS) gauge.set({ kind }, drifts.filter((one) => one.kind === kind).length);
  for (const drift of drifts) {
    // Ending workflows is for people who look (`tocsin-reconcile`): a wrong database would end all of them.
    const did = drift.kind === 'missing' ? await mend({ outbox, client }, drift) : 'see tocsin-reconcile';
    log.warn({ drift: drift.kind, workflowId: drift.workflowId }, `${drift.says}: ${did}`);
  }
  await reportWatchdog(dataSource, { name: 'reconcile', ...standing(drifts), detail: { drifts } });
}

/** What was missing has just been started; the rest waits for somebody who looks. */
function standing(drifts: readonly Drift[]): { ok: boolean; text: string } {
  const left = drifts.filter(({ kind }) => kind !== 'missing');
  const [first] = left;
  if (first !== undefined) {
    const others = left.length === 1 ? '' : ` and ${left.length - 1} more`;
    return { ok: false, text: `${first.says}${others}: npm run reconcile lists and mends it` };
  }
  if (drifts.length === 0) return { ok: true, text: 'PostgreSQL and Temporal agree about what is open' };
  return { ok: true, text: `${drifts.length} open incidents had no workflow and were given one` };
}
