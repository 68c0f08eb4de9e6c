/** A form of another site or of another session changes nothing, whichever page it imitates (docs/security.md S11). */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RouteTable, type RouteEntry } from '../../api/openapi/route-table.js';
import { organisation } from '../../api/testing/organisation.js';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { cookieName } from '../../http/auth/cookies.js';
import { SetupService } from '../../services/access/setup.service.js';

let api: RunningApi;
let cookie: string;
let forms: RouteEntry[];
beforeAll(async () => {
  api = await startApi();
  await api.call('POST', '/api/v1/config/apply', organisation);
  const { json } = await api.call('POST', '/api/v1/sign-in-links', { person: 'ana' });
  const token = String(json['url']).split('/setup/')[1] ?? '';
  const { session } = await api.app.get(SetupService).redeem(token, null, 'Firefox');
  cookie = `${cookieName({ publicUrl: api.url })}=${session}`;
  forms = api.app.get(RouteTable).entries.filter(({ method, config }) => method === 'POST' && config.page);
});
afterAll(() => api.stop());

const post = async (path: string, headers: Record<string, string>, form: Record<string, string>) => {
  const response = await fetch(`${api.url}${path.replace(':command', 'notes').replaceAll(/:\w+/g, 'x')}`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams(form),
  });
  return { path, status: response.status, text: await response.text() };
};

describe('a form', () => {
  it('without the token of its session is refused by every page of signed-in people', async () => {
    const own = forms.filter(({ config }) => config.permission !== 'public');
    expect(own.length).toBeGreaterThan(25);
    for (const { path } of own) {
      const answer = await post(path, { cookie, origin: api.url }, { csrf: 'of-another-session' });
      expect(answer).toMatchObject({ path, status: 403 });
      expect(answer.text).toContain('This form belongs to another session');
    }
  });

  it('of another site cannot sign anybody in', async () => {
    const foreign = { origin: 'https://elsewhere.example' };
    for (const path of ['/sign-in', '/setup/x']) {
      const answer = await post(path, foreign, { email: 'ana@example.com' });
      expect(answer).toMatchObject({ path, status: 403 });
      expect(answer.text).toContain('sent from another site');
    }
  });
});
