/** The worker's own look at drift, every few minutes: open incidents without a workflow get one, the rest is told to people. */
import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import type { Outbox } from '../../db/outbox.js';
import { type DriftKind, findDrift } from './drift.js';
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
}
