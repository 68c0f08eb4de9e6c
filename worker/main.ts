/** The worker process: Temporal workers, relay, senders, upkeep of the record. Stateless; any number may run. */
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import { sendContactMessage } from '../dispatch/send-contact-message.js';
import { sendDelivery } from '../dispatch/send-delivery.js';
import { loadConfig } from '../config/environment.js';
import { serveHealth } from '../shared/health-server.js';
import { createLogger } from '../shared/logger.js';
import { watchLoop } from '../shared/loop-watchdog.js';
import { repeat } from '../shared/repeat.js';
import { recordHeartbeat, HEARTBEAT_EVERY_MS, instanceName } from '../db/health/heartbeats.js';
import { listen } from '../db/connection/listener.js';
import { openOutbound } from '../dispatch/outbound.js';
import { createActivities } from './activities.js';
import { DeadlineWatch } from '../dispatch/deadline-watch.js';
import { syncDrillSchedules } from './drill-schedules.js';
import { QueueSender } from '../dispatch/queue-sender.js';
import { checkDrift } from './reconcile/check-drift.js';
import { Relay } from './relay.js';
import { unusableSecrets } from './runbook-secrets.js';
import { createTelemetry, temporalLogger } from './telemetry.js';
import { connectTemporal, createWorkers } from './temporal.js';
import { startUpkeep } from './upkeep.js';
import { startWatches } from './watches.js';

const SCHEDULES_MS = 60_000;
/** Well below the time after which a watchdog counts as silent. */
const RECONCILE_MS = 120_000;

const config = loadConfig(process.env);
const log = createLogger(config, 'worker');
await watchLoop('worker', config.hangLimitMs);
const self = instanceName();
const stopping = new AbortController();
// Without this the SDK handles the signals itself; this process shuts down in its own order.
Runtime.install({ shutdownSignals: [], logger: temporalLogger(log) });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const outbound = await openOutbound({ config, log, name: 'worker', poolSize: 16, signal: stopping.signal });
const { dataSource, store, egress, channels, sender } = outbound;

let temporalIsUp = false;
const { registry, outboxAge, drift } = createTelemetry();
const health = await serveHealth({
  port: config.workerHealthPort,
  host: config.host,
  publicUrl: config.publicUrl,
  metrics: registry,
  health: () => ({ ok: true, temporal: temporalIsUp }),
});
const heartbeat = repeat(
  HEARTBEAT_EVERY_MS,
  async () => {
    outboxAge.set(await store.outbox.oldestSeconds());
    await recordHeartbeat(dataSource, 'worker', { temporal: temporalIsUp });
  },
  (error) => log.warn({ error }, 'no heartbeat could be written'),
);

for (const why of unusableSecrets(process.env)) log.warn(why);
const { dueWork, eagerPager, ledgerFollower, byQueue } = createActivities({
  store,
  egress,
  sender,
  self,
  secretKey: config.secretKey,
  log,
});
const upkeep = startUpkeep({ store, ledgerFollower, log });
const watches = startWatches({ store, egress, dataSource, log });
const temporal = await connectTemporal(config.rootKeys, log, stopping.signal);
const { connection, client } = temporal;
const workers = await createWorkers(
  temporal,
  config.rootKeys,
  join(import.meta.dirname, '..', 'workflow-bundle.js'),
  byQueue,
);
temporalIsUp = true;
// Reported at once: /readyz does not count this worker before its heartbeat.
heartbeat.wake();

const eventSender = new QueueSender({
  lookEveryMs: 2_000,
  atOnce: 20,
  // The same timeout as PagerDuty's for webhook receivers.
  timeoutMs: 5_000,
  take: (limit) => store.announced.take(self, limit),
  attempt: (delivery, timeoutMs) => sendDelivery(sender, delivery, timeoutMs),
  onError: (error) => log.warn({ error }, 'events are not sent to subscriptions for the moment'),
});
store.contactMessages.setLimits((channel) => channels.get(channel)?.limits);
const contactSender = new QueueSender({
  // A message held by a rate limit is sent a second or a few later.
  lookEveryMs: 1_000,
  atOnce: 10,
  timeoutMs: 15_000,
  take: (limit) => store.contactMessages.take(limit),
  attempt: async (message, timeoutMs) =>
    store.contactMessages.settle(
      message,
      await sendContactMessage(channels, config.publicUrl, message, timeoutMs),
    ),
  onError: (error) => log.warn({ error }, 'codes and test pages are not sent for the moment'),
});
const deadlines = new DeadlineWatch({
  db: dataSource,
  dueWork,
  onError: (error) =>
    log.warn({ error }, 'a deadline was not acted on at once; the workflows have their timers'),
});
deadlines.start();
const relay = new Relay(store.outbox, client, log);
relay.start();
const reconciling = repeat(
  RECONCILE_MS,
  () => checkDrift({ dataSource, client, outbox: store.outbox, log, drift }),
  (error) => log.warn({ error }, 'cannot compare the record with Temporal'),
);
const schedules = repeat(
  SCHEDULES_MS,
  () => syncDrillSchedules(store, client),
  (error) => log.warn({ error }, 'drill schedules are not in step'),
);
const connectionWatch = repeat(
  HEARTBEAT_EVERY_MS,
  async () => {
    temporalIsUp = await client
      .withDeadline(Date.now() + 3_000, () => client.workflowService.getSystemInfo({}))
      .then(
        () => true,
        () => false,
      );
  },
  () => undefined,
);
const listener = listen({
  url: config.databaseUrl,
  name: 'worker',
  channels: {
    // Signalling Temporal waits a moment: it would compete with the page for the processor.
    tocsin_outbox: (workflowId) => void eagerPager.onNotify(workflowId).then(() => relay.wake(workflowId)),
    tocsin_ledger: (incidentId) => void ledgerFollower.onNotify(incidentId),
    tocsin_announced: () => eventSender.wake(),
    tocsin_contacts: () => contactSender.wake(),
    tocsin_config: () => {
      schedules.wake();
      watches.wake();
    },
  },
  onError: (error) => log.warn({ error }, 'not listening for the moment; polling goes on'),
});
log.info({ self }, 'worker is up');

const running = workers.run();
// Only workers that run can be shut down; a signal that came during the start takes effect here.
stopping.signal.addEventListener('abort', () => workers.shutdown(), { once: true });
if (stopping.signal.aborted) workers.shutdown();
const failure = await running.then(
  () => null,
  (error: unknown) => ({ error }),
);
if (failure !== null)
  log.error(failure, 'the Temporal workers failed; ending so that a fresh process takes over');

await Promise.all(
  [listener, relay, schedules, reconciling, connectionWatch, deadlines, upkeep, watches, heartbeat].map(
    (one) => one.stop(),
  ),
);
await Promise.all([eagerPager, ledgerFollower, eventSender, contactSender].map((one) => one.stop()));
await health.close();
await connection.close();
await outbound.close();
log.info('worker has stopped');
process.exit(failure === null ? 0 : 1);
