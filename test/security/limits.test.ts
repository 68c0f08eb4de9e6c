/** Rate limits count per real client and per token: an unknown sender cannot use up another's limit. */
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { linkHash } from '../../shared/keys.js';

/** The same key as in `startApi`. */
const rootKey = Buffer.from('0123456789abcdef0123456789abcdef');
const madeUp = (): string => randomBytes(24).toString('base64url');

/** Small, so that a slow machine finishes within the minute in which they are counted. */
const perMinute = { identity: 6_000, link: 20, client: 30, misses: 10 };

/** Statuses of many requests, some at a time. */
async function flood(
  api: RunningApi,
  times: number,
  request: (index: number) => [string, string, Record<string, string>],
): Promise<Record<number, number>> {
  const counts: Record<number, number> = {};
  for (let start = 0; start < times; start += 20) {
    await Promise.all(
      Array.from({ length: Math.min(20, times - start) }, async (_, index) => {
        const [method, path, headers] = request(start + index);
        const { status } = await api.call(method, path, undefined, { token: null, headers });
        counts[status] = (counts[status] ?? 0) + 1;
      }),
    );
  }
  return counts;
}

async function newLink(api: RunningApi): Promise<string> {
  const { json } = await api.call('POST', '/api/v1/incidents', { title: `Disk full ${randomUUID()}` });
  const token = madeUp();
  await api.store.dataSource.query(
    `INSERT INTO link_token (hash, kind, incident_id, person, subject, created_at)
     VALUES ($1, 'page', $2, 'ana', '{}', tocsin_now())`,
    [linkHash(rootKey, token), json['id']],
  );
  return token;
}

describe('behind a proxy of ours', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ TOCSIN_TRUSTED_PROXIES: '127.0.0.1,10.0.0.0/8' }, { perMinute });
  });
  afterAll(() => api.stop());
  const from = (client: string) => ({ 'x-forwarded-for': client });

  it('a stranger who asks for too much is refused, and nobody else is: neither a link nor another client', async () => {
    const link = await newLink(api);
    const seen = await flood(api, 40, () => ['GET', '/sign-in', from('198.51.100.7, 10.0.0.5')]);
    expect(seen[429]).toBeGreaterThan(0);
    const call = (method: string, path: string, client: string) =>
      api.call(method, path, undefined, { token: null, headers: from(client) });
    // The same address, as behind one NAT or one proxy that is not configured.
    expect((await call('GET', `/l/${link}`, '198.51.100.7')).status).toBe(200);
    expect((await call('POST', `/l/${link}`, '198.51.100.7')).status).not.toBe(429);
    expect((await call('POST', `/hooks/link/${link}`, '198.51.100.7')).status).not.toBe(429);
    expect((await call('GET', '/sign-in', '198.51.100.8')).status).toBe(200);
    expect((await call('GET', '/sign-in', '198.51.100.7')).status).toBe(429);
  });

  it('made-up tokens are counted for their client alone; a link that is ours is served among them', async () => {
    const link = await newLink(api);
    const client = from('198.51.100.20');
    const seen = await flood(api, 25, (index) => [
      'GET',
      `/${index % 2 ? 'l' : 'reach'}/${madeUp()}`,
      client,
    ]);
    expect(seen).toEqual({ 404: 10, 429: 15 });
    const first = await api.call('GET', `/l/${link}`, undefined, { token: null, headers: client });
    expect(first.status).toBe(200);
    const setup = await api.call('POST', '/api/v1/setup-link', {});
    const address = new URL(String(setup.json['url'])).pathname;
    expect((await api.call('GET', address, undefined, { token: null, headers: client })).status).toBe(200);
  });

  it('a link that is asked for too often is limited by itself', async () => {
    const [link, other] = [await newLink(api), await newLink(api)];
    const seen = await flood(api, 25, () => ['GET', `/l/${link}`, from('198.51.100.21')]);
    expect(seen[429]).toBe(5);
    const { status } = await api.call('GET', `/l/${other}`, undefined, {
      token: null,
      headers: from('198.51.100.21'),
    });
    expect(status).toBe(200);
  });

  it('wrong keys and sessions are limited before they are looked up, right ones are not', async () => {
    const { json } = await api.call('POST', '/api/v1/keys', { name: 'ci', role: 'responder' });
    const client = from('198.51.100.30');
    const wrong = () => ({ ...client, authorization: `Bearer tocsin_${'0'.repeat(18)}_${'x'.repeat(43)}` });
    const seen = await flood(api, 40, () => ['GET', '/api/v1/incidents', wrong()]);
    expect(seen[429]).toBeGreaterThan(0);
    const cookie = () => ({ ...client, cookie: `tocsin_session=${randomBytes(32).toString('base64url')}` });
    let queries = 0;
    const { dataSource } = api.store;
    const query = dataSource.query.bind(dataSource);
    dataSource.query = ((...args: Parameters<typeof query>) => {
      queries += 1;
      return query(...args);
    }) as typeof dataSource.query;
    try {
      const refused = await flood(api, 60, () => ['GET', '/api/v1/me', cookie()]);
      expect(refused).toEqual({ 429: 60 });
    } finally {
      dataSource.query = query;
    }
    expect(queries).toBeLessThan(40);
    const right = await api.call('GET', '/api/v1/me', undefined, {
      token: String(json['key']),
      headers: client,
    });
    expect(right.status).toBe(200);
    expect((await api.call('GET', '/api/v1/me', undefined, { headers: client })).status).toBe(200);
  });

  it('what a client says about itself is not believed, and an IPv6 customer is one client', async () => {
    const hops = await flood(api, 40, (index) => [
      'GET',
      '/sign-in',
      from(`203.0.113.${index % 250}, 198.51.100.40, 10.0.0.9`),
    ]);
    expect(hops[429]).toBeGreaterThan(0);
    const six = await flood(api, 40, (index) => [
      'GET',
      '/sign-in',
      from(`2001:db8:1:2::${index.toString(16)}`),
    ]);
    expect(six[429]).toBeGreaterThan(0);
  });

  it('what comes with a token that is none is not even read', async () => {
    const headers = { ...from('198.51.100.50'), 'content-type': 'application/x-www-form-urlencoded' };
    for (const path of ['l', 'reach', 'setup']) {
      const body = 'a&'.repeat(40_000);
      const answer = await api.call('POST', `/${path}/${madeUp()}`, body, { token: null, headers });
      expect([path, answer.status]).toEqual([path, path === 'setup' ? 410 : 404]);
    }
  });
});

it('without a proxy that was named, a hop in a header changes nothing', async () => {
  const api = await startApi({}, { perMinute });
  try {
    const seen = await flood(api, 40, (index) => [
      'GET',
      '/sign-in',
      { 'x-forwarded-for': `203.0.113.${index % 250}` },
    ]);
    expect(seen[429]).toBeGreaterThan(0);
  } finally {
    await api.stop();
  }
});
