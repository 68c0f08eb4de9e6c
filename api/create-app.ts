/** Builds Nest on Fastify with everything that applies to all routes: headers, authorisation, body parser, limits, problems. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import type { Server as TlsServer } from 'node:tls';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/environment.js';
import type { Logger } from '../shared/logger.js';
import { AccessStore } from '../db/access/access-store.js';
import { SessionStore } from '../db/access/session-store.js';
import { ChangeFeed } from '../db/audit/change-feed.js';
import { KnownTokens } from '../db/access/known-tokens.js';
import type { Store } from '../db/connection/store.js';
import { createEgress } from '../egress/egress.js';
import { AppModule } from './app.module.js';
import { Authenticator } from '../http/auth/authenticator.js';
import { registerAuthorization } from '../http/auth/authorize.js';
import { isHttps } from '../http/auth/cookies.js';
import { registerBodyLimits } from '../http/bodies/body-limits.js';
import { registerBodyParser } from '../http/bodies/body-parser.js';
import { NestLog } from './nest-log.js';
import { OpenConnections } from '../http/open-connections.js';
import { problemBody } from '../services/common/problem.js';
import { ProblemFilter } from './problem-filter.js';
import { SchemaPipe } from '../http/schema-pipe.js';
import { registerSecurityHeaders, securityHeaders } from '../http/security-headers.js';
import { toProblem } from '../http/to-problem.js';
import { LiveEvents } from './events/live-events.js';
import { OpenStreams } from '../services/access/open-streams.js';
import { registerPhoneHooks } from '../integrations/phone/receive/phone-hooks.js';
import { registerPushoverHook } from '../integrations/pushover/receive/routes.js';
import { registerSlack } from '../integrations/slack/receive/slack.js';
import { registerTelegramHooks } from '../integrations/telegram/receive/routes.js';
import { createReplyServices, type ReplyServices } from '../services/reply/reply-services.js';
import { BodyReader } from './ingest/body-reader.js';
import { Ingest } from './ingest/ingest.js';
import { Rejections } from './ingest/rejections.js';
import { registerPings } from './ingest/ping-routes.js';
import { registerIngest } from './ingest/routes.js';
import { SourceKeys } from './ingest/source-keys.js';
import { limitConnections } from '../http/limits/connections.js';
import { Limits, type PerMinute } from '../http/limits/limits.js';
import { Metrics } from './metrics/metrics.js';
import { RouteTable } from './openapi/route-table.js';
import { followTlsPair, readTlsPair } from './tls.js';

export interface Api {
  app: NestFastifyApplication;
  keys: SourceKeys;
  events: LiveEvents;
  replies: ReplyServices;
}

/** Interval of Node's checks for late requests; at the default of 30 s, a head could take three times `headersTimeout`. */
const CHECKS = { connectionsCheckingInterval: 1_000 };

export async function createApp({
  config,
  logger,
  store,
  perMinute,
}: {
  config: Config;
  logger: Logger;
  store: Store;
  /** Overrides the default limits. */
  perMinute?: PerMinute;
}): Promise<Api> {
  const https = isHttps(config);
  const adapter = new FastifyAdapter({
    ...(config.tls === null ? { http: CHECKS } : { https: { ...readTlsPair(config.tls), ...CHECKS } }),
    genReqId: () => randomUUID(),
    requestTimeout: 60_000,
    // Read from the right: the nearest hop that is not a trusted proxy is the client, whatever the header says about others.
    trustProxy: config.trustedProxies.length === 0 ? false : config.trustedProxies,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 512 },
    // A path that cannot be decoded has no route, so no hook runs for it.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
      const problem = toProblem(error);
      void reply
        .code(problem.status)
        .headers(securityHeaders(https))
        .type('application/problem+json; charset=utf-8')
        .send(JSON.stringify(problemBody(problem, request.id)));
    },
  });
  const fastify = adapter.getInstance() as unknown as FastifyInstance;
  const access = new AccessStore(store.dataSource);
  const limits = new Limits(new KnownTokens(store.dataSource, store.rootKeys), perMinute);
  const sessions = new SessionStore(store.dataSource, {
    idleMs: config.sessionIdleMs,
    lifeMs: config.sessionLifeMs,
  });
  const authenticator = new Authenticator(config, access, sessions);
  const metrics = new Metrics(store.dataSource);
  const events = new LiveEvents(new ChangeFeed(store.dataSource), logger);
  const streams = new OpenStreams();
  limitConnections(
    fastify.server,
    { ...config.connections, trustedProxies: config.trustedProxies },
    { logger, onRefused: (because) => metrics.connectionRefused(because) },
  );
  const connections = new OpenConnections();
  connections.watch(fastify.server);
  // A slow request head would occupy a connection that another client needs.
  fastify.server.headersTimeout = 15_000;

  registerBodyLimits(fastify);
  const routes = new RouteTable();
  routes.watch(fastify);
  registerSecurityHeaders(fastify, https);
  registerAuthorization(fastify, authenticator, config.publicUrl, store.dataSource, limits);
  registerBodyParser(fastify);
  fastify.addHook('onResponse', (request, reply, done) => {
    metrics.answered(
      request.method,
      request.routeOptions.url ?? 'none',
      reply.statusCode,
      reply.elapsedTime / 1000,
    );
    done();
  });

  const app = await NestFactory.create<NestFastifyApplication>(
    AppModule.of({
      config,
      logger,
      store,
      metrics,
      access,
      sessions,
      authenticator,
      events,
      streams,
      routes,
    }),
    adapter,
    {
      bodyParser: false,
      logger: new NestLog(logger),
      abortOnError: false,
    },
  );
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(new SchemaPipe());
  await limits.register(fastify);

  const keys = new SourceKeys(store);
  const rejections = new Rejections(store.dataSource, metrics);
  const reader = new BodyReader();
  const ingest = new Ingest(store, keys, rejections, reader, metrics, logger);
  registerIngest(fastify, ingest, keys, rejections, store);
  registerPings(fastify, store.heartbeats, keys, rejections);
  fastify.addHook('onClose', () => reader.close());
  const egress = createEgress({ allow: config.egressAllow });
  const replies = createReplyServices(store);
  const { phone, chat, app: inApp, callbacks } = replies;
  registerPhoneHooks(fastify, { phone, callbacks }, { config, logger, egress });
  registerPushoverHook(fastify, { app: inApp, callbacks }, config, logger);
  registerSlack(fastify, { chat, callbacks, config, logger, egress, metrics });
  registerTelegramHooks(fastify, { chat, callbacks, config, logger, egress });
  fastify.addHook('onClose', () => egress.close());
  if (config.tls !== null && 'setSecureContext' in fastify.server) {
    const unfollow = followTlsPair(fastify.server as unknown as TlsServer, config.tls, logger);
    fastify.addHook('onClose', (_app, done) => {
      unfollow();
      done();
    });
  }
  // An open stream or an idle connection would keep the server from closing.
  fastify.addHook('preClose', (done) => {
    events.stop();
    streams.endAll();
    connections.close();
    done();
  });
  await app.init();
  return { app, keys, events, replies };
}
