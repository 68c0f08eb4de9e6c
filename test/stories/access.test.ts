/** Requests without a credential: every non-public route requires one before it reads anything. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { listRoutes, type Route } from '../harness/routes.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let routes: Route[];

beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'], env: { TOCSIN_TRUSTED_PROXIES: '127.0.0.1/32' } });
  routes = await listRoutes(stack.tocsin.databaseUrl);
}, 90_000);
afterAll(() => stack.end());

/** Public by decision; a new public route must be added here as well. */
const PUBLIC = [
  'GET /healthz',
  'GET /readyz',
  'GET /api/openapi.json',
  'GET /api/docs',
  'GET /schemas/v1/:file',
  'POST /v2/enqueue',
  'POST /v2/change/enqueue',
  'POST /in/:key',
  'POST /in/:key/*',
  'POST /in/:key/values',
  'PUT /in/:key',
  'PUT /in/:key/*',
  'GET /ping/:key',
  'GET /ping/:key/:kind',
  'POST /ping/:key',
  'POST /ping/:key/:kind',
  'PUT /ping/:key',
  'PUT /ping/:key/:kind',
  'GET /l/:token',
  'POST /l/:token',
  'GET /reach/:token',
  'POST /reach/:token',
  'POST /hooks/link/:token',
  'POST /hooks/pushover/:callback',
  'POST /hooks/slack/actions',
  'POST /hooks/slack/commands',
  'POST /hooks/slack/events',
  'POST /hooks/telegram',
  'POST /hooks/telnyx/events',
  'POST /hooks/telnyx/status',
  'POST /hooks/telnyx/voice',
  'POST /hooks/twilio/sms',
  'POST /hooks/twilio/status',
  'POST /hooks/twilio/voice',
  'GET /ical/:file',
  'GET /sign-in',
  'POST /sign-in',
  'GET /setup/:token',
  'POST /setup/:token',
  'GET /assets/:file',
  'GET /favicon.ico',
  'GET /push-worker.js',
  'GET /push-page.js',
];

const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const filled = (path: string): string => path.replace(/:\w+/g, 'x').replace('*', 'x');

describe('without a credential', () => {
  it('only what is public by decision is public', () => {
    const found = routes.filter(({ permission }) => permission === 'public').map(nameOf);
    expect(found.toSorted()).toEqual(PUBLIC.toSorted());
    expect(routes.length).toBeGreaterThan(60);
  });

  it.each([
    ['no credential', {}],
    ['a wrong key', { authorization: `Bearer tocsin_${'x'.repeat(43)}` }],
    ['another scheme', { authorization: 'Basic cm9vdDpyb290' }],
    ['a made-up session', { cookie: 'tocsin_session=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq' }],
  ])('every other route answers 401 or 403 to %s', async (_what, headers) => {
    const answers = await Promise.all(
      routes
        .filter(({ permission }) => permission !== 'public')
        .map(async (route, index) => {
          // Each from another client: wrong credentials are limited per client.
          const from = { 'x-forwarded-for': `198.51.100.${index % 250}` };
          const { status, headers: sent } = await stack.tocsin.call(
            route.method,
            filled(route.path),
            route.method === 'GET' ? undefined : { title: 'let me in' },
            { token: null, headers: { ...headers, ...from } },
          );
          // A page redirects a person who is not signed in to the sign-in page.
          const asPage =
            route.isPage && status === 303 && (sent.get('location') ?? '').startsWith('/sign-in');
          return [nameOf(route), asPage && route.method === 'GET' ? 401 : status];
        }),
    );
    expect(answers.filter(([, status]) => status !== 401 && status !== 403)).toEqual([]);
  });

  it('nothing was changed by trying', async () => {
    const [{ n } = { n: '?' }] = await stack.tocsin.sql<{ n: string }>('SELECT count(*) AS n FROM incident');
    expect(n).toBe('0');
  });
});

describe('an API key', () => {
  const NewKey = z.looseObject({ id: z.string(), key: z.string() });
  const make = (role: string) =>
    stack.tocsin.ask(NewKey, 'POST', '/api/v1/keys', { name: `a-${role}`, role });

  it('does what its role may do and no more, until it is revoked', async () => {
    const { id, key } = await make('stakeholder');
    const as = (method: string, path: string, body?: unknown) =>
      stack.tocsin.call(method, path, body, { token: key });
    expect((await as('GET', '/api/v1/incidents')).status).toBe(200);
    const refused = await as('POST', '/api/v1/config/apply', '{}');
    expect([400, 403]).toContain(refused.status);
    expect((await as('POST', '/api/v1/keys', { name: 'mine', role: 'admin' })).status).toBe(403);
    expect((await stack.tocsin.call('DELETE', `/api/v1/keys/${id}`)).status).toBe(204);
    expect((await as('GET', '/api/v1/incidents')).status).toBe(401);
  });

  it('of somebody who may not change a document learns that, and nothing is looked up for it', async () => {
    const { key } = await make('responder');
    const document = `apiVersion: tocsin/v1
kind: Team
metadata: {name: mine}
spec: {displayName: Mine, timezone: UTC, members: [nobody-by-this-name]}
`;
    for (const how of ['plan', 'apply']) {
      const refused = await stack.tocsin.call('POST', `/api/v1/config/${how}`, document, { token: key });
      expect(refused).toMatchObject({ status: 403, json: { code: 'forbidden' } });
    }
  });

  it('is kept as a hash', async () => {
    const { key } = await make('responder');
    const dump = JSON.stringify(await stack.tocsin.sql('SELECT * FROM api_key'));
    expect(dump).not.toContain(key);
    expect(dump).not.toContain(key.slice(-20));
  });
});
