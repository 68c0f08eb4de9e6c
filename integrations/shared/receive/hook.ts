/** Callback route of a provider, as a bare Fastify route: raw body, own verification, every refusal recorded. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type CallbackProvider, openCallbackKey, type RootKeys } from '../../../shared/keys.js';
import type { Logger } from '../../../shared/logger.js';
import { FORM_FIELDS_MAX, fieldCount } from '../../../http/bodies/body-parser.js';
import { isDatabaseAway } from '../../../http/to-problem.js';
import { clientOf } from '../../../http/limits/client.js';
import { Misses } from '../../../http/limits/misses.js';
import type { RefusedCallbacks } from '../../../services/delivery/provider-callbacks.js';

export const FORM = 'application/x-www-form-urlencoded';

/** Provider callbacks have a few kilobytes; a provider that sends back the whole answered message sets `bodyLimit`. */
const BODY_LIMIT = 32 * 1024;

/** Refusals with a reason per client and minute. Valid callbacks are accepted, however many were refused before. */
const REFUSED_PER_MINUTE = 60;

export interface HookReply {
  status: number;
  type: string;
  body: string;
}

export type HookOutcome = HookReply | { refused: string; status: number };

export interface Hook {
  provider: string;
  url: string;
  summary: string;
  /** For OpenAPI. */
  bodyTypes: string[];
  bodyLimit?: number;
  /** Headers that prove the sender: when one of them is missing, the body is not read. */
  provenBy?: readonly string[];
  /** Verifies the body first; returns `refused` for one that is not the provider's. */
  handle(request: FastifyRequest, rawBody: string): Promise<HookOutcome>;
}

export function registerHook(
  fastify: FastifyInstance,
  callbacks: RefusedCallbacks,
  logger: Logger,
  hook: Hook,
): void {
  const refused = new Misses(REFUSED_PER_MINUTE);
  const refuse = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { reason, status, rawBody }: { reason: string; status: number; rawBody: string },
  ): Promise<void> => {
    const client = clientOf(request.ip);
    if (refused.isOver(client)) {
      void reply.header('retry-after', '60');
      return send(reply, {
        status: 429,
        type: 'text/plain',
        body: 'Too many callbacks that prove nothing.\n',
      });
    }
    refused.count(client);
    await callbacks.refuse(hook.provider, reason, rawBody);
    return send(reply, { status, type: 'text/plain', body: `${reason}\n` });
  };
  fastify.post(hook.url, {
    config: {
      permission: 'public',
      body: 'raw',
      tag: 'Provider callbacks',
      summary: hook.summary,
      status: 200,
      bodyTypes: hook.bodyTypes,
    },
    bodyLimit: hook.bodyLimit ?? BODY_LIMIT,
    preParsing: (request, _reply, payload, done) => {
      if ((hook.provenBy ?? []).every((name) => request.headers[name] !== undefined))
        return done(null, payload);
      delete request.raw.headers['content-length'];
      return done(null, Readable.from([]));
    },
    handler: async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
      try {
        if (hook.bodyTypes.includes(FORM) && fieldCount(rawBody) > FORM_FIELDS_MAX) {
          const reason = `the form has more than ${FORM_FIELDS_MAX} fields`;
          return await refuse(request, reply, { reason, status: 400, rawBody });
        }
        const outcome = await hook.handle(request, rawBody);
        if (!('refused' in outcome)) return await send(reply, outcome);
        const { refused: reason, status } = outcome;
        return await refuse(request, reply, { reason, status, rawBody });
      } catch (error) {
        if (!isDatabaseAway(error))
          logger.error({ err: error, provider: hook.provider }, 'a callback failed');
        // A 503 makes the provider retry, where it does retry.
        void reply.header('retry-after', '2');
        return send(reply, { status: 503, type: 'text/plain', body: 'Try again.\n' });
      }
    },
  });
}

async function send(reply: FastifyReply, { status, type, body }: HookReply): Promise<void> {
  await reply.code(status).type(`${type}; charset=utf-8`).send(body);
}

/** Ledger key in the callback's address, with the proof that the address was given out; null when there is none. */
export function tagOf(
  request: FastifyRequest,
  keys: RootKeys,
  provider: CallbackProvider,
): { tag: string | null } | { refused: string; status: number } {
  const given = new URL(request.raw.url ?? '/', 'http://tocsin').searchParams.get('d');
  if (given === null) return { tag: null };
  const tag = openCallbackKey(keys, provider, given);
  return tag === null ? { refused: 'not an address that was given out', status: 403 } : { tag };
}

/** Fields of a form; of a repeated field the last. */
export const formFields = (rawBody: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(rawBody));
