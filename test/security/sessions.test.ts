/**
 * Sessions, sign-in links and live streams have an enforced end (docs/security.md S19; Sessions, OIDC, SCIM), and
 * sign-in links can be requested by mail.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cookieName } from '../../http/auth/cookies.js';
import { SetupService } from '../../services/access/setup.service.js';
import { organisation } from '../../api/testing/organisation.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { signInToken } from '../../shared/keys.js';
import { eventually } from '../harness/eventually.js';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({ SMTP_URL: 'smtp://127.0.0.1:1' });
  await api.call('POST', '/api/v1/config/apply', organisation);
});
afterAll(() => api.stop());

const adminToken = 'an-admin-token-0123456789abcdef01';
const tokenOf = (url: unknown): string => String(url).split('/setup/')[1] ?? '';
const linkFor = async (person: string): Promise<string> =>
  tokenOf((await api.call('POST', '/api/v1/sign-in-links', { person })).json['url']);

async function signIn(person: string): Promise<Record<string, string>> {
  const { session } = await api.app.get(SetupService).redeem(await linkFor(person), null, 'Firefox');
  return { cookie: `${cookieName({ publicUrl: api.url })}=${session}`, origin: api.url };
}
const as = (headers: Record<string, string>) => ({ token: null, headers });
const status = async (headers: Record<string, string>): Promise<number> =>
  (await api.call('GET', '/api/v1/me', undefined, as(headers))).status;
const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${api.url}${path}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(form),
  });

describe('sessions', () => {
  it('are listed and ended by their owner, one or all the others', async () => {
    const [one, two, three] = [await signIn('bo'), await signIn('bo'), await signIn('bo')];
    const list = async () =>
      (await api.call('GET', '/api/v1/me/sessions', undefined, as(one))).json['items'] as {
        id: string;
        current: boolean;
        client: string;
      }[];
    const open = await list();
    expect(open.map(({ current, client }) => [current, client])).toEqual([
      [false, 'Firefox'],
      [false, 'Firefox'],
      [true, 'Firefox'],
    ]);
    const newest = open[0]?.id ?? '';
    expect((await api.call('DELETE', `/api/v1/me/sessions/${newest}`, undefined, as(one))).status).toBe(204);
    expect([await status(one), await status(two), await status(three)]).toEqual([200, 200, 401]);
    expect((await api.call('DELETE', `/api/v1/me/sessions/${newest}`, undefined, as(one))).status).toBe(404);
    await api.call('DELETE', '/api/v1/me/sessions?others=true', undefined, as(one));
    expect([await status(one), await status(two)]).toEqual([200, 401]);
    await api.call('DELETE', '/api/v1/me/sessions', undefined, as(one));
    expect(await status(one)).toBe(401);
  });

  it('of others are not theirs to end, but an admin’s', async () => {
    const [bo, cleo] = [await signIn('bo'), await signIn('cleo')];
    const items = (await api.call('GET', '/api/v1/me/sessions', undefined, as(cleo))).json['items'];
    const { id } = (items as { id: string }[])[0] ?? { id: '' };
    expect((await api.call('DELETE', `/api/v1/me/sessions/${id}`, undefined, as(bo))).status).toBe(404);
    expect((await api.call('DELETE', '/api/v1/people/cleo/sessions', undefined, as(bo))).status).toBe(403);
    expect(await status(cleo)).toBe(200);
    expect((await api.call('DELETE', '/api/v1/people/cleo/sessions')).status).toBe(204);
    expect([await status(bo), await status(cleo)]).toEqual([200, 401]);
  });

  it('end after 7 days unused and after 30 days in all', async () => {
    const idle = await signIn('bo');
    const age = (column: string, days: number) =>
      api.store.dataSource.query(
        `UPDATE session SET ${column} = ${column} - $1::int * interval '1 day' WHERE ended_at IS NULL`,
        [days],
      );
    await age('seen_at', 6);
    expect(await status(idle)).toBe(200);
    await age('seen_at', 8);
    expect(await status(idle)).toBe(401);
    const old = await signIn('bo');
    await age('expires_at', 29);
    expect(await status(old)).toBe(200);
    await age('expires_at', 1);
    expect(await status(old)).toBe(401);
  });

  it('are seen and ended on their page', async () => {
    const [one, two] = [await signIn('bo'), await signIn('bo')];
    const page = await (await fetch(`${api.url}/sessions`, { headers: one })).text();
    expect(page).toContain('Sign out everywhere else');
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
    expect((await post('/sessions', { csrf: 'x' }, one)).status).toBe(403);
    expect((await post('/sessions', { csrf }, one)).status).toBe(303);
    expect([await status(one), await status(two)]).toEqual([200, 401]);
  });
});

describe('TOCSIN_SESSION_IDLE and TOCSIN_SESSION_LIFE', () => {
  it('are how long a session lasts: unused, and in all; the cookie ends with it', async () => {
    const short = await startApi({ TOCSIN_SESSION_IDLE: '2h', TOCSIN_SESSION_LIFE: '5h' });
    try {
      await short.call('POST', '/api/v1/config/apply', organisation);
      const signedIn = async () => {
        const { url } = (await short.call('POST', '/api/v1/sign-in-links', { person: 'bo' })).json;
        const answer = await fetch(`${short.url}/setup/${tokenOf(url)}`, {
          method: 'POST',
          redirect: 'manual',
          body: new URLSearchParams(),
        });
        return answer.headers.get('set-cookie') ?? '';
      };
      const set = await signedIn();
      expect(set).toMatch(/Max-Age=18000(;|$)/i);
      const cookie = set.split(';')[0] ?? '';
      const me = async () =>
        (await short.call('GET', '/api/v1/me', undefined, { token: null, headers: { cookie } })).status;
      const age = (column: string, time: string) =>
        short.store.dataSource.query(
          `UPDATE session SET ${column} = ${column} - $1::interval WHERE ended_at IS NULL`,
          [time],
        );
      await age('seen_at', '1 hour 50 minutes');
      expect(await me()).toBe(200);
      await age('seen_at', '2 hours 1 minute');
      expect(await me()).toBe(401);
      // A session in constant use ends all the same.
      await short.store.dataSource.query('UPDATE session SET seen_at = tocsin_now()');
      expect(await me()).toBe(200);
      await age('expires_at', '4 hours 50 minutes');
      expect(await me()).toBe(200);
      await age('expires_at', '11 minutes');
      expect(await me()).toBe(401);
    } finally {
      await short.stop();
    }
  });
});

describe('a one-time link', () => {
  it('dies when a newer one is made for the same person', async () => {
    const [older, newer] = [await linkFor('bo'), await linkFor('bo')];
    const setup = api.app.get(SetupService);
    await expect(setup.redeem(older, null)).rejects.toMatchObject({ status: 410 });
    expect((await setup.redeem(newer, null)).person).toBe('bo');
  });

  it('is not redeemed by a form of another site (login CSRF)', async () => {
    const link = await linkFor('bo');
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ]) {
      const answer = await post(`/setup/${link}`, {}, headers as Record<string, string>);
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
    }
    expect((await post(`/setup/${link}`, {}, { origin: api.url })).status).toBe(303);
  });
});

describe('the first admin', () => {
  it('does not take the short name, shifts and contacts of somebody who is here', async () => {
    const fresh = await startApi();
    try {
      await fresh.call('POST', '/api/v1/config/apply', organisation.replace('role: admin', 'role: manager'));
      const setup = fresh.app.get(SetupService);
      const link = tokenOf(await setup.firstAdminLink());
      const admin = { email: 'rosa@example.com', displayName: 'Rosa' };
      await expect(setup.redeem(link, { ...admin, name: 'ana' })).rejects.toMatchObject({
        status: 409,
        code: 'name_taken',
        detail: 'ana is ana already, with their shifts and contacts; choose another short name.',
      });
      expect((await setup.redeem(link, { ...admin, name: 'rosa' })).person).toBe('rosa');
    } finally {
      await fresh.stop();
    }
  });

  it('gets one link from however many processes', async () => {
    const fresh = await startApi();
    try {
      const setup = fresh.app.get(SetupService);
      const links = await Promise.all([1, 2, 3].map(() => setup.firstAdminLink()));
      expect(new Set(links).size).toBe(1);
    } finally {
      await fresh.stop();
    }
  });
});

describe('"mail me a sign-in link"', () => {
  const mails = async (person: string): Promise<{ key: string; address: string }[]> =>
    api.store.dataSource.query(
      `SELECT key, address FROM contact_message WHERE kind = 'sign-in' AND person = $1 ORDER BY created_at`,
      [person],
    );

  it('says the same of every address, and mails to the one that is known', async () => {
    const ask = async (email: string) => {
      const answer = await post('/sign-in', { email });
      return { status: answer.status, html: (await answer.text()).replaceAll(email, '') };
    };
    const [known, unknown] = [await ask('BO@example.com'), await ask('nobody@example.com')];
    expect(known).toEqual(unknown);
    expect(known.status).toBe(200);
    const [mail] = await eventually(async () => {
      const found = await mails('bo');
      return found.length > 0 && found;
    });
    expect(mail?.address).toBe('bo@example.com');
    const token = signInToken(Buffer.from('0123456789abcdef0123456789abcdef'), mail?.key ?? '');
    const setup = api.app.get(SetupService);
    expect((await setup.redeem(token, null)).person).toBe('bo');
    await expect(setup.redeem(token, null)).rejects.toMatchObject({ status: 410 });
  });

  it('sends three to one person in a quarter of an hour, and a further one ends none of them', async () => {
    for (let nth = 1; nth <= 3; nth += 1) {
      await post('/sign-in', { email: 'cleo@example.com' });
      await eventually(async () => (await mails('cleo')).length === nth);
    }
    await post('/sign-in', { email: 'cleo@example.com' });
    // A later request of another person was served: the fourth was processed and sent nothing.
    await post('/sign-in', { email: 'ana@example.com' });
    await eventually(async () => (await mails('ana')).length === 1);
    const sent = await mails('cleo');
    expect(sent).toHaveLength(3);
    const token = signInToken(Buffer.from('0123456789abcdef0123456789abcdef'), sent[0]?.key ?? '');
    expect((await api.app.get(SetupService).redeem(token, null)).person).toBe('cleo');
  });

  it('is refused to one client that asks again and again', async () => {
    const answers = [];
    for (let nth = 0; nth < 12; nth += 1)
      answers.push((await post('/sign-in', { email: `x${nth}@example.com` })).status);
    expect(answers.at(-1)).toBe(429);
  });

  it('is not offered where no mail is sent', async () => {
    const fresh = await startApi();
    try {
      const page = await (await fetch(`${fresh.url}/sign-in`)).text();
      expect(page).toContain('sends no mail');
      expect(page).not.toContain('Mail me a sign-in link');
    } finally {
      await fresh.stop();
    }
  });
});

describe('an event stream', () => {
  async function open(headers: Record<string, string>): Promise<{ status: number; ended: Promise<void> }> {
    const response = await fetch(`${api.url}/api/v1/events`, { headers });
    const ended = (async () => {
      for await (const _chunk of response.body ?? []);
    })();
    return { status: response.status, ended };
  }
  const newKey = async () => {
    const { json } = await api.call('POST', '/api/v1/keys', { name: 'reader', role: 'stakeholder' });
    return { id: String(json['id']), headers: { authorization: `Bearer ${String(json['key'])}` } };
  };

  it('ends when its key is revoked, its session ended, its person given another role', async () => {
    const { id, headers } = await newKey();
    const byKey = await open(headers);
    expect(byKey.status).toBe(200);
    await api.call('DELETE', `/api/v1/keys/${id}`);
    await byKey.ended;

    const bySession = await open(await signIn('bo'));
    await api.call('DELETE', '/api/v1/people/bo/sessions');
    await bySession.ended;

    const byRole = await open(await signIn('bo'));
    await api.call('POST', '/api/v1/config/apply', organisation.replace('role: responder', 'role: manager'));
    await byRole.ended;
    await api.call('POST', '/api/v1/config/apply', organisation);
  }, 30_000);

  it('is one of twenty at most of one key', async () => {
    const { id, headers } = await newKey();
    const streams = await Promise.all(Array.from({ length: 20 }, () => open(headers)));
    expect(new Set(streams.map((one) => one.status))).toEqual(new Set([200]));
    const more = await api.call('GET', '/api/v1/events', undefined, { token: null, headers });
    expect(more.json).toMatchObject({ status: 429, code: 'too_many_streams' });
    await api.call('DELETE', `/api/v1/keys/${id}`);
    await Promise.all(streams.map((one) => one.ended));
  }, 30_000);
});

describe('addresses in documents', () => {
  const read = async (headers: Record<string, string>): Promise<string> => {
    const texts = [];
    for (const path of [
      '/api/v1/config/Person/ana',
      '/api/v1/config/Person/ana?format=yaml',
      '/api/v1/config/Person/ana/revisions',
      '/api/v1/config?kind=Person',
      '/api/v1/config?format=yaml',
    ])
      texts.push((await api.call('GET', path, undefined, as(headers))).text);
    return texts.join('\n');
  };

  it('are masked for everybody but the person and those who manage people, revisions too', async () => {
    const secret = 'https://discord.example/hooks/99/t0ken-of-ana';
    const contacts = `[{name: mail, channel: email, address: ana@example.com}, {name: chat, channel: webhook, address: "${secret}"}]`;
    const changed = organisation.replace(
      '[{name: mail, channel: email, address: ana@example.com}]',
      contacts,
    );
    await api.call('POST', '/api/v1/config/apply', changed);
    await api.call('POST', '/api/v1/config/apply', organisation);
    const bo = await read(await signIn('bo'));
    expect(bo).not.toContain('t0ken-of-ana');
    expect(bo).not.toContain('ana@example.com');
    expect(await read(await signIn('ana'))).toContain('t0ken-of-ana');
    expect(await read({ authorization: `Bearer ${adminToken}` })).toContain('t0ken-of-ana');
  });
});

describe('the page of API keys', () => {
  it('makes a key, shows it once, and revokes it; only for admins', async () => {
    const [ana, bo] = [await signIn('ana'), await signIn('bo')];
    expect((await fetch(`${api.url}/keys`, { headers: bo })).status).toBe(403);
    const csrfOf = (html: string): string => /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const csrf = csrfOf(await (await fetch(`${api.url}/keys`, { headers: ana })).text());
    const make = async (form: Record<string, string>) => {
      const answer = await post('/keys', { csrf, ...form }, ana);
      return { status: answer.status, html: await answer.text() };
    };
    expect((await make({ name: 'Not a slug', role: 'responder' })).status).toBe(400);
    const made = await make({ name: 'from-a-page', role: 'responder', team: 'checkout', expires: '' });
    const key = /tocsin_([0-9a-f]{18})_[A-Za-z0-9_-]{43}/.exec(made.html);
    expect((await api.call('GET', '/api/v1/me', undefined, { token: key?.[0] ?? '' })).json).toMatchObject({
      kind: 'key',
      role: 'responder',
      team: 'checkout',
    });
    const again = await (await fetch(`${api.url}/keys`, { headers: ana })).text();
    expect(again).toContain('from-a-page');
    expect(again).not.toContain(key?.[0] ?? 'none');
    expect((await post(`/keys/${key?.[1]}/revoke`, { csrf }, ana)).status).toBe(303);
    expect((await api.call('GET', '/api/v1/me', undefined, { token: key?.[0] ?? '' })).status).toBe(401);
  });
});
