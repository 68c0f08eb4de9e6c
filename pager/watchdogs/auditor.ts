/** Checks the invariants of the record every minute (docs/reliability.md, Invariants) and reports each breach. */
import type { Logger } from 'pino';
import type { Gauge } from 'prom-client';
import { sealAudit } from '../../db/audit/audit-seal.js';
import { auditRecord, invariants } from '../../db/invariants/audit-record.js';
import { auditOnCall, ON_CALL_RULE } from '../../db/invariants/on-call.js';
import { auditSecrets, SECRETS_RULE } from '../../db/invariants/secrets.js';
import type { Store } from '../../db/connection/store.js';
import { reportWatchdog } from '../../db/health/watchdogs.js';
import { databaseTime } from '../../db/connection/database-time.js';

/** Work that the pager may still repair is not a breach yet. */
const GRACE_MS = 30_000;

export interface AuditorParts {
  store: Pick<Store, 'dataSource' | 'snapshots'>;
  log: Logger;
  /** Lateness at which the pager takes over due work. */
  lateMs: number;
  /** Secrets that must not occur in the record, by the name to report. */
  secrets: ReadonlyMap<string, string>;
  breaches: Gauge<'invariant'>;
}

const RULES = [...invariants, ON_CALL_RULE, SECRETS_RULE];
/** Longer than the interval of a minute, so that a late run misses nothing. */
const SECRETS_WITHIN_MS = 180_000;

export async function audit({ store, log, lateMs, secrets, breaches: gauge }: AuditorParts): Promise<void> {
  const { dataSource } = store;
  const startedMs = performance.now();
  // After a stop of all pagers there is a backlog of unsealed entries, which is no breach.
  await sealAudit(dataSource);
  const breaches = [
    ...(await auditRecord(dataSource, { timeLimitMs: lateMs + GRACE_MS })),
    ...(await auditSecrets(dataSource, secrets, SECRETS_WITHIN_MS)),
    ...auditOnCall(await store.snapshots.latest(dataSource), await databaseTime(dataSource)),
  ];
  const tookMs = Math.round(performance.now() - startedMs);
  for (const id of new Set(RULES.map((rule) => rule.id))) {
    gauge.set({ invariant: id }, breaches.filter((breach) => breach.invariant === id).length);
  }
  for (const breach of breaches) log.error({ breach }, `${breach.invariant} does not hold: ${breach.says}`);
  const broken = [...new Set(breaches.map((breach) => breach.invariant))];
  await reportWatchdog(dataSource, {
    name: 'auditor',
    ok: breaches.length === 0,
    text:
      breaches.length === 0
        ? `${RULES.length} checks hold`
        : `${breaches.length} breaches of ${broken.join(', ')}: ${breaches[0]?.subject ?? ''} ${breaches[0]?.detail ?? ''}`,
    detail: { tookMs, breaches },
  });
}
