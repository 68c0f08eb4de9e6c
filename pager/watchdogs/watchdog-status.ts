/** Status of the watchdogs: exported as gauges, and reported when a watchdog itself fails. */
import type { Logger } from 'pino';
import type { Gauge } from 'prom-client';
import { reportWatchdog, type WatchdogName, watchdogs } from '../../db/health/watchdogs.js';
import type { Querying } from '../../db/connection/querying.js';

export interface WatchdogGauges {
  canaryOk: Gauge;
  watchdogOk: Gauge<'watchdog'>;
}

/**
 * Computed from the stored reports and their age: a gauge set only by a running watchdog would stay 1 after the
 * watchdog stops. An unreadable status counts as failed.
 */
export async function showWatchdogs(
  db: Querying,
  canaryEveryMs: number | null,
  { canaryOk, watchdogOk }: WatchdogGauges,
): Promise<void> {
  try {
    const reports = await watchdogs(db, canaryEveryMs);
    for (const { name, ok, isStale } of reports) watchdogOk.set({ watchdog: name }, ok && !isStale ? 1 : 0);
    canaryOk.set(reports.some(({ name, ok, isStale }) => name === 'canary' && ok && !isStale) ? 1 : 0);
  } catch (error) {
    const { values } = await watchdogOk.get();
    for (const { labels } of values) watchdogOk.set(labels, 0);
    canaryOk.set(0);
    throw error;
  }
}

/** Error handler of a watchdog: a watchdog that cannot check reports that, instead of falling silent. */
export const failing =
  (db: Querying, log: Logger, { name, text }: { name: WatchdogName; text: string }) =>
  (error: unknown): void => {
    log.error({ error }, text);
    reportWatchdog(db, { name, ok: false, text }).catch((unsaid: unknown) =>
      log.warn({ error: unsaid }, 'nor can that be written down'),
    );
  };
