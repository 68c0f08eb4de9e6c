/** A provider's address of ours, as a bare Fastify route: raw body, own verification, and every refusal on record. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '../../config/logger.js';
import type { Store } from '../../db/store.js';
import { isDatabaseAway } from '../common/to-problem.js';

/** Providers send a few kilobytes. */
const BODY_LIMIT = 256 * 1024;

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
  /** Never sees a body that it has not verified as meant for it; says so by `refused`. */
  handle(request: FastifyRequest, rawBody: string): Promise<HookOutcome>;
}

export function registerHook(
  fastify: FastifyInstance,
  { callbacks }: Pick<Store, 'callbacks'>,
  logger: Logger,
  hook: Hook,
): void {
  fastify.post(hook.url, {
    config: {
      permission: 'public',
      body: 'raw',
      tag: 'Provider callbacks',
      summary: hook.summary,
      status: 200,
      bodyTypes: hook.bodyTypes,
    },
    bodyLimit: BODY_LIMIT,
    handler: async (request, reply) => {
      const rawBody = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
      try {
        const outcome = await hook.handle(request, rawBody);
        if (!('refused' in outcome)) return await send(reply, outcome);
        await callbacks.refuse(hook.provider, outcome.refused, rawBody);
        return await send(reply, {
          status: outcome.status,
          type: 'text/plain',
          body: `${outcome.refused}\n`,
        });
      } catch (error) {
        if (!isDatabaseAway(error))
          logger.error({ err: error, provider: hook.provider }, 'a callback failed');
        // Whoever may come again, does.
        void reply.header('retry-after', '2');
        return send(reply, { status: 503, type: 'text/plain', body: 'Try again.\n' });
      }
    },
  });
}

async function send(reply: FastifyReply, { status, type, body }: HookReply): Promise<void> {
  await reply.code(status).type(`${type}; charset=utf-8`).send(body);
}

/** The ledger key in the callback's address; null when it is none. */
export function tagOf(request: FastifyRequest): string | null {
  const tag = new URL(request.raw.url ?? '/', 'http://tocsin').searchParams.get('d');
  return tag !== null && /^[0-9a-f]{64}$/.test(tag) ? tag : null;
}

/** A form's fields; of a repeated one the last. */
export const formFields = (rawBody: string): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(rawBody));
