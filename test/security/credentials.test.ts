/** Route table × role × team × kind of credential (docs/security.md S7, S18): refused before anything is read. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sessionCookie } from '../../http/auth/cookies.js';
import { SetupService } from '../../services/access/setup.service.js';
import { RouteTable, type RouteEntry } from '../../api/openapi/route-table.js';
import { organisation } from '../../api/testing/organisation.js';
import { type CallOptions, type RunningApi, startApi } from '../../api/testing/start-api.js';
import { mayDo } from '../../domain/access/permissions.js';
import type { Role } from '../../domain/config/terms.js';

const roles = ['admin', 'manager', 'responder', 'stakeholder'] as const;
const others = `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: mia}
spec: {displayName: Mia, email: mia@example.com, timezone: UTC, role: manager}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: search}
spec: {displayName: Search, discipline: development, timezone: UTC, members: [mia]}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: search}
spec: {team: search, repeat: 0, steps: [{notify: [{person: mia}], wait: 5m}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: search-api}
spec: {displayName: Search, team: search, tier: 1, policy: search}
`;

interface Credential {
  what: string;
  role: Role;
  team: string | null;
  options: CallOptions;
}

let api: RunningApi;
let credentials: Credential[];
let routes: RouteEntry[];
/** An incident and a run of team search; checkout's keys must not reach them. */
let theirs: { incident: string; run: string };

beforeAll(async () => {
  // The limit of wrong credentials has a test of its own; here there are hundreds of them.
  api = await startApi(
    {},
    { perMinute: { identity: 100_000, link: 100_000, client: 100_000, misses: 100_000 } },
  );
  const applied = await api.call('POST', '/api/v1/config/apply', organisation + others);
  expect(applied.status).toBe(200);
  routes = api.app.get(RouteTable).entries.filter(({ method }) => method !== 'OPTIONS');
  const key = async (role: Role, team: string | null): Promise<Credential> => {
    const body = { name: `${role}-key`, role, ...(team === null ? {} : { team }) };
    const { json } = await api.call('POST', '/api/v1/keys', body);
    return {
      what: `key of a ${role} for ${team ?? 'all'}`,
      role,
      team,
      options: { token: String(json['key']) },
    };
  };
  const session = async (role: Role, person: string): Promise<Credential> => {
    const setup = api.app.get(SetupService);
    const url = await setup.signInLink(
      { kind: 'admin-token', actor: 'admin-token', person: null, role: 'admin', team: null },
      person,
    );
    const { session: token } = await setup.redeem(url.split('/setup/')[1] ?? '', null);
    const cookie = sessionCookie({ publicUrl: api.url, sessionLifeMs: 1 }, token).split(';')[0] ?? '';
    return {
      what: `session of a ${role}`,
      role,
      team: null,
      options: { token: null, headers: { cookie, origin: api.url } },
    };
  };
  credentials = [
    ...(await Promise.all(roles.flatMap((role) => [key(role, null), key(role, 'checkout')]))),
    await session('admin', 'ana'),
    await session('manager', 'mia'),
    await session('responder', 'bo'),
    await session('stakeholder', 'cleo'),
    { what: 'the admin token', role: 'admin', team: null, options: {} },
  ];
  const incident = await api.call('POST', '/api/v1/incidents', { title: 'Slow', service: 'search-api' });
  const run = await api.call('POST', '/api/v1/runbooks/look/runs', {
    incident: incident.json['number'],
    inputs: { reason: 'a test' },
  });
  theirs = { incident: String(incident.json['number']), run: String(run.json['id']) };
  expect(run.status).toBe(201);
}, 60_000);
afterAll(() => api.stop());

const guarded = (): RouteEntry[] => routes.filter(({ config }) => config.permission !== 'public');
const filled = (path: string, id: string): string =>
  path
    .replace(':id', id)
    .replace(/:kind/, 'Service')
    .replace(/:\w+|\*/g, 'x');
const idOf = ({ config }: RouteEntry): string => (config.teamKeys === 'run' ? theirs.run : theirs.incident);
const isStream = ({ path }: RouteEntry): boolean => path === '/api/v1/events';
/** Would end the session that sends it, and with it all later requests. */
const endsItself = ({ method, path }: RouteEntry): boolean =>
  method === 'DELETE' && path.startsWith('/api/v1/me/sessions');
const label = (route: RouteEntry, who: string): string => `${route.method} ${route.path} as ${who}`;

describe('every route', () => {
  it('asks for a credential that is right', async () => {
    for (const route of guarded()) {
      for (const token of [null, 'wrong', `tocsin_${'0'.repeat(18)}_${'A'.repeat(43)}`]) {
        const { status } = await api.call(route.method, filled(route.path, idOf(route)), undefined, {
          token,
        });
        // A page redirects a request without a session to the sign-in page.
        expect([label(route, String(token)), status]).toEqual([
          label(route, String(token)),
          route.config.page === true && route.method === 'GET' ? 303 : 401,
        ]);
      }
    }
  });

  it('refuses whoever has not the role, and keys of a team unless it holds them to the team', async () => {
    const seen = { refused: 0, let: 0 };
    for (const route of guarded().filter((one) => !isStream(one) && !endsItself(one))) {
      const { permission, teamKeys } = route.config;
      for (const { what, role, team, options } of credentials) {
        const path = filled(route.path, idOf(route));
        const hasRole =
          permission === 'session' || (permission !== undefined && mayDo(role, permission as never));
        const behindWall = team !== null && teamKeys === undefined;
        const { status } = await api.call(route.method, path, undefined, options);
        const name = label(route, what);
        if (!hasRole || behindWall) {
          expect([name, status]).toEqual([name, 403]);
          seen.refused += 1;
        } else if (team !== null && (teamKeys === 'incident' || teamKeys === 'run')) {
          expect([name, status]).toEqual([name, 404]);
          seen.refused += 1;
        } else {
          expect([name, status !== 401 && status < 500]).toEqual([name, true]);
          seen.let += 1;
        }
      }
    }
    expect(seen.refused).toBeGreaterThan(500);
    expect(seen.let).toBeGreaterThan(300);
  }, 120_000);

  it('of the live stream is refused to keys of a team', async () => {
    const one = credentials.find(({ role, team }) => role === 'admin' && team !== null);
    expect((await api.call('GET', '/api/v1/events', undefined, one?.options ?? {})).status).toBe(403);
  });
});

describe('a key for the team checkout', () => {
  const as = (role: Role): CallOptions =>
    credentials.find((one) => one.role === role && one.team === 'checkout')?.options ?? { token: null };

  it('is not made for a team that does not exist', async () => {
    const answer = await api.call('POST', '/api/v1/keys', { name: 'k', role: 'responder', team: 'nobody' });
    expect(answer.json).toMatchObject({ status: 400, errors: [{ path: 'team' }] });
  });

  it('declares, sees and acts on incidents of its own team only', async () => {
    const declare = (service?: string) =>
      api.call('POST', '/api/v1/incidents', { title: 'Slow', ...(service && { service }) }, as('responder'));
    expect((await declare('search-api')).status).toBe(403);
    expect((await declare()).status).toBe(403);
    const own = await declare('checkout-db');
    expect(own.status).toBe(201);
    const number = String(own.json['number']);
    const { json } = await api.call('GET', '/api/v1/incidents?team=search', undefined, as('responder'));
    const seen = (json['items'] as { number: string }[]).map((one) => one.number);
    expect([seen.includes(number), seen.includes(theirs.incident)]).toEqual([true, false]);
    const note = (incident: string) =>
      api.call('POST', `/api/v1/incidents/${incident}/notes`, { text: 'x' }, as('responder'));
    expect([(await note(number)).status, (await note(theirs.incident)).status]).toEqual([200, 404]);
    const merge = await api.call(
      'POST',
      `/api/v1/incidents/${number}/merge`,
      { into: theirs.incident },
      as('responder'),
    );
    expect(merge.status).toBe(404);
    const start = await api.call(
      'POST',
      '/api/v1/runbooks/look/runs',
      { incident: theirs.incident, inputs: { reason: 'x' } },
      as('responder'),
    );
    expect(start.status).toBe(404);
  });

  it('changes documents of its own team only, before and after', async () => {
    const service = (name: string, team: string): string =>
      `apiVersion: tocsin/v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {displayName: X, team: ${team}, tier: 2}\n`;
    const put = (name: string, team: string) =>
      api.call('PUT', `/api/v1/config/Service/${name}`, service(name, team), as('manager'));
    expect((await put('web', 'checkout')).status).toBe(201);
    expect((await put('web', 'search')).status).toBe(403);
    expect((await put('search-api', 'checkout')).status).toBe(403);
    const prune = await api.call(
      'POST',
      '/api/v1/config/apply?prune=true',
      service('web', 'checkout'),
      as('manager'),
    );
    expect(prune.status).toBe(403);
    const gone = (name: string) =>
      api.call('DELETE', `/api/v1/config/Service/${name}`, undefined, as('manager'));
    expect([(await gone('search-api')).status, (await gone('web')).status]).toEqual([403, 204]);
  });
});
