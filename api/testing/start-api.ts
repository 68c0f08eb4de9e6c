/** Runs the api in this process on a real database, called over HTTP; for tests. */
import { loadConfig } from '../../config/environment.js';
import { createLogger } from '../../shared/logger.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { listen } from '../../db/connection/listener.js';
import { createStore, type Store } from '../../db/connection/store.js';
import { createDatabase } from '../../test/harness/database.js';
import { type Api, createApp } from '../create-app.js';
import type { PerMinute } from '../../http/limits/limits.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed body when it is JSON, otherwise `{}`. */
  json: Record<string, unknown>;
}

export interface CallOptions {
  /** Defaults to the admin token; null sends none. */
  token?: string | null;
  headers?: Record<string, string>;
}

export interface RunningApi {
  readonly url: string;
  readonly databaseUrl: string;
  readonly store: Store;
  readonly app: Api['app'];
  /** A string is sent as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  stop(): Promise<void>;
}

const adminToken = 'an-admin-token-0123456789abcdef01';

/** `env`: added to the environment of the api. */
export async function startApi(
  env: Record<string, string> = {},
  { perMinute }: { perMinute?: PerMinute } = {},
): Promise<RunningApi> {
  const database = await createDatabase();
  const config = loadConfig({
    DATABASE_URL: database.url,
    TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
    TOCSIN_ADMIN_TOKEN: adminToken,
    TOCSIN_LOG_LEVEL: 'silent',
    ...env,
  });
  const dataSource = createDataSource({ url: config.databaseUrl, name: 'test-api' });
  await dataSource.initialize();
  const store = createStore(dataSource, config.rootKeys, { linkDays: config.linkDays });
  const { app, keys, events } = await createApp({
    config,
    logger: createLogger(config, 'api'),
    store,
    ...(perMinute === undefined ? {} : { perMinute }),
  });
  const listener = listen({
    url: config.databaseUrl,
    name: 'test-api',
    channels: { tocsin_event: () => events.wake(), tocsin_config: () => keys.forget() },
  });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  return {
    url,
    databaseUrl: database.url,
    store,
    app,
    async call(method, path, body, { token = adminToken, headers = {} } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
        ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, json: parsed(text) };
    },
    async stop() {
      await app.close();
      await listener.stop();
      await dataSource.destroy();
      await database.drop();
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
