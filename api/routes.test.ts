import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mayDo } from '../domain/access/permissions.js';
import { loadConfig } from '../config/environment.js';
import { createLogger } from '../shared/logger.js';
import { createDataSource } from '../db/connection/data-source.js';
import { createStore } from '../db/connection/store.js';
import { type Api, createApp } from './create-app.js';
import { contractProblems } from '../test/checks/contract-problems.js';
import { RouteTable, type RouteEntry } from './openapi/route-table.js';

// No database listens there: everything asserted here must hold without one.
const config = loadConfig({
  DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none',
  TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
  TOCSIN_ADMIN_TOKEN: 'an-admin-token-0123456789abcdef01',
  TOCSIN_LOG_LEVEL: 'silent',
});
const admin = { authorization: `Bearer ${config.adminToken}` };

let api: Api;
let url: string;
let routes: RouteEntry[];

beforeAll(async () => {
  const dataSource = createDataSource({ url: config.databaseUrl, name: 'test' });
  api = await createApp({
    config,
    logger: createLogger(config, 'test'),
    store: createStore(dataSource, config.secretKey),
  });
  routes = api.app.get(RouteTable).entries;
  await api.app.listen(0, '127.0.0.1');
  url = await api.app.getUrl();
});
afterAll(() => api.app.close());

interface Answer {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
  json(): unknown;
}

async function request(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Buffer,
): Promise<Answer> {
  const init = { method, headers, redirect: 'manual' as const };
  const response = await fetch(`${url}${path}`, body === undefined ? init : { ...init, body });
  const text = await response.text();
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: text,
    json: (): unknown => JSON.parse(text),
  };
}
const filled = (path: string): string => path.replace(/:\w+|\*/g, 'x');
const guarded = (): RouteEntry[] => routes.filter(({ config: { permission } }) => permission !== 'public');

describe('every route', () => {
  it('declares a permission that some role has, or is open', () => {
    expect(routes.length).toBeGreaterThan(50);
    for (const { path, config: route } of routes) {
      const { permission } = route;
      const isKnown =
        permission === 'public' ||
        permission === 'session' ||
        (permission !== undefined && mayDo('admin', permission));
      expect([path, isKnown]).toEqual([path, true]);
    }
  });

  it('refuses an unauthenticated caller before it reads a body', async () => {
    for (const { method, path, config: route } of guarded()) {
      const answer = await request(method, filled(path), {}, method === 'GET' ? undefined : '{broken');
      const expected = route.page === true && method === 'GET' ? 303 : 401;
      expect([method, path, answer.statusCode]).toEqual([method, path, expected]);
    }
  });

  it('reveals nothing to a wrong key', async () => {
    const [missing, wrong] = [
      await request('GET', '/api/v1/incidents'),
      await request('GET', '/api/v1/incidents', { authorization: 'Bearer tocsin_x' }),
    ];
    const { requestId: _one, ...first } = missing.json() as Record<string, unknown>;
    const { requestId: _two, ...second } = wrong.json() as Record<string, unknown>;
    expect(first).toEqual(second);
    expect(first).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('has the security headers on every answer', async () => {
    const paths = [
      ...routes.map(({ method, path }) => [method, filled(path)] as const),
      ['GET', '/nowhere'] as const,
      ['GET', '/%zz'] as const,
    ];
    for (const [method, path] of paths) {
      const { headers } = await request(method, path);
      expect([
        path,
        headers['x-content-type-options'],
        headers['referrer-policy'],
        headers['x-frame-options'],
      ]).toEqual([path, 'nosniff', 'no-referrer', 'DENY']);
      expect([path, String(headers['content-security-policy'])]).toEqual([
        path,
        expect.stringContaining("default-src 'none'"),
      ]);
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('never answers 500 while the database is unavailable', async () => {
    for (const { method, path } of routes) {
      const { statusCode } = await request(method, filled(path), admin, method === 'GET' ? undefined : '{}');
      expect([method, path, statusCode === 500]).toEqual([method, path, false]);
    }
  });

  it('refuses bodies that are not JSON with the position of the error', async () => {
    for (const body of ['{"a":', '{"a": 1, "a": 2}', '{"__proto__": {}}', '[', '\u0000']) {
      const answer = await request('POST', '/api/v1/incidents', admin, body);
      expect([body, answer.statusCode, answer.json()]).toEqual([
        body,
        400,
        expect.objectContaining({ code: 'invalid_json' }),
      ]);
    }
    const large = await request('POST', '/api/v1/incidents', admin, Buffer.alloc(1024 * 1024 + 1, 0x20));
    expect([large.statusCode, large.json()]).toEqual([
      413,
      expect.objectContaining({ code: 'body_too_large' }),
    ]);
  });

  it('names every wrong field at once', async () => {
    const answer = await request('POST', '/api/v1/incidents', admin, '{"titel": "x", "priority": "P9"}');
    expect(answer.json()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      errors: [
        { path: 'title', message: 'missing: a text is needed' },
        { path: 'priority', message: expect.stringContaining('P1') },
        { path: 'titel', message: expect.stringContaining('unknown field') },
      ],
    });
  });
});

describe('without a database', () => {
  it('the process is alive and says that it is not ready', async () => {
    expect((await request('GET', '/healthz')).json()).toEqual({ status: 'ok' });
    const ready = await request('GET', '/readyz');
    expect([ready.statusCode, ready.json()]).toEqual([503, expect.objectContaining({ ready: false })]);
  });

  it('an alert is answered 503 with Retry-After, so that its sender retries', async () => {
    const key = '0123456789abcdef0123456789abcdef';
    const event = {
      routing_key: key,
      event_action: 'trigger',
      payload: { summary: 'x', source: 'y', severity: 'error' },
    };
    for (const path of ['/v2/enqueue', `/in/${key}`, `/in/${key}/v2/enqueue/`]) {
      const answer = await request('POST', path, {}, JSON.stringify(event));
      expect([path, answer.statusCode, answer.headers['retry-after']]).toEqual([path, 503, '2']);
    }
  });
});

describe('the contract', () => {
  it('has every route that is not a page', async () => {
    const { paths } = (await request('GET', '/api/openapi.json')).json() as {
      paths: Record<string, Record<string, { operationId: string; summary: string }>>;
    };
    for (const { method, path, config: route } of routes) {
      if (route.page === true) continue;
      const at = path.replace(/:(\w+)/g, '{$1}').replace('*', '{path}');
      expect([path, paths[at]?.[method.toLowerCase()]?.summary]).toEqual([path, expect.stringMatching(/\w/)]);
    }
    const ids = Object.values(paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('refers to no missing schema', async () => {
    const text = (await request('GET', '/api/openapi.json')).body;
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, unknown> } };
    const missing = [...text.matchAll(/#\/components\/schemas\/(\w+)/g)]
      .map(([, name]) => name ?? '')
      .filter((name) => !(name in components.schemas));
    expect(missing).toEqual([]);
  });

  it('describes what a problem is, every status that a route may answer, and an example of each body', async () => {
    const document = (await request('GET', '/api/openapi.json')).json() as {
      paths: Record<
        string,
        Record<string, { responses: Record<string, unknown>; parameters?: { name: string }[] }>
      >;
      components: { schemas: Record<string, { properties?: object }> };
    };
    expect(contractProblems(document)).toEqual([]);
    expect(Object.keys(document.components.schemas['Problem']?.properties ?? {})).toContain('code');
    const declare = document.paths['/api/v1/incidents']?.['post'];
    expect(Object.keys(declare?.responses ?? {}).sort()).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '422',
      '429',
      '503',
    ]);
    expect(declare?.parameters?.map(({ name }) => name)).toContain('Idempotency-Key');
    expect(Object.keys(document.paths['/api/v1/incidents']?.['get']?.responses ?? {})).not.toContain('413');
  });

  it('is readable without script: every route with an anchor, its fields and an example', async () => {
    const page = await request('GET', '/api/docs');
    expect(page.body).toContain('/api/v1/incidents/:id/acknowledge');
    expect(page.body).not.toContain('<script');
    const shown = routes.filter(({ method, config: route }) => route.page !== true && method !== 'OPTIONS');
    expect(page.body.match(/<article>/g)?.length).toBe(shown.length);
    expect(page.body.match(/<pre>curl /g)?.length).toBe(shown.length);
    const ids = [...page.body.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, to] of page.body.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(to);
  });

  it('publishes the schema of each kind', async () => {
    expect((await request('GET', '/schemas/v1/Service.json')).json()).toMatchObject({
      $id: 'http://localhost:3000/schemas/v1/Service.json',
    });
    expect((await request('GET', '/schemas/v1/nothing.json')).statusCode).toBe(404);
  });
});
