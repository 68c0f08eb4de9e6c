/** Alerts whose sender said until when they hold, and did not repeat them. */
import type { DataSource } from 'typeorm';
import type { Reason } from '../../domain/alert/decide-signal.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { lockIncident } from '../incident/incident-row.js';
import type { Recorder } from '../incident/record.js';
import { closeAlert, lockKeys, readKeys } from './alert-rows.js';
import { tellIncident } from './tell-incident.js';

/** Closes alerts whose sender promised to repeat them and did not (`endsAt` has passed). */
export async function closeExpiredAlerts(
  { dataSource, recorder }: { dataSource: DataSource; recorder: Recorder },
  limit: number,
): Promise<number> {
  const due: { source: string; dedup_key: string; title: string }[] = await dataSource.query(
    `SELECT source, dedup_key, title FROM alert WHERE status = 'open' AND resolve_at <= tocsin_now() ORDER BY resolve_at LIMIT $1`,
    [limit],
  );
  for (const { source, dedup_key, title } of due) {
    await retryingTransaction(dataSource, async (tx) => {
      const { now, facts } = await lockKeys(tx, source, [dedup_key]);
      const incident = facts.get(dedup_key)?.open?.incident ?? null;
      if (incident !== null) await lockIncident(tx, incident);
      const open = (await readKeys(tx, source, [dedup_key])).facts.get(dedup_key)?.open;
      // A person resolved or merged the incident meanwhile: the next run reads the new state.
      if (open == null || open.incident !== incident) return;
      const renewed: unknown[] = await tx.query(
        'SELECT 1 FROM alert WHERE id = $1 AND resolve_at > tocsin_now()',
        [open.id],
      );
      if (renewed.length > 0) return;
      const text = 'its sender stopped repeating it (endsAt has passed)';
      const reasons: Reason[] = [{ stage: 'dedup', decision: 'closed', text }];
      await closeAlert(tx, open.id, { now, by: 'tocsin', occurredAt: null, reasons });
      const command = { type: 'close_alert', alert: open.id, title } as const;
      await tellIncident(tx, recorder, { incidentId: open.incident, source, command });
    });
  }
  return due.length;
}
