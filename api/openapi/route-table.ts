/** Every route as it was registered, raw or Nest's: what OpenAPI and the tests of access walk. */
import type { FastifyContextConfig, FastifyInstance } from 'fastify';

export interface RouteEntry {
  method: string;
  /** As Fastify has it: `/api/v1/incidents/:id`. */
  path: string;
  config: FastifyContextConfig;
  /** In bytes. */
  bodyLimit: number | undefined;
}

export class RouteTable {
  readonly entries: RouteEntry[] = [];

  /** Has to be called before any route is registered, and after whatever adds to routes. */
  watch(fastify: FastifyInstance): void {
    fastify.addHook('onRoute', ({ method, url, config, bodyLimit }) => {
      for (const one of [method].flat()) {
        // Fastify answers HEAD for each GET by itself.
        if (one !== 'HEAD') this.entries.push({ method: one, path: url, config: config ?? {}, bodyLimit });
      }
    });
  }
}
