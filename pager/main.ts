/**
 * The break-glass pager: its own process and connections, and no Temporal anywhere in its imports (a test proves it).
 */
import { Counter, Gauge, Registry } from 'prom-client';
import { collectProcessMetrics } from '../shared/default-metrics.js';
import { loadConfig } from '../config/environment.js';
import { serveHealth } from '../shared/health-server.js';
import { knownSecrets } from '../config/known-secrets.js';
import { createLogger } from '../shared/logger.js';
import { watchLoop } from '../shared/loop-watchdog.js';
import { repeat } from '../shared/repeat.js';
import { CanaryStore } from '../db/health/canary-store.js';
import { sealAudit } from '../db/audit/audit-seal.js';
import { recordHeartbeat, HEARTBEAT_EVERY_MS, instanceName } from '../db/health/heartbeats.js';
import { BreakGlass } from './break-glass.js';
import { openOutbound } from '../dispatch/outbound.js';
import { audit } from './watchdogs/auditor.js';
import { keepCanary } from './watchdogs/canary.js';
import { failing, showWatchdogs } from './watchdogs/watchdog-status.js';

const LOOK_EVERY_MS = 2_000;
const GAUGES_EVERY_MS = 5_000;
const AUDIT_EVERY_MS = 60_000;
/** Maximum age of an audit entry without a seal. */
const SEAL_EVERY_MS = 5_000;

const config = loadConfig(process.env);
const log = createLogger(config, 'pager');
await watchLoop('pager', config.hangLimitMs);
const stopping = new AbortController();
const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

const registry = new Registry();
collectProcessMetrics(registry);
const actions = new Counter({
  name: 'tocsin_break_glass_total',
  help: 'Late incidents acted on and late deliveries sent by the break-glass pager',
  labelNames: ['what'],
  registers: [registry],
});
const canaryOk = new Gauge({
  name: 'tocsin_canary_ok',
  help: '1 when the last page of the canary came by the pipeline, 0 when it did not',
  registers: [registry],
});
const watchdogOk = new Gauge({
  name: 'tocsin_watchdog_ok',
  help: '1 when a watchdog has spoken lately and all is well, 0 when not',
  labelNames: ['watchdog'],
  registers: [registry],
});
const canarySeconds = new Gauge({
  name: 'tocsin_canary_page_seconds',
  help: 'From asking the canary to its page being accepted, the last time',
  registers: [registry],
});
const invariantBreaches = new Gauge({
  name: 'tocsin_invariant_breaches',
  help: 'Places where the record does not keep a rule of its own, as the auditor found them last',
  labelNames: ['invariant'],
  registers: [registry],
});
/** Null while the database is unreachable or its schema is older than this build. */
let glass: BreakGlass | null = null;
const health = await serveHealth({
  port: config.pagerHealthPort,
  host: config.host,
  publicUrl: config.publicUrl,
  metrics: registry,
  health: () => glass?.health() ?? { ok: true },
});

const outbound = await openOutbound({ config, log, name: 'pager', poolSize: 10, signal: stopping.signal });
const { dataSource, store, egress, sender } = outbound;
const pager = new BreakGlass({ store, sender, self: instanceName(), lateMs: config.pagerLateMs, log });
glass = pager;

const heartbeat = repeat(
  HEARTBEAT_EVERY_MS,
  () => recordHeartbeat(dataSource, 'pager', {}),
  (error) => log.warn({ error }, 'no heartbeat could be written'),
);
const watch = repeat(
  LOOK_EVERY_MS,
  async () => {
    const { acted, sent } = await pager.tick();
    actions.inc({ what: 'acted' }, acted);
    actions.inc({ what: 'sent' }, sent);
    if (acted + sent > 0) log.warn({ acted, sent }, 'break-glass: overdue work has been done');
  },
  (error) => log.error({ error }, 'cannot look for late pages'),
);
const canary =
  config.canaryEveryMs === null
    ? null
    : repeat(
        LOOK_EVERY_MS,
        () =>
          keepCanary({
            store,
            canaries: new CanaryStore(dataSource, store.recorder, store.snapshots),
            egress,
            everyMs: config.canaryEveryMs ?? 0,
            heartbeatUrl: config.heartbeatUrl,
            log,
            onStep: (step) => {
              if (step.do === 'passed') canarySeconds.set(step.tookMs / 1000);
            },
          }),
        failing(dataSource, log, { name: 'canary', text: 'the canary cannot be looked after' }),
      );
const secrets = knownSecrets(config, process.env);
const sealer = repeat(
  SEAL_EVERY_MS,
  async () => void (await sealAudit(dataSource)),
  (error) => log.error({ error }, 'the audit log cannot be sealed'),
);
const auditor = repeat(
  AUDIT_EVERY_MS,
  () => audit({ store, log, lateMs: config.pagerLateMs, secrets, breaches: invariantBreaches }),
  failing(dataSource, log, { name: 'auditor', text: 'the record cannot be audited' }),
);
const gauges = repeat(
  GAUGES_EVERY_MS,
  () => showWatchdogs(dataSource, config.canaryEveryMs, { canaryOk, watchdogOk }),
  (error) => log.warn({ error }, 'the watchdogs cannot be read'),
);
log.info('pager is up');

await stopped;
await Promise.all([
  watch.stop(),
  heartbeat.stop(),
  auditor.stop(),
  sealer.stop(),
  gauges.stop(),
  canary?.stop(),
]);
await pager.settled();
await health.close();
await outbound.close();
log.info('pager has stopped');
