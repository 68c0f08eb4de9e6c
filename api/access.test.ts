import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sessionCookie } from '../http/auth/cookies.js';
import { SetupService } from '../services/access/setup.service.js';
import { organisation } from './testing/organisation.js';
import { type RunningApi, startApi } from './testing/start-api.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.stop());

const cookieOf = (session: string): Record<string, string> => ({
  cookie: sessionCookie({ publicUrl: api.url, sessionLifeMs: 1 }, session).split(';')[0] ?? '',
});
const tokenOf = (url: unknown): string => String(url).split('/setup/')[1] ?? '';
const newKey = async (
  role: string,
  more: Record<string, unknown> = {},
): Promise<{ id: string; key: string }> => {
  const { json } = await api.call('POST', '/api/v1/keys', { name: `${role}-key`, role, ...more });
  return { id: String(json['id']), key: String(json['key']) };
};

describe('the first admin', () => {
  it('is created by a one-time link, which works once', async () => {
    const setup = api.app.get(SetupService);
    // Two apis that start on an empty database print one link.
    const [printed = '', other] = (await Promise.all([setup.firstAdminLink(), setup.firstAdminLink()])).map(
      tokenOf,
    );
    expect(other).toBe(printed);
    expect(tokenOf(await setup.firstAdminLink())).toBe(printed);
    expect(await setup.look(printed)).toMatchObject({ purpose: 'first-admin', person: null });
    const asked = tokenOf((await api.call('POST', '/api/v1/setup-link')).json['url']);

    const admin = { name: 'ana', email: 'ana@example.com', displayName: 'Ana' };
    const both = await Promise.allSettled([
      setup.redeem(printed, { ...admin, name: 'eve', email: 'eve@example.com' }),
      setup.redeem(asked, admin),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(setup.redeem(printed, admin)).rejects.toMatchObject({ status: 410, code: 'link_used' });
    expect(await setup.firstAdminLink()).toBeNull();

    const made = both.find((one) => one.status === 'fulfilled');
    const me = await api.call('GET', '/api/v1/me', undefined, {
      token: null,
      headers: cookieOf(made?.value.session ?? ''),
    });
    expect(me.json).toMatchObject({ kind: 'person', role: 'admin' });
  });

  it('gets a sign-in link from then on, with the admin token only', async () => {
    const setup = api.app.get(SetupService);
    await api.call('POST', '/api/v1/config/apply?prune=true', organisation);
    const link = await api.call('POST', '/api/v1/setup-link', { person: 'ana' });
    const { session, person } = await setup.redeem(tokenOf(link.json['url']), null);
    expect(person).toBe('ana');
    const answer = await api.call(
      'POST',
      '/api/v1/setup-link',
      {},
      { token: null, headers: { ...cookieOf(session), origin: api.url } },
    );
    expect(answer.status).toBe(403);
  });
});

describe('a session', () => {
  const signIn = async (person: string): Promise<Record<string, string>> => {
    const link = await api.call('POST', '/api/v1/sign-in-links', { person });
    const { session } = await api.app.get(SetupService).redeem(tokenOf(link.json['url']), null);
    return cookieOf(session);
  };

  it('may change things from pages of this installation only, and read from anywhere', async () => {
    const cookie = await signIn('bo');
    const declare = (headers: Record<string, string>) =>
      api.call(
        'POST',
        '/api/v1/incidents',
        { title: 'Slow' },
        { token: null, headers: { ...cookie, ...headers } },
      );
    expect((await declare({})).status).toBe(403);
    expect((await declare({ origin: 'https://evil.example.com' })).status).toBe(403);
    expect((await declare({ 'sec-fetch-site': 'cross-site', origin: api.url })).status).toBe(403);
    const incident = await declare({ origin: api.url });
    expect(incident.status).toBe(201);
    expect(
      (await api.call('GET', '/api/v1/incidents', undefined, { token: null, headers: cookie })).status,
    ).toBe(200);
    const [opened] = (await api.call('GET', `/api/v1/incidents/${String(incident.json['id'])}/timeline`))
      .json['items'] as { actor: string }[];
    expect(opened?.actor).toBe('bo');
  });

  it('acts as its own person only', async () => {
    const headers = { ...(await signIn('bo')), origin: api.url };
    const { json } = await api.call('POST', '/api/v1/incidents', { title: 'Slow' });
    const path = `/api/v1/incidents/${String(json['number'])}/acknowledge`;
    expect((await api.call('POST', path, { person: 'ana' }, { token: null, headers })).status).toBe(403);
    expect((await api.call('POST', path, undefined, { token: null, headers })).json).toMatchObject({
      status: 'acknowledged',
      commander: 'bo',
    });
  });

  it('ends with a change of role, with the person, and at its expiry', async () => {
    const cookie = await signIn('bo');
    const status = async (): Promise<number> =>
      (await api.call('GET', '/api/v1/me', undefined, { token: null, headers: cookie })).status;
    expect(await status()).toBe(200);
    await api.call('POST', '/api/v1/config/apply', organisation.replace('role: responder', 'role: manager'));
    expect(await status()).toBe(401);
    await api.call('POST', '/api/v1/config/apply', organisation);
    const idle = await signIn('cleo');
    await api.store.dataSource.query(`UPDATE session SET seen_at = seen_at - interval '8 days'`);
    expect((await api.call('GET', '/api/v1/me', undefined, { token: null, headers: idle })).status).toBe(401);
  });
});

describe('an API key', () => {
  it('has the permissions of its role, until it is revoked or expires', async () => {
    const stakeholder = await newKey('stakeholder');
    const as = (token: string) => ({ token });
    expect((await api.call('GET', '/api/v1/incidents', undefined, as(stakeholder.key))).status).toBe(200);
    expect(
      (await api.call('POST', '/api/v1/incidents', { title: 'x' }, as(stakeholder.key))).json,
    ).toMatchObject({ status: 403, code: 'forbidden' });
    expect((await api.call('DELETE', `/api/v1/keys/${stakeholder.id}`)).status).toBe(204);
    expect((await api.call('GET', '/api/v1/incidents', undefined, as(stakeholder.key))).status).toBe(401);

    const expiring = await newKey('admin', { expiresAt: '2099-01-01T00:00:00Z' });
    expect((await api.call('GET', '/api/v1/me', undefined, as(expiring.key))).status).toBe(200);
    await api.store.dataSource.query(
      `UPDATE api_key SET expires_at = tocsin_now() - interval '1 second' WHERE id = $1`,
      [expiring.id],
    );
    expect((await api.call('GET', '/api/v1/me', undefined, as(expiring.key))).status).toBe(401);
  });

  it('is never shown or stored again', async () => {
    const { key } = await newKey('responder');
    const secret = key.split('_').slice(2).join('_');
    expect((await api.call('GET', '/api/v1/keys')).text).not.toContain(secret);
    const rows: { row: string }[] = await api.store.dataSource.query('SELECT k::text AS row FROM api_key k');
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
  });

  it('acts on behalf of the person that it names', async () => {
    const { key } = await newKey('responder');
    const { json } = await api.call('POST', '/api/v1/incidents', { title: 'Slow' }, { token: key });
    const path = `/api/v1/incidents/${String(json['number'])}/acknowledge`;
    expect((await api.call('POST', path, undefined, { token: key })).json).toMatchObject({
      status: 400,
      errors: [{ path: 'person' }],
    });
    expect((await api.call('POST', path, { person: 'nobody' }, { token: key })).status).toBe(400);
    expect((await api.call('POST', path, { person: 'bo' }, { token: key })).json).toMatchObject({
      commander: 'bo',
    });
  });

  it('of a manager changes schedules, and cannot create an admin', async () => {
    const { key } = await newKey('manager');
    const put = (kind: string, name: string, text: string) =>
      api.call('PUT', `/api/v1/config/${kind}/${name}`, text, { token: key });
    const service =
      'apiVersion: tocsin/v1\nkind: Service\nmetadata: {name: web}\nspec: {displayName: Web, team: checkout, tier: 2}\n';
    expect((await put('Service', 'web', service)).status).toBe(201);
    const eve =
      'apiVersion: tocsin/v1\nkind: Person\nmetadata: {name: eve}\nspec: {displayName: Eve, email: eve@example.com, timezone: UTC, role: admin}\n';
    expect((await put('Person', 'eve', eve)).status).toBe(403);
    expect((await api.call('POST', '/api/v1/config/apply', eve, { token: key })).status).toBe(403);
    expect((await api.call('DELETE', '/api/v1/config/Source/own', undefined, { token: key })).status).toBe(
      403,
    );
    expect((await api.call('GET', '/api/v1/audit', undefined, { token: key })).status).toBe(403);
  });

  it('of an admin does not remove the last admin', async () => {
    const { key } = await newKey('admin');
    const text = organisation.replace('role: admin', 'role: responder');
    expect((await api.call('POST', '/api/v1/config/apply', text, { token: key })).json).toMatchObject({
      status: 409,
      code: 'last_admin',
    });
  });
});
