/** Composition of the `api` process: environment, database, HTTP; and the ordered shutdown on SIGTERM. */
import { ConfigError, loadConfig } from '../config/environment.js';
import { serveHealth } from '../shared/health-server.js';
import { createLogger } from '../shared/logger.js';
import { repeat } from '../shared/repeat.js';
import { watchLoop } from '../shared/loop-watchdog.js';
import { createDataSource, migrate, schemaIsCurrent } from '../db/connection/data-source.js';
import { listen } from '../db/connection/listener.js';
import { adoptRootKeyAndLog } from '../db/access/root-key.js';
import { createStore } from '../db/connection/store.js';
import { LISTENING_EVERY_MS, noteListening } from '../db/heartbeat/listening.js';
import { reportWatchdog } from '../db/health/watchdogs.js';
import { SetupService } from '../services/access/setup.service.js';
import { Metrics } from './metrics/metrics.js';
import { createApp } from './create-app.js';
import { keepMailListener } from '../integrations/email/receive/keep-mail-listener.js';

async function start(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config, 'api');
  await watchLoop('api', config.hangLimitMs);
  const dataSource = createDataSource({
    url: config.databaseUrl,
    name: 'api',
    onIdleError: (error) => logger.warn({ err: error }, 'a database connection ended'),
  });
  await dataSource.initialize();
  // Already done where `migrate.js` ran as the owner; otherwise this role owns the tables itself.
  if (!(await schemaIsCurrent(dataSource))) await migrate(dataSource);
  await adoptRootKeyAndLog(dataSource, config.rootKeys, logger);
  const store = createStore(dataSource, config.rootKeys, { linkDays: config.linkDays });
  const { app, keys, events, replies } = await createApp({ config, logger, store });
  const changed = (): void => {
    keys.forget();
    events.wake();
  };
  const listener = listen({
    url: config.databaseUrl,
    name: 'api',
    channels: { tocsin_event: () => events.wake(), tocsin_config: changed },
    onConnected: changed,
    onError: (error) => logger.warn({ err: error }, 'the listening connection ended; it comes back'),
  });
  await app.listen(config.port, config.host);
  logger.info({ port: config.port, host: config.host, url: config.publicUrl }, 'api listens');
  if (config.publicUrl.startsWith('https:') && config.tls === null && config.trustedProxies.length === 0)
    logger.warn(
      'TOCSIN_URL is https and TOCSIN_TRUSTED_PROXIES names no proxy: all clients behind one count as a single client for the limits',
    );
  const listening = repeat(
    LISTENING_EVERY_MS,
    () => noteListening(dataSource),
    (error) => logger.warn({ err: error }, 'that the api listens could not be noted'),
  );
  const watched = app.get(Metrics);
  const metrics = await serveHealth({
    port: config.metricsPort,
    host: config.host,
    publicUrl: config.publicUrl,
    metrics: { contentType: watched.registry.contentType, metrics: () => watched.text() },
    health: () => ({ ok: true }),
  });
  const mail =
    config.channels.replyMail === null
      ? null
      : keepMailListener({
          config,
          logger,
          mail: replies.mail,
          report: (state) => reportWatchdog(dataSource, { name: 'reply-mail', ...state }),
        });

  // In the practice organisation the supervisor prints a link of its own.
  const link = config.practice ? null : await app.get(SetupService).firstAdminLink();
  // Not through the logger, which would redact the token: it is meant to be read here.
  if (link !== null)
    process.stderr.write(
      `\nThere is no admin yet. Open this link to become the first admin; it works once, for 24 hours:\n  ${link}\n\n`,
    );

  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'api stops');
    // Accept nothing new, finish what is under way, then close the pool.
    const ending = async (): Promise<void> => {
      await listening.stop();
      await mail?.stop();
      await metrics.close();
      await app.close();
      await listener.stop();
      await dataSource.destroy();
    };
    ending().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'the shutdown failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => stop('SIGTERM'));
  process.on('SIGINT', () => stop('SIGINT'));
}

start().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : `The api could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`}\n`,
  );
  process.exit(1);
});
