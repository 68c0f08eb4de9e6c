/** Closes an alert that its sender did not resolve, because it has not been heard of. */
import type { DataSource, EntityManager } from 'typeorm';
import type { Reason } from '../../domain/alert/decide-signal.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { lockIncident } from '../incident/incident-row.js';
import type { Recorder } from '../incident/record.js';
import { closeAlert, lockKeys, readKeys } from './alert-rows.js';
import { tellIncident } from './tell-incident.js';

export interface Unheard {
  source: string;
  dedupKey: string;
  title: string;
  reason: Reason;
  /** Said on the incident. */
  because?: string;
  /** Read again under the lock: a message may have come meanwhile. */
  isStillDue: (tx: EntityManager, alert: string) => Promise<boolean>;
}

export interface Closing {
  dataSource: DataSource;
  recorder: Recorder;
}

export async function closeUnheard(
  { dataSource, recorder }: Closing,
  { source, dedupKey, title, reason, because, isStillDue }: Unheard,
): Promise<void> {
  await retryingTransaction(dataSource, async (tx) => {
    const { now, facts } = await lockKeys(tx, source, [dedupKey]);
    const incident = facts.get(dedupKey)?.open?.incident ?? null;
    if (incident !== null) await lockIncident(tx, incident);
    const open = (await readKeys(tx, source, [dedupKey])).facts.get(dedupKey)?.open;
    // A person resolved or merged the incident meanwhile: the next run reads the new state.
    if (open == null || open.incident !== incident || !(await isStillDue(tx, open.id))) return;
    await closeAlert(tx, open.id, { now, by: 'tocsin', occurredAt: null, reasons: [reason] });
    const command = {
      type: 'close_alert',
      alert: open.id,
      title,
      ...(because === undefined ? {} : { because }),
    } as const;
    await tellIncident(tx, recorder, { incidentId: open.incident, source, command });
  });
}
