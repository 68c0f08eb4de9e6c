/**
 * Body limits by the kind of body that a route reads. A route that needs more declares it in its config; vendor formats and
 * provider callbacks have limits of their own.
 */
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

const KIB = 1024;

const BODY_LIMITS = {
  /** Buttons, comments, a contact, with every field full and percent-encoded. */
  form: 64 * KIB,
  /** Commands and queries. */
  json: 128 * KIB,
  /** Configuration documents; the role limits them further. */
  raw: 1024 * KIB,
} as const;

/** Must be called before any route is registered. */
export function registerBodyLimits(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.bodyLimit ??= limitOf(route.config ?? {});
  });
}

const limitOf = ({ body = 'json', bodyLimit }: FastifyContextConfig): number =>
  bodyLimit ?? BODY_LIMITS[body];
