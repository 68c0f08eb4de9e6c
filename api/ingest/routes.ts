/**
 * Vendor routes, as bare Fastify routes: no pipes or filters between an alert and its commit. At the host root the body or a
 * header contains the key, below `/in/<key>` the path does. Trailing slashes are accepted everywhere.
 */
import type {
  FastifyContextConfig,
  FastifyError,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
} from 'fastify';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { SourceFormat, SourceReply } from '../../integrations/shared/alerts/format.js';
import { pagerdutyV2Change, sourceFormat } from '../../integrations/alert-formats.js';
import { notStored, unknownKey } from '../../integrations/shared/alerts/problem.js';
import { notFound } from '../../services/common/problem.js';
import { isDatabaseAway } from '../../http/to-problem.js';
import { clientOf } from '../../http/limits/client.js';
import { type Inbound, type Ingest, type Sender, TOO_LARGE } from './ingest.js';
import { type Rejections, unknownKeyOf } from './rejections.js';
import type { SourceKeys } from './source-keys.js';
import { takeValues, type ValuesParts } from './values.js';

/** The largest limit of all formats; each format's own limit is checked after it. */
const LARGEST_BODY = 4 * 1024 * 1024;

const EVENT = {
  routing_key: '0123456789abcdef0123456789abcdef',
  event_action: 'trigger',
  dedup_key: 'checkout-db/replica-lag',
  payload: { summary: 'Replica lag 900 s', source: 'db-2', severity: 'critical' },
};
const CHANGE = {
  routing_key: EVENT.routing_key,
  payload: { summary: 'Deployed checkout 4.12', source: 'ci' },
};
const ALERT = { title: 'Replica lag 900 s', severity: 'critical', dedupKey: 'checkout-db/replica-lag' };

const documented = {
  permission: 'public',
  body: 'raw',
  tag: 'Ingest',
  bodyTypes: ['application/json'],
} satisfies FastifyContextConfig;

export function registerIngest(
  fastify: FastifyInstance,
  ingest: Ingest,
  keys: SourceKeys,
  rejections: Rejections,
  store: ValuesParts['store'],
): void {
  const pagerduty = sourceFormat('pagerduty-v2');
  if (pagerduty === undefined)
    throw new Error('the format pagerduty-v2 is missing from integrations/alert-formats.ts');

  const atRoot = (url: string, format: SourceFormat, summary: string, bodyExample: unknown): void => {
    fastify.post(url, {
      config: { ...documented, summary, bodyExample, status: 202 },
      bodyLimit: format.bodyLimitBytes,
      handler: async (request, reply) =>
        send(reply, await ingest.take({ format, ...broughtBy(request), source: null })),
      errorHandler: (error, request, reply) =>
        finish(reply, answerTo(error, format, { source: null, client: clientOf(request.ip) }, ingest)),
    });
  };
  atRoot('/v2/enqueue', pagerduty, 'PagerDuty Events v2; the key is the routing_key', EVENT);
  atRoot(
    '/v2/change/enqueue',
    pagerdutyV2Change,
    'PagerDuty change events; refused: not supported yet',
    CHANGE,
  );

  /** Null: the sender has its answer already. */
  const senderOf = async (
    request: FastifyRequest<{ Params: { key: string } }>,
    reply: FastifyReply,
  ): Promise<ConfigDocument<'Source'> | null> => {
    const found = await lookUp(keys, request.params.key);
    if (found === 'away') {
      await send(reply, notStored(2));
      return null;
    }
    if (found !== null) return found;
    const former = await keys.findFormer(request.params.key);
    await rejections.store({
      ...unknownKeyOf('key', former),
      client: clientOf(request.ip),
      format: 'unknown',
      body: bodyOf(request),
    });
    await send(reply, {
      ...unknownKey(),
      status: 404,
      body: { ...unknownKey().body, status: 404, title: 'Not Found' },
    });
    return null;
  };
  fastify.post<{ Params: { key: string } }>('/in/:key/values', {
    config: {
      ...documented,
      summary: 'Values of a metric for a Watch, one or up to 1,000 in `values`, in any order',
      bodyExample: { watch: 'orders-per-minute', value: 112, at: '2026-11-22T22:10:00Z' },
      status: 202,
    },
    bodyLimit: LARGEST_BODY,
    handler: async (request, reply) => {
      const found = await senderOf(request, reply);
      if (found !== null)
        await send(reply, await takeValues({ store, rejections }, found, broughtBy(request)));
    },
    errorHandler: (error, _request, reply) => {
      if (!isDatabaseAway(error)) throw error;
      void send(reply, notStored(2));
    },
  });

  const below = async (
    request: FastifyRequest<{ Params: { key: string; '*'?: string } }>,
    reply: FastifyReply,
  ): Promise<void> => {
    const found = await senderOf(request, reply);
    if (found === null) return;
    const format = formatBelow(found, withoutEnd(request.params['*'] ?? ''), pagerduty);
    if (format === null) {
      const message =
        found.spec.format === 'heartbeat'
          ? `The source ${found.name} is a heartbeat: its pings go to /ping/<key>.`
          : `The format ${found.spec.format} has no such path; post to /in/<key>.`;
      await rejections.store({
        source: found.name,
        client: clientOf(request.ip),
        format: found.spec.format,
        reason: 'unknown path',
        errors: [{ path: 'path', message }],
        body: bodyOf(request),
      });
      throw notFound(message);
    }
    return send(
      reply,
      await ingest.take({
        format,
        ...broughtBy(request),
        source: found,
        key: request.params.key,
      }),
    );
  };
  const answerToUnread = async (error: FastifyError, key: string, client: string): Promise<SourceReply> => {
    const found = await lookUp(keys, key);
    const source = found === 'away' ? null : found;
    const format =
      (source === null ? undefined : sourceFormat(source.spec.format)) ??
      sourceFormat('generic') ??
      pagerduty;
    return answerTo(error, format, { source: source?.name ?? null, client }, ingest);
  };
  for (const url of ['/in/:key', '/in/:key/*']) {
    fastify.route<{ Params: { key: string; '*'?: string } }>({
      // Grafana's contact point offers PUT as well.
      method: ['POST', 'PUT'],
      url,
      config: {
        ...documented,
        summary: 'Alerts in the format of the source whose key is in the path',
        bodyExample: url.endsWith('*') ? EVENT : ALERT,
        status: 202,
      },
      bodyLimit: LARGEST_BODY,
      handler: below,
      errorHandler: (error, request, reply) => {
        if (error.code?.startsWith('FST_ERR_CTP_') !== true) throw error;
        finish(reply, answerToUnread(error, request.params.key, clientOf(request.ip)));
      },
    });
  }
}

/** The path selects the format where the format has paths of its own; otherwise the source's document does. */
function formatBelow(
  source: ConfigDocument<'Source'>,
  path: string,
  pagerduty: SourceFormat,
): SourceFormat | null {
  if (path === 'v2/enqueue') return pagerduty;
  if (path === 'v2/change/enqueue') return pagerdutyV2Change;
  return path === '' ? (sourceFormat(source.spec.format) ?? null) : null;
}

async function lookUp(keys: SourceKeys, key: string): Promise<ConfigDocument<'Source'> | null | 'away'> {
  try {
    return await keys.find(key);
  } catch (error) {
    if (isDatabaseAway(error)) return 'away';
    throw error;
  }
}

/** Refusals by Fastify before the handler ran: too large, cut short. */
async function answerTo(
  error: FastifyError,
  format: SourceFormat,
  by: Sender,
  ingest: Ingest,
): Promise<SourceReply> {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return ingest.refuseUnread(format, by, TOO_LARGE);
  if ((error.statusCode ?? 500) < 500) return ingest.refuseUnread(format, by, error.message);
  return format.unavailable(2);
}

const bodyOf = (request: FastifyRequest): Uint8Array =>
  Buffer.isBuffer(request.body) ? request.body : new Uint8Array();

const broughtBy = (request: FastifyRequest): Pick<Inbound, 'raw' | 'headers' | 'client'> => ({
  raw: bodyOf(request),
  headers: request.headers,
  client: clientOf(request.ip),
});

async function send(reply: FastifyReply, { status, body, headers }: SourceReply): Promise<void> {
  await reply
    .code(status)
    .headers({ 'content-type': 'application/json; charset=utf-8', ...headers })
    .send(JSON.stringify(body));
}

/** For Fastify's error handlers, which cannot await. */
function finish(reply: FastifyReply, answer: Promise<SourceReply>): void {
  answer.then(
    (sent) => void send(reply, sent),
    (error: unknown) => void reply.send(error),
  );
}

/** Removes trailing slashes in linear time: the sender decides how many there are. */
function withoutEnd(path: string): string {
  let end = path.length;
  while (path.charAt(end - 1) === '/') end -= 1;
  return path.slice(0, end);
}
