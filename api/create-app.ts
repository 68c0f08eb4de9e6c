/** Puts Nest on Fastify with everything that holds for all routes: headers, authorisation, body reading, limits, problems. */
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Config } from '../config/environment.js';
import type { Logger } from '../config/logger.js';
import { AccessStore } from '../db/access-store.js';
import { ChangeFeed } from '../db/change-feed.js';
import type { Store } from '../db/store.js';
import { createEgress } from '../egress/egress.js';
import { AppModule } from './app.module.js';
import { Authenticator } from './auth/authenticator.js';
import { registerAuthorization } from './auth/authorize.js';
import { isHttps } from './auth/cookies.js';
import { registerBodyLimits } from './common/body-limits.js';
import { registerBodyParser } from './common/body-parser.js';
import { NestLog } from './common/nest-log.js';
import { OpenConnections } from './common/open-connections.js';
import { Problem, problemBody } from './common/problem.js';
import { ProblemFilter } from './common/problem-filter.js';
import { SchemaPipe } from './common/schema-pipe.js';
import { registerSecurityHeaders, securityHeaders } from './common/security-headers.js';
import { toProblem } from './common/to-problem.js';
import { LiveEvents } from './events/live-events.js';
import { OpenStreams } from './events/open-streams.js';
import { registerPhoneHooks } from './hooks/phone-hooks.js';
import { registerPushoverHook } from './hooks/pushover/routes.js';
import { registerSlack } from './hooks/slack/slack.js';
import { registerTelegramHooks } from './hooks/telegram/routes.js';
import { Ingest } from './ingest/ingest.js';
import { Rejections } from './ingest/rejections.js';
import { registerIngest } from './ingest/routes.js';
import { SourceKeys } from './ingest/source-keys.js';
import { Metrics } from './metrics/metrics.js';
import { RouteTable } from './openapi/route-table.js';

const REQUESTS_PER_MINUTE = { known: 6_000, stranger: 1_200 };

export interface Api {
  app: NestFastifyApplication;
  keys: SourceKeys;
  events: LiveEvents;
}

export async function createApp({
  config,
  logger,
  store,
}: {
  config: Config;
  logger: Logger;
  store: Store;
}): Promise<Api> {
  const https = isHttps(config);
  const adapter = new FastifyAdapter({
    genReqId: () => randomUUID(),
    requestTimeout: 60_000,
    // Behind a proxy the last hop it saw is the client; more than one hop would believe what the client says.
    trustProxy: https ? (_address: string, hop: number) => hop === 0 : false,
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
  const metrics = new Metrics(store.dataSource);
  const events = new LiveEvents(new ChangeFeed(store.dataSource), logger);
  const streams = new OpenStreams();
  const connections = new OpenConnections();
  connections.watch(fastify.server);

  const routes = new RouteTable();
  routes.watch(fastify);
  registerSecurityHeaders(fastify, https);
  registerBodyLimits(fastify);
  registerAuthorization(fastify, new Authenticator(config, access), config.publicUrl, store.dataSource);
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
    AppModule.of({ config, logger, store, metrics, access, events, streams, routes }),
    adapter,
    {
      bodyParser: false,
      logger: new NestLog(logger),
      abortOnError: false,
    },
  );
  app.useGlobalFilters(new ProblemFilter(logger));
  app.useGlobalPipes(new SchemaPipe());
  await fastify.register(rateLimit, {
    max: (request) => (request.identity === null ? REQUESTS_PER_MINUTE.stranger : REQUESTS_PER_MINUTE.known),
    timeWindow: '1 minute',
    keyGenerator: (request) => request.identity?.actor ?? request.ip,
    // Intake coalesces instead of refusing; health and metrics must answer when everything is busy.
    allowList: (request) =>
      request.routeOptions.config.body === 'raw' ||
      ['Health', 'Ingest'].includes(request.routeOptions.config.tag ?? ''),
    errorResponseBuilder: (_request, { after }) =>
      new Problem(429, 'too_many_requests', `Too many requests; try again in ${after}.`),
  });

  const keys = new SourceKeys(store);
  const rejections = new Rejections(store.dataSource, metrics);
  registerIngest(fastify, new Ingest(store, keys, rejections, metrics, logger), keys, rejections);
  const egress = createEgress({ allow: config.egressAllow });
  registerPhoneHooks(fastify, { store, config, logger, egress });
  registerPushoverHook(fastify, store, config, logger);
  registerSlack(fastify, { store, config, logger, egress, metrics });
  registerTelegramHooks(fastify, { store, config, logger, egress });
  fastify.addHook('onClose', () => egress.close());
  // An open stream or an idle connection would keep the server from closing.
  fastify.addHook('preClose', (done) => {
    events.stop();
    streams.endAll();
    connections.close();
    done();
  });
  await app.init();
  return { app, keys, events };
}
