/** Asks the record each minute whether it keeps its invariants (reliability.md §7), and says which rule breaks where. */
import type { Logger } from 'pino';
import type { Gauge } from 'prom-client';
import type { DataSource } from 'typeorm';
import { auditRecord, invariants } from '../../db/invariants/audit-record.js';
import { reportWatchdog } from '../../db/watchdogs.js';

/** What the pager itself may still be about to mend is not a breach yet. */
const GRACE_MS = 30_000;

export interface AuditorParts {
  dataSource: DataSource;
  log: Logger;
  /** How long something may be owed before the pager takes it. */
  lateMs: number;
  breaches: Gauge<'invariant'>;
}

export async function audit({ dataSource, log, lateMs, breaches: gauge }: AuditorParts): Promise<void> {
  const startedMs = performance.now();
  const breaches = await auditRecord(dataSource, { patienceMs: lateMs + GRACE_MS });
  const tookMs = Math.round(performance.now() - startedMs);
  for (const id of new Set(invariants.map((invariant) => invariant.id))) {
    gauge.set({ invariant: id }, breaches.filter((breach) => breach.invariant === id).length);
  }
  for (const breach of breaches) log.error({ breach }, `${breach.invariant} does not hold: ${breach.says}`);
  const broken = [...new Set(breaches.map((breach) => breach.invariant))];
  await reportWatchdog(dataSource, {
    name: 'auditor',
    ok: breaches.length === 0,
    text:
      breaches.length === 0
        ? `${invariants.length} checks hold`
        : `${breaches.length} breaches of ${broken.join(', ')}: ${breaches[0]?.subject ?? ''} ${breaches[0]?.detail ?? ''}`,
    detail: { tookMs, breaches },
  });
}
