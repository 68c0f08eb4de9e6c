/** Starts the evaluation of watches. It needs no Temporal. */
import type { Logger } from 'pino';
import type { Outbound } from '../dispatch/outbound.js';
import { Observer } from '../dispatch/watch/observe.js';
import { OriginLimit } from '../dispatch/watch/origin-limit.js';
import { WatchRunner } from '../dispatch/watch/watch-runner.js';
import { repeat } from '../shared/repeat.js';
import { secretsOf } from './runbook-secrets.js';

/** Changes of documents are announced; this is the safety net. */
const SYNC_MS = 60_000;

export interface WatchesParts extends Pick<Outbound, 'store' | 'egress' | 'dataSource'> {
  log: Logger;
}

/** `wake`: documents have changed. */
export function startWatches({ store, egress, dataSource, log }: WatchesParts): {
  wake(): void;
  stop(): Promise<void>;
} {
  const metrics = { egress, secrets: secretsOf(process.env), origins: new OriginLimit() };
  const runner = new WatchRunner({
    store: store.watches,
    observer: new Observer(dataSource, metrics),
    metrics,
    log,
  });
  const syncing = repeat(
    SYNC_MS,
    () => store.watches.sync(),
    (error) => log.warn({ error }, 'watches are not in step with their documents'),
  );
  runner.start();
  return {
    wake: () => syncing.wake(),
    async stop() {
      await Promise.all([syncing.stop(), runner.stop()]);
    },
  };
}
