/**
 * Latest reports of the watchdogs: one row each, written by pager and worker, read by the system page and by
 * /metrics.
 */
import type { Querying } from '../connection/querying.js';

/**
 * `canary`: the pipeline pages. `heartbeat`: an outside monitor receives the ping. `auditor`: the record satisfies
 * its invariants. `reconcile`: Temporal runs exactly what is open in the record. `sources`: no known source has
 * messages refused.
 */
export type WatchdogName = 'canary' | 'heartbeat' | 'auditor' | 'reconcile' | 'reply-mail' | 'sources';

export interface Watchdog {
  name: WatchdogName;
  ok: boolean;
  /** A sentence for people. */
  text: string;
  /** Time of the last change of `ok`. */
  since: Date;
  at: Date;
  /** The last report is too old to be trusted. */
  isStale: boolean;
  detail: Record<string, unknown>;
}

/** A watchdog silent for this long is not running. */
const STALE_MS = 300_000;

export async function reportWatchdog(
  db: Querying,
  { name, ok, text, detail = {} }: { name: WatchdogName; ok: boolean; text: string; detail?: object },
): Promise<void> {
  await db.query(
    `INSERT INTO watchdog (name, ok, text, since, at, detail) VALUES ($1, $2, $3, tocsin_now(), tocsin_now(), $4)
     ON CONFLICT (name) DO UPDATE SET ok = excluded.ok, text = excluded.text, at = excluded.at, detail = excluded.detail,
       since = CASE WHEN watchdog.ok = excluded.ok THEN watchdog.since ELSE excluded.since END`,
    [name, ok, text, JSON.stringify(detail)],
  );
}

/** `canaryEveryMs`: interval of the canary; it and the outgoing ping that follows it report no more often. */
export async function watchdogs(db: Querying, canaryEveryMs: number | null = null): Promise<Watchdog[]> {
  const rows: (Omit<Watchdog, 'isStale'> & { silentMs: number })[] = await db.query(
    `SELECT name, ok, text, since, at, detail, (extract(epoch FROM tocsin_now() - at) * 1000)::float8 AS "silentMs"
       FROM watchdog ORDER BY name`,
  );
  return rows.map(({ silentMs, ...dog }) => ({
    ...dog,
    isStale: silentMs > timeLimitMs(dog.name, canaryEveryMs ?? 0),
  }));
}

function timeLimitMs(name: WatchdogName, canaryEveryMs: number): number {
  switch (name) {
    case 'canary':
    case 'heartbeat':
      return Math.max(STALE_MS, 2 * canaryEveryMs);
    case 'auditor':
    case 'reconcile':
    case 'sources':
    case 'reply-mail':
      return STALE_MS;
  }
}
