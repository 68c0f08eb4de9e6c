/** Every registered route, raw or Nest's, for OpenAPI and the access tests. */
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

export interface RouteEntry {
  method: string;
  /** In Fastify's form: `/api/v1/incidents/:id`. */
  path: string;
  config: FastifyContextConfig;
  /** In bytes. */
  bodyLimit: number | undefined;
}

export class RouteTable {
  readonly entries: RouteEntry[] = [];

  /** Must be called before any route is registered, and after hooks that change routes (`registerBodyLimits`). */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url, config, bodyLimit }) => {
      for (const one of [method].flat()) {
        // Fastify adds HEAD for each GET.
        if (one !== 'HEAD') this.entries.push({ method: one, path: url, config: config ?? {}, bodyLimit });
      }
    });
  }
}
