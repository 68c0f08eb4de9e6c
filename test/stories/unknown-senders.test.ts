/**
 * A credential grants what its role may do, and nothing else: every route, every role, and every way in which a
 * credential ends.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { redactText } from '../../shared/redact.js';
import { mayDo, PERMISSIONS } from '../../domain/access/permissions.js';
import { listRoutes, type Route } from '../harness/routes.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const ROLES = ['stakeholder', 'responder', 'manager', 'admin'] as const;
const NewKey = z.looseObject({ id: z.string(), key: z.string() });
const OpenApi = z.looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });

let stack: TestStack;
let routes: Route[];

beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
  routes = await listRoutes(stack.tocsin.databaseUrl);
}, 90_000);
afterAll(() => stack.end());

const filled = ({ path }: Route): string => path.replace(/:\w+/g, 'x').replace('*', 'x');

/** Reads only the head of the response: the live stream has no end. */
async function sendRequest(method: string, path: string, headers: Record<string, string>, body?: string) {
  const response = await fetch(new URL(path, stack.tocsin.url), {
    method,
    headers,
    redirect: 'manual',
    ...(body === undefined ? {} : { body }),
  });
  await response.body?.cancel();
  return response;
}

const newKey = (name: string, role: string, more: object = {}) =>
  stack.tocsin.ask(NewKey, 'POST', '/api/v1/keys', { name, role, ...more });
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const me = async (headers: Record<string, string>) =>
  (await sendRequest('GET', '/api/v1/me', headers)).status;

describe('the route table', () => {
  it('has every address that the contract names', async () => {
    const { paths } = await stack.tocsin.ask(OpenApi, 'GET', '/api/openapi.json');
    const named = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, 'x')}`),
    );
    const known = new Set(routes.map((route) => `${route.method} ${filled(route)}`));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((one) => !known.has(one))).toEqual([]);
  });

  it('tells the log no address that opens something by itself', () => {
    // Files that anybody may read by their name.
    const open = new Set(['/assets/:file', '/schemas/v1/:file']);
    const secret = 'c0ffee5f3a9c71d2abcdef0123456789';
    const byAddress = routes.filter(
      ({ path, permission }) => permission === 'public' && path.includes(':') && !open.has(path),
    );
    expect(byAddress.length).toBeGreaterThanOrEqual(7);
    for (const { path } of byAddress)
      expect([path, redactText(path.replace(/:(?!kind)\w+/g, secret))]).toEqual([
        path,
        expect.not.stringContaining(secret),
      ]);
  });

  it('is closed to HEAD where it is closed to GET', async () => {
    for (const route of routes.filter(
      ({ method, permission }) => method === 'GET' && permission !== 'public',
    )) {
      const { status, headers } = await sendRequest('HEAD', filled(route), {});
      const turnedAway =
        status === 401 || (route.isPage && headers.get('location')?.startsWith('/sign-in') === true);
      expect([route.path, status, turnedAway]).toEqual([route.path, status, true]);
    }
  });
});

describe('a key of each role', () => {
  it.each(ROLES)('%s: refused with 403 wherever the role has no right, let in elsewhere', async (role) => {
    const { key } = await newKey(`matrix-${role}`, role);
    const wrong: string[] = [];
    for (const route of routes.filter(({ permission }) => permission !== 'public')) {
      const { method, permission } = route;
      // A broken body: an admitted request gets that error, and nothing happens.
      const body = method === 'GET' || method === 'DELETE' ? undefined : '{broken';
      const { status } = await sendRequest(method, filled(route), bearer(key), body);
      const needed = PERMISSIONS.find((one) => one === permission);
      // Contacts may be changed by their person or an admin; an API key has no profile of its own.
      const isTheirs = route.path.startsWith('/api/v1/people/') && permission === 'session';
      // No key signs a person in.
      const isOwnPage = /^\/profile(?!\/push)|^\/sessions|^\/api\/v1\/me\/sessions|\/sign-in-link$/.test(
        route.path,
      );
      if (isOwnPage || (isTheirs && role !== 'admin')) {
        // The broken body may be reported first.
        if (status !== 403 && status !== 400) wrong.push(`${method} ${route.path}: ${status}`);
        continue;
      }
      const isRefused = needed !== undefined && !mayDo(role, needed);
      const isRight = isRefused ? status === 403 : status !== 401 && status !== 403 && status < 500;
      if (!isRight) wrong.push(`${method} ${route.path} (${permission}): ${status}`);
    }
    expect(wrong).toEqual([]);
  });

  it('says which permission is missing, and nothing was done', async () => {
    const { key } = await newKey('looks-only', 'stakeholder');
    const refused = await stack.tocsin.call('POST', '/api/v1/incidents', { title: 'Let me' }, { token: key });
    expect(refused).toMatchObject({
      status: 403,
      json: { code: 'forbidden', detail: expect.stringContaining('incidents.declare') },
    });
    expect(await stack.tocsin.sql('SELECT 1 FROM incident')).toEqual([]);
  });

  it('gives nobody more than they have: a manager makes no admin, no source and no key', async () => {
    const { key: token } = await newKey('climber', 'manager');
    const promote = (await stack.tocsin.call('GET', '/api/v1/config/Person/cleo?format=yaml')).text.replace(
      'role: manager',
      'role: admin',
    );
    expect(promote).toContain('role: admin');
    const source =
      'apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: mine}\nspec: {format: generic, service: checkout-db}\n';
    for (const [method, path, body] of [
      ['POST', '/api/v1/config/apply', promote],
      ['PUT', '/api/v1/config/Person/cleo', promote],
      ['POST', '/api/v1/config/apply', source],
      ['DELETE', '/api/v1/config/Source/monitor', undefined],
      ['POST', '/api/v1/keys', { name: 'more', role: 'admin' }],
      ['POST', '/api/v1/sign-in-links', { person: 'root' }],
      ['POST', '/api/v1/setup-link', {}],
    ] as const) {
      const { status } = await stack.tocsin.call(method, path, body, { token });
      expect([method, path, status]).toEqual([method, path, 403]);
    }
  });
});

describe('a credential that has ended', () => {
  it('a revoked, an expired and an altered key are nobody', async () => {
    const [revoked, expired, altered] = [
      await newKey('revoked', 'admin'),
      await newKey('expired', 'admin', { expiresAt: new Date(Date.now() + 3_600_000).toISOString() }),
      await newKey('altered', 'admin'),
    ];
    for (const { key } of [revoked, expired, altered]) expect(await me(bearer(key))).toBe(200);
    await stack.tocsin.call('DELETE', `/api/v1/keys/${revoked.id}`);
    await stack.tocsin.sql(`UPDATE api_key SET expires_at = now() - interval '1 second' WHERE id = $1`, [
      expired.id,
    ]);
    expect(await me(bearer(revoked.key))).toBe(401);
    expect(await me(bearer(expired.key))).toBe(401);
    expect(await me(bearer(altered.key.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))))).toBe(401);
    expect(await me(bearer(`${stack.tocsin.adminToken}x`))).toBe(401);
    const past = await stack.tocsin.call('POST', '/api/v1/keys', {
      name: 'late',
      role: 'admin',
      expiresAt: '2001-01-01T00:00:00Z',
    });
    expect(past.status).toBe(400);
  });

  it('a session that is over, idle or signed out is nobody', async () => {
    const [over, idle, out] = [
      await signIn(stack.tocsin, 'ana'),
      await signIn(stack.tocsin, 'bo'),
      await signIn(stack.tocsin, 'cleo'),
    ];
    for (const cookie of [over, idle, out]) expect(await me({ cookie })).toBe(200);
    await stack.tocsin.sql(
      `UPDATE session SET expires_at = now() - interval '1 second' WHERE person = 'ana'`,
    );
    await stack.tocsin.sql(`UPDATE session SET seen_at = now() - interval '8 days' WHERE person = 'bo'`);
    const page = await (
      await fetch(new URL('/incidents', stack.tocsin.url), { headers: { cookie: out } })
    ).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const form = {
      'content-type': 'application/x-www-form-urlencoded',
      cookie: out,
      origin: stack.tocsin.url,
    };
    const signedOut = await sendRequest('POST', '/sign-out', form, new URLSearchParams({ csrf }).toString());
    expect([signedOut.status, signedOut.headers.get('location')]).toEqual([303, '/sign-in']);
    for (const cookie of [over, idle, out]) expect(await me({ cookie })).toBe(401);
  });
});

describe('a session cookie', () => {
  it('is out of reach of scripts and other sites, and changes things only from our own pages', async () => {
    const { url } = await stack.tocsin.ask(
      z.looseObject({ url: z.string() }),
      'POST',
      '/api/v1/sign-in-links',
      {
        person: 'cleo',
      },
    );
    const answer = await fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams() });
    expect(answer.headers.get('set-cookie')).toMatch(/; HttpOnly; SameSite=(Lax|Strict)/);
    expect((await fetch(url, { method: 'POST', redirect: 'manual' })).status).toBe(410);
    const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
    const senders: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example.com' },
      { 'sec-fetch-site': 'cross-site' },
    ];
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method !== 'GET' && one.permission !== 'public')) {
      for (const sender of senders) {
        const { status } = await sendRequest(route.method, filled(route), { cookie, ...sender }, '{broken');
        if (status !== 403) wrong.push(`${route.method} ${route.path} ${JSON.stringify(sender)}: ${status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(
      (await sendRequest('POST', '/api/v1/incidents', { cookie, origin: stack.tocsin.url }, '{broken'))
        .status,
    ).toBe(400);
  });
});
