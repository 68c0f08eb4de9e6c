/**
 * Pings of heartbeats: `/ping/<key>` with `/start`, `/fail`, `/log` or an exit status behind it, by GET, HEAD, POST or PUT, as jobs send
 * them to healthchecks.io (its Pinging API). `OK` comes after the commit; a refusal is problem JSON.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Heartbeats, Ping } from '../../db/heartbeat/heartbeats.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import { clientOf } from '../../http/limits/client.js';
import { invalid, notFound } from '../../services/common/problem.js';
import { redactedStart } from '../../shared/redact.js';
import { type Rejections, unknownKeyOf } from './rejections.js';
import type { SourceKeys } from './source-keys.js';

/** What a job prints may be long; a success with a long output is a success. */
const LARGEST_BODY = 4 * 1024 * 1024;
const OUTPUT_KEPT = 10_000;

const KINDS: Readonly<Record<string, Ping['kind']>> = {
  '': 'success',
  start: 'start',
  fail: 'failure',
  log: 'log',
};

type PingRequest = FastifyRequest<{ Params: { key: string; kind?: string } }>;

export function registerPings(
  fastify: FastifyInstance,
  heartbeats: Heartbeats,
  keys: SourceKeys,
  rejections: Rejections,
): void {
  const handler = async (request: PingRequest, reply: FastifyReply): Promise<void> => {
    const key = plainKey(request.params.key);
    const source = await keys.find(key);
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    if (source === null) {
      const former = await keys.findFormer(key);
      const client = clientOf(request.ip);
      await rejections.store({ ...unknownKeyOf('key', former), client, format: 'heartbeat', body });
      throw notFound('No heartbeat has this key.');
    }
    if (source.spec.format !== 'heartbeat')
      throw notFound(`The source ${source.name} is not a heartbeat: its alerts go to /in/<key>.`);
    const read = readKind(request.params.kind ?? '');
    if (read === null)
      throw invalid('This is no kind of ping.', [
        { path: 'kind', message: 'nothing, start, fail, log or an exit status 0 to 255 comes after the key' },
      ]);
    await heartbeats.ping(source, { ...read, output: outputOf(body) });
    await reply.type('text/plain; charset=utf-8').send('OK\n');
  };
  for (const url of ['/ping/:key', '/ping/:key/:kind']) {
    fastify.route<{ Params: { key: string; kind?: string } }>({
      method: ['GET', 'HEAD', 'POST', 'PUT'],
      url,
      config: {
        permission: 'public',
        body: 'raw',
        tag: 'Ingest',
        summary: url.endsWith('kind')
          ? 'Ping of a heartbeat: start, fail, log or an exit status'
          : 'Ping of a heartbeat: the job ended well',
        replyType: 'text/plain',
        bodyTypes: ['text/plain'],
        bodyExample: 'dumped 1.2 GB',
      },
      bodyLimit: LARGEST_BODY,
      handler,
    });
  }
}

/** A UUID is written with dashes or without. */
const plainKey = (key: string): string =>
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(key) ? key.replaceAll('-', '').toLowerCase() : key;

/** Null for something else. */
function readKind(text: string): Pick<Ping, 'kind' | 'exitStatus'> | null {
  if (/^\d{1,3}$/.test(text)) {
    const exitStatus = Number(text);
    return exitStatus > 255 ? null : { kind: exitStatus === 0 ? 'success' : 'failure', exitStatus };
  }
  const kind = Object.hasOwn(KINDS, text) ? KINDS[text] : undefined;
  return kind === undefined ? null : { kind, exitStatus: null };
}

const outputOf = (body: Buffer): string =>
  jsonbSafeText(redactedStart(body.subarray(0, 4 * OUTPUT_KEPT).toString('utf8'), OUTPUT_KEPT));
