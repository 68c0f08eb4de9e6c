/** Every route of the api, from its own route table: JSON, pages and vendors' formats alike. */
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { createApp } from '../../api/create-app.js';
import { RouteTable } from '../../api/openapi/route-table.js';
import { loadConfig } from '../../config/environment.js';
import { createLogger } from '../../shared/logger.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { createStore } from '../../db/connection/store.js';

export interface Route {
  method: string;
  /** `/api/v1/incidents/:id` */
  path: string;
  permission: string;
  isPage: boolean;
  /** Reader of the body, and its limit in bytes. */
  reads: 'json' | 'form' | 'raw';
  bodyLimit: number;
  /** JSON Schema of the JSON body; null when the route has none. */
  body: Record<string, unknown> | null;
}

/** Composes the api on this database without listening, reads the table and shuts it down again. */
export async function listRoutes(databaseUrl: string): Promise<Route[]> {
  const secret = randomBytes(32);
  const config = loadConfig({
    DATABASE_URL: databaseUrl,
    TOCSIN_SECRET_KEY: secret.toString('base64url'),
    TOCSIN_LOG_LEVEL: 'silent',
  });
  const dataSource = createDataSource({ url: databaseUrl, name: 'routes', poolSize: 1 });
  await dataSource.initialize();
  const { app } = await createApp({
    config,
    logger: createLogger(config, 'routes'),
    store: createStore(dataSource, secret),
  });
  try {
    await app.init();
    return app
      .get(RouteTable)
      .entries.filter(({ method }) => method !== 'OPTIONS')
      .map(({ method, path, config: about, bodyLimit = NaN }) => ({
        method,
        path,
        permission: String(about.permission),
        isPage: about.page === true,
        reads: about.body ?? 'json',
        bodyLimit,
        body:
          about.bodySchema instanceof z.ZodType
            ? z.toJSONSchema(about.bodySchema, { io: 'input', unrepresentable: 'any' })
            : null,
      }));
  } finally {
    await app.close();
    await dataSource.destroy();
  }
}
