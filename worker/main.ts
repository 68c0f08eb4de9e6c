/** The worker process: relay, Temporal workers, the sweeps that keep the record tidy. Stateless; run any number. */
import { join } from 'node:path';
import { Runtime } from '@temporalio/worker';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { createChecks } from '../activities/checks/checks.js';
import { createDiagnosticActivities } from '../activities/diagnostic-activities.js';
import { createDrillActivities } from '../activities/drill-activities.js';
import { createIncidentActivities, pageRungs } from '../activities/incident-activities.js';
import { createRunbookActivities } from '../activities/runbook-activities.js';
import { createSendingActivities } from '../activities/sending-activities.js';
import { sendContactMessage } from '../channels/contact-message.js';
import { createChannels } from '../channels/registry.js';
import { type Sender, sendDelivery } from '../channels/send-delivery.js';
import { loadConfig } from '../config/environment.js';
import { serveHealth } from '../config/health-server.js';
import { createLogger } from '../config/logger.js';
import { repeat } from '../config/repeat.js';
import { secretsOf } from '../config/secrets.js';
import { createDataSource, whenSchemaIsCurrent } from '../db/data-source.js';
import { beat, HEARTBEAT_EVERY_MS, instanceName } from '../db/heartbeats.js';
import { tidy } from '../db/housekeeping.js';
import { listen } from '../db/listener.js';
import { MailboxStore } from '../db/mailbox-store.js';
import { incidentsOwingUpdates } from '../db/page-updates.js';
import { planReachabilityRound } from '../db/reachability-round.js';
import { createStore } from '../db/store.js';
import { FIRST_ATTEMPT_TIMEOUT_MS } from '../domain/delivery/ledger.js';
import { createEgress } from '../egress/egress.js';
import { startContactSender } from './contact-sender.js';
import { syncDrillSchedules } from './drill-schedules.js';
import { DeadlineWatch } from './deadline-watch.js';
import { EventSender } from './event-sender.js';
import { HeadStart } from './head-start.js';
import { keepInStep } from './reconcile/keep-in-step.js';
import { OwedNow } from './owed-now.js';
import { ledgerPort, pagingPort, recordPort, responsePort } from './ports.js';
import { Relay } from './relay.js';
import { connectTemporal, createWorkers } from './temporal.js';

const SWEEP_MS = 5_000;
const UPDATES_MS = 1_000;
const SCHEDULES_MS = 60_000;
const TIDY_MS = 600_000;
/** Well within the time after which a watchdog counts as silent. */
const RECONCILE_MS = 120_000;
const REACHABILITY_MS = 60_000;

const config = loadConfig(process.env);
const log = createLogger(config, 'worker');
const stopping = new AbortController();
// The SDK would otherwise take the signals for itself; shutting down is ours, in order.
Runtime.install({ shutdownSignals: [], logger: temporalLogger() });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const dataSource = createDataSource({
  url: config.databaseUrl,
  name: 'worker',
  poolSize: 16,
  onIdleError: (error) => log.warn({ error }, 'a database connection was lost'),
});
await whenSchemaIsCurrent(dataSource, stopping.signal, (error) =>
  log.warn({ error }, 'waiting for the database'),
);
const store = createStore(dataSource, config.secretKey, { leaseMs: config.leaseMs });

const egress = createEgress({ allow: config.egressAllow });
const checks = createChecks(egress);
const channels = createChannels({
  egress,
  smtpUrl: config.smtpUrl,
  mailFrom: config.mailFrom,
  mailbox: new MailboxStore(dataSource),
  spend: store.spend,
  sightings: store.sightings,
  settings: config.channels,
  secretKey: config.secretKey,
  publicUrl: config.publicUrl,
});
store.ledger.keepTo((channel) => channels.get(channel)?.limits);
const sender: Sender = {
  ledger: store.ledger,
  channels,
  publicUrl: config.publicUrl,
  leaseMs: config.leaseMs,
};
const self = instanceName();

let temporalIsUp = false;
const registry = new Registry();
collectDefaultMetrics({ register: registry });
const outboxAge = new Gauge({
  name: 'tocsin_outbox_age_seconds',
  help: 'Age of the oldest event Temporal has not been told',
  registers: [registry],
});
const drift = new Gauge({
  name: 'tocsin_drift',
  help: 'Incidents, runs and drills on which PostgreSQL and Temporal disagree, before mending',
  labelNames: ['kind'],
  registers: [registry],
});
const health = await serveHealth({
  port: config.workerHealthPort,
  host: config.host,
  registry,
  health: () => ({ ok: true, temporal: temporalIsUp }),
});
const heartbeat = repeat(
  HEARTBEAT_EVERY_MS,
  async () => {
    outboxAge.set(await store.outbox.oldestSeconds());
    await beat(dataSource, 'worker', { temporal: temporalIsUp });
  },
  (error) => log.warn({ error }, 'no heartbeat could be written'),
);
const sweeps = repeat(
  SWEEP_MS,
  async () => {
    await store.intake.closeExpired(200);
    await store.drills.abortForRealIncidents();
  },
  (error) => log.warn({ error }, 'a sweep failed'),
);

const reachability = repeat(
  REACHABILITY_MS,
  () => planReachabilityRound(dataSource, store.snapshots, store.contactMessages),
  (error) => log.warn({ error }, 'the round of test pages could not be planned'),
);

const tidying = repeat(
  TIDY_MS,
  () => tidy(dataSource),
  (error) => log.warn({ error }, 'what is old could not be deleted'),
);

const { connection, client, namespace } = await connectTemporal(log, stopping.signal);
const paging = pagingPort(store, self, false);
const incidentActivities = createIncidentActivities({
  record: recordPort(store, false),
  response: responsePort(store),
  ledger: ledgerPort(store),
  paging,
  async send(leases) {
    const leased = await store.ledger.leased(leases);
    const attempted = await Promise.all(
      leased.map((delivery) => sendDelivery(sender, delivery, FIRST_ATTEMPT_TIMEOUT_MS)),
    );
    return attempted.includes('accepted');
  },
});
const headStart = new HeadStart({
  incident: (id) => store.outbox.incidentStart(id),
  makePage: (request) => incidentActivities.page(request),
  note: (request) => incidentActivities.note(request),
  log,
});
const owedNow = new OwedNow(
  createSendingActivities({
    ledger: ledgerPort(store),
    paging: pagingPort(store, self, true),
    receipts: store.receipts,
    sender: self,
    attempt: (delivery, timeoutMs) => sendDelivery(sender, delivery, timeoutMs),
  }),
  log,
);
const updates = repeat(
  UPDATES_MS,
  async () => {
    for (const incidentId of await incidentsOwingUpdates(dataSource, 200)) await owedNow.hear(incidentId);
  },
  (error) => log.warn({ error }, 'pages could not be kept up to date'),
);
const eventSender = new EventSender({
  take: (limit) => store.announced.take(self, limit),
  attempt: (delivery, timeoutMs) => sendDelivery(sender, delivery, timeoutMs),
  onError: (error) => log.warn({ error }, 'events are not sent to subscriptions for the moment'),
});
const contactSender = startContactSender({
  take: (limit) => store.contactMessages.take(limit),
  send: (message, timeoutMs) => sendContactMessage(channels, config.publicUrl, message, timeoutMs),
  settle: (message, outcome) => store.contactMessages.settle(message, outcome),
  onError: (error) => log.warn({ error }, 'codes and test pages are not sent for the moment'),
});
const workers = await createWorkers(
  connection,
  namespace,
  join(import.meta.dirname, '..', 'workflow-bundle.js'),
  {
    incident: {
      ...incidentActivities,
      pageRungs: (request: Parameters<typeof pageRungs>[1]) =>
        pageRungs((rung) => headStart.page(rung), request),
      ...createDrillActivities(store.drills),
    },
    paging: createSendingActivities({
      ledger: ledgerPort(store),
      paging,
      receipts: store.receipts,
      sender: self,
      attempt: (delivery, timeoutMs) => sendDelivery(sender, delivery, timeoutMs),
    }),
    runbook: {
      ...createDiagnosticActivities({ checks, record: recordPort(store, true) }),
      ...createRunbookActivities({
        runs: store.runs,
        egress,
        checks,
        notices: store.notices,
        secrets: secretsOf(process.env),
      }),
    },
  },
);
temporalIsUp = true;
// Said at once: until it is, /readyz does not count this worker.
heartbeat.wake();

const deadlines = new DeadlineWatch({
  dataSource,
  meet: (incidentId) => headStart.meet(incidentId),
  onError: (error) => log.warn({ error }, 'cannot look for deadlines; the workflows have their timers'),
});
deadlines.start();
const reconciling = repeat(
  RECONCILE_MS,
  () => keepInStep({ dataSource, client, outbox: store.outbox, log, drift }),
  (error) => log.warn({ error }, 'cannot compare the record with Temporal'),
);
const relay = new Relay(store.outbox, client, log);
relay.start();
const schedules = repeat(
  SCHEDULES_MS,
  () => syncDrillSchedules(store, client),
  (error) => log.warn({ error }, 'drill schedules are not in step'),
);
const listener = listen({
  url: config.databaseUrl,
  name: 'worker',
  channels: {
    // Telling Temporal can wait for a moment: it would compete with the page for the processor.
    tocsin_outbox: (workflowId) => void headStart.hear(workflowId).then(() => relay.wake(workflowId)),
    tocsin_ledger: (incidentId) => void owedNow.hear(incidentId),
    tocsin_announced: () => eventSender.wake(),
    tocsin_contacts: () => contactSender.wake(),
    tocsin_config: () => schedules.wake(),
  },
  onError: (error) => log.warn({ error }, 'not listening for the moment; polling goes on'),
});
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
log.info({ self }, 'worker is up');

stopping.signal.addEventListener('abort', () => workers.shutdown(), { once: true });
if (stopping.signal.aborted) workers.shutdown();
const failure = await workers.run().then(
  () => null,
  (error: unknown) => ({ error }),
);
if (failure !== null)
  log.error(failure, 'the Temporal workers failed; ending so that a fresh process takes over');

await Promise.all([
  relay.stop(),
  schedules.stop(),
  updates.stop(),
  connectionWatch.stop(),
  listener.stop(),
  sweeps.stop(),
  tidying.stop(),
  heartbeat.stop(),
]);
await Promise.all([deadlines.stop(), reconciling.stop(), reachability.stop()]);
await Promise.all([headStart.stop(), owedNow.stop(), eventSender.stop(), contactSender.stop()]);
await health.close();
await connection.close();
await egress.close();
await dataSource.destroy();
log.info('worker has stopped');
process.exit(failure === null ? 0 : 1);

function temporalLogger() {
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, meta?: Record<string, unknown>) =>
      log[level]({ ...meta }, message);
  return {
    trace: at('trace'),
    debug: at('debug'),
    info: at('debug'),
    warn: at('warn'),
    error: at('error'),
    log: (level: string, message: string, meta?: Record<string, unknown>) =>
      log.debug({ level, ...meta }, message),
  };
}
