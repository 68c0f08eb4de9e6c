/**
 * How large a body may be, by what the route takes: what nobody needs is not read. A route that needs more says so in its
 * config; the vendors' formats and the providers' callbacks bring limits of their own.
 */
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

const KIB = 1024;

export const BODY_LIMITS = {
  /** Buttons, comments, a contact: with every field full and percent-encoded. */
  form: 64 * KIB,
  /** What a command or a question needs. */
  json: 128 * KIB,
  /** Documents; who may send how much of it is asked with the role. */
  raw: 1024 * KIB,
} as const;

/** Has to be called before any route is registered. */
export function registerBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit ??= limitOf(route.config ?? {});
  });
}

export const limitOf = ({ body = 'json', bodyLimit }: FastifyContextConfig): number =>
  bodyLimit ?? BODY_LIMITS[body];
