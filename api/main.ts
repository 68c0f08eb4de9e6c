/** Composition of the `api` process: environment, database, HTTP; and the way down, in order, on SIGTERM. */
import { ConfigError, loadConfig } from '../config/environment.js';
import { serveHealth } from '../config/health-server.js';
import { createLogger } from '../config/logger.js';
import { watchLoop } from '../config/loop-watchdog.js';
import { createDataSource, migrate, schemaIsCurrent } from '../db/data-source.js';
import { listen } from '../db/listener.js';
import { goOverToKey } from '../db/root-key.js';
import { createStore } from '../db/store.js';
import { SetupService } from './auth/setup.service.js';
import { Metrics } from './metrics/metrics.js';
import { createApp } from './create-app.js';
import { keepMailListener } from './mail-replies/keep-mail-listener.js';

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
  // Done already where `migrate.js` ran as the owner; otherwise this role owns the tables itself.
  if (!(await schemaIsCurrent(dataSource))) await migrate(dataSource);
  await goOverToKey(dataSource, config.rootKeys, logger);
  const store = createStore(dataSource, config.rootKeys, { linkDays: config.linkDays });
  const { app, keys, events } = await createApp({ config, logger, store });
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
  const watched = app.get(Metrics);
  const metrics = await serveHealth({
    port: config.metricsPort,
    host: config.host,
    publicUrl: config.publicUrl,
    metrics: { contentType: watched.registry.contentType, metrics: () => watched.text() },
    health: () => ({ ok: true }),
  });
  const mail = config.channels.replyMail === null ? null : keepMailListener({ config, store, logger });

  // In the practice organisation the supervisor shows a link of its own, beside everything else there is to see.
  const link = config.practice ? null : await app.get(SetupService).firstAdminLink();
  // Past the logger, which would hide the token: this is the one place where it is meant to be read.
  if (link !== null)
    process.stderr.write(
      `\nThere is no admin yet. Become the first one, once, within 24 hours:\n  ${link}\n\n`,
    );

  let stopping = false;
  const stop = (signal: string): void => {
    if (stopping) return;
    stopping = true;
    logger.info({ signal }, 'api stops');
    // Nobody new, then those under way to their end, then the pool they use.
    const ending = async (): Promise<void> => {
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
