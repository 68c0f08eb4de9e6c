/** Reading changes nothing: mail scanners, previews and curious people may GET and HEAD every page and link. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { RunReply } from '../../contracts/api/run.js';
import { submit } from '../harness/form.js';
import { keys } from '../harness/fixtures.js';
import type { Received } from '../harness/people.js';
import { recordDigest } from '../harness/record-digest.js';
import { listRoutes, type Route } from '../harness/routes.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const Id = z.looseObject({ id: z.string() });
const Link = z.looseObject({ url: z.string() });

let stack: TestStack;
let routes: Route[];
let cookie: string;
let number: string;
let run: string;
let drill: string;
let alert: string;
let setup: string;
let silence: string;
let maintenance: string;
let calendar: string;
let messages: Record<'page' | 'approval' | 'review' | 'notice', Received>;

/**
 * One incident that pages and requests an approval, another with a post-mortem to review; after that nothing changes
 * by itself.
 */
beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(`apiVersion: tocsin/v1
kind: Runbook
metadata: {name: ask}
spec:
  steps:
    - {id: tell, notify: {to: "person:cleo", text: "Something to read"}}
    - {id: ok, approve: {from: ["team:checkout"], message: "Really?"}, timeout: 10m}
---
apiVersion: tocsin/v1
kind: Drill
metadata: {name: rehearsal}
spec: {service: checkout-db, inject: [{alert: {title: Rehearsed, severity: info}}], expect: [], maxDuration: 1h}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: backup}
spec: {format: heartbeat, service: checkout-db, expect: {every: 1d}}
---
apiVersion: tocsin/v1
kind: Watch
metadata: {name: orders}
spec: {service: checkout-db, source: {push: {}}, expected: {value: 1}, acceptable: {absolute: 1}, bands: [{beyond: 1, priority: P3}], noData: {for: 1d}}
`);
  const [from, until] = [1, 2].map((hours) => new Date(Date.now() + hours * 3_600_000).toISOString());
  silence = Id.parse(
    await stack.tocsin.ask(Id, 'POST', '/api/v1/silences', {
      matchers: ['title = Never sent'],
      until,
      reason: 'test',
    }),
  ).id;
  maintenance = Id.parse(
    await stack.tocsin.ask(Id, 'POST', '/api/v1/maintenance', {
      services: ['checkout-db'],
      from,
      to: until,
      reason: 'test',
    }),
  ).id;
  const sent = { title: 'Looked at as well', dedup_key: 'looked-at', severity: 'info' };
  await stack.tocsin.call('POST', `/in/${keys.generic}`, sent, { token: null });
  alert = Id.parse((await stack.tocsin.sql('SELECT id FROM alert'))[0]).id;
  drill = (await stack.tocsin.ask(Id, 'POST', '/api/v1/drills/rehearsal/start', {})).id;
  ({ number } = await stack.declare({ title: 'Looked at by everybody' }));
  ({ id: run } = await stack.tocsin.ask(RunReply, 'POST', '/api/v1/runbooks/ask/runs', {
    incident: number,
    person: 'ana',
  }));
  const other = (await stack.declare({ title: 'To be reviewed' })).number;
  await stack.tell(other, 'acknowledge', { person: 'ana' });
  await stack.tell(other, 'resolve', { person: 'ana' });
  await stack.untilKind(other, 'postmortem_drafted');
  const sections = { rootCauses: 'a', wentWell: 'b', wentBadly: 'c', lessons: 'd' };
  await stack.tocsin.call('PUT', `/api/v1/incidents/${other}/postmortem`, { sections, person: 'ana' });
  await stack.tocsin.call('POST', `/api/v1/incidents/${other}/postmortem/submit`, { person: 'ana' });
  const { phones } = stack;
  messages = {
    page: await phones.of('ana').expectsPage(number),
    approval: await phones.of('bo').expects({ type: 'approval.requested', incident: number }),
    review: await phones.of('dana').expects({ type: 'review.requested', incident: other }),
    notice: await phones.of('cleo').expects({ incident: number }),
  };
  cookie = await signIn(stack.tocsin, 'root');
  calendar = (
    await stack.tocsin.ask(Link, 'POST', '/api/v1/calendar-feeds', { schedule: 'checkout-primary' })
  ).url;
  setup = (await stack.tocsin.ask(Link, 'POST', '/api/v1/sign-in-links', { person: 'root' })).url;
  routes = await listRoutes(stack.tocsin.databaseUrl);
  await Promise.all([stack.tocsin.stop('worker'), stack.tocsin.stop('pager')]);
  await stack.tocsin.sql(
    `INSERT INTO digest (team, opened_at, due, reviewer) VALUES ('checkout', tocsin_now(), tocsin_now() + interval '7 days', 'bo')`,
  );
}, 90_000);
afterAll(() => stack.end());

const linkOf = (message: Received): string => message.body.data.links.respond;

/** Every readable URL, with existing values for `:id` and `:name`. A ping is a message, whatever its method; its key is the job's own. */
async function addresses(): Promise<string[]> {
  const sheet = await (await fetch(new URL('/sign-in', stack.tocsin.url))).text();
  const sheetPath = /\/assets\/[^"]+/.exec(sheet)?.[0] ?? 'no stylesheet';
  const there: Record<string, string> = {
    '/assets/:file': sheetPath,
    '/schemas/v1/:file': '/schemas/v1/Service.json',
    '/api/v1/alerts/:id/why': `/api/v1/alerts/${alert}/why`,
    '/api/v1/alerts/:id': `/api/v1/alerts/${alert}`,
    '/alerts/:id': `/alerts/${alert}`,
    '/api/v1/drills/runs/:id': `/api/v1/drills/runs/${drill}`,
    '/api/v1/runs/:id': `/api/v1/runs/${run}`,
    '/api/v1/schedules/:name/overrides': '/api/v1/schedules/checkout-primary/overrides?all=true',
    '/api/v1/schedules/:name/swaps': '/api/v1/schedules/checkout-primary/swaps',
    '/api/v1/digests/:id': '/api/v1/digests/D-1',
    '/digests/:id': '/digests/D-1',
    '/api/v1/heartbeats/:source': '/api/v1/heartbeats/backup',
    '/heartbeats/:source': '/heartbeats/backup',
    '/api/v1/sources/:name': '/api/v1/sources/backup',
    '/sources/:name': '/sources/backup',
    '/api/v1/watches/:name': '/api/v1/watches/orders',
    '/watches/:name': '/watches/orders',
    '/api/v1/silences/:id': `/api/v1/silences/${silence}`,
    '/silences/:id': `/silences/${silence}`,
    '/api/v1/maintenance/:id': `/api/v1/maintenance/${maintenance}`,
    '/ical/:file': new URL(calendar).pathname,
    '/policies/:name': '/policies/checkout',
    '/api/v1/schedules/:name/shifts':
      '/api/v1/schedules/checkout-primary/shifts?from=2026-01-05T00:00:00Z&to=2026-02-05T00:00:00Z',
    '/api/v1/schedules/:name/shifts.csv': '/api/v1/schedules/checkout-primary/shifts.csv?month=2026-01',
  };
  const filled = routes
    .filter(({ method, path }) => method === 'GET' && !path.endsWith(':token') && !path.startsWith('/ping/'))
    .map(
      ({ path }) =>
        there[path] ??
        path
          .replace(/:kind\/:name/, 'Service/checkout-db')
          .replace('people/:name', 'people/ana')
          .replace(/:\w+/, number),
    );
  return [...filled, setup, ...Object.values(messages).map(linkOf)];
}

/** The live stream has no end: only its head is read. */
async function look(method: string, path: string, headers: Record<string, string>) {
  const response = await fetch(new URL(path, stack.tocsin.url), { method, headers, redirect: 'manual' });
  const text = path === '/api/v1/events' ? '' : await response.text();
  if (path === '/api/v1/events') await response.body?.cancel();
  return { status: response.status, headers: response.headers, text };
}

describe('GET and HEAD', () => {
  it('of every page, link and reply change nothing, whoever looks and how often', async () => {
    const before = await recordDigest(stack.tocsin.sql);
    const paths = await addresses();
    expect(paths.length).toBeGreaterThan(35);
    const unseen: string[] = [];
    const who: Record<string, string>[] = [
      { cookie },
      { authorization: `Bearer ${stack.tocsin.adminToken}` },
      {},
    ];
    for (const [index, headers] of who.entries()) {
      for (const path of paths) {
        const statuses = [];
        for (const method of ['GET', 'HEAD', 'GET'])
          statuses.push((await look(method, path, headers)).status);
        const isSeen = statuses[0] === 200 && statuses.every((status) => status === 200);
        if (index === 0 && !isSeen) unseen.push(`${path}: ${statuses.join(' ')}`);
      }
    }
    expect(unseen).toEqual([]);
    expect(await recordDigest(stack.tocsin.sql)).toEqual(before);
  });

  it('carry the headers that keep a page to itself', async () => {
    for (const path of await addresses()) {
      const { headers } = await look('GET', path, { cookie });
      expect({
        path,
        policy: headers.get('content-security-policy'),
        sniff: headers.get('x-content-type-options'),
        referrer: headers.get('referrer-policy'),
        opener: headers.get('cross-origin-opener-policy'),
        isKept: headers.get('cache-control') !== 'no-store',
        origins: headers.get('access-control-allow-origin'),
      }).toEqual({
        path,
        policy: expect.stringMatching(/^default-src 'none';(?!.*unsafe).*frame-ancestors 'none'/),
        sniff: 'nosniff',
        referrer: 'no-referrer',
        opener: 'same-origin',
        // A calendar application caches and revalidates its copy; a browser does the same with scripts.
        isKept:
          path.startsWith('/assets/') ||
          path === '/favicon.ico' ||
          path.startsWith('/ical/') ||
          path.endsWith('.js'),
        // Schemas are for editors on any site; no credential matters there.
        origins: path.startsWith('/schemas/') ? '*' : null,
      });
    }
  });

  it('of a page show no script, and of a link nothing that presses by itself', async () => {
    for (const message of Object.values(messages)) {
      const { text } = await look('GET', linkOf(message), {});
      expect(text).not.toMatch(/<script|http-equiv="refresh"|onload=|autosubmit/i);
    }
  });
});

describe('a link', () => {
  const events = async () => (await stack.timeline(number)).length;

  it('that is forged is the same page as any other that is not known, and 404', async () => {
    const link = linkOf(messages.page);
    const altered = link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const pages = await Promise.all(
      [altered, `${stack.tocsin.url}/l/${'x'.repeat(43)}`, `${stack.tocsin.url}/l/short`].map((url) =>
        look('GET', url, {}),
      ),
    );
    expect(pages.map(({ status }) => status)).toEqual([404, 404, 404]);
    const withoutNonce = new Set(pages.map(({ text }) => text.replace(/nonce="[^"]*"/g, '')));
    expect(withoutNonce.size).toBe(1);
    expect([...withoutNonce][0]).not.toMatch(/ana|INC-|Looked at/i);
    expect((await submit(altered, { decision: 'acknowledge' })).status).toBe(404);
  });

  it('decides nothing without its nonce, with another link’s, or with a made-up one', async () => {
    const before = await events();
    const other = await messages.approval.open();
    const link = linkOf(messages.page);
    for (const nonce of ['', 'a'.repeat(22), other.fields['nonce'] ?? '']) {
      const { status, decisions } = await submit(link, { decision: 'acknowledge', nonce });
      expect([nonce, status]).toEqual([nonce, 409]);
      // The page comes back with buttons that work.
      expect(decisions).toContain('acknowledge');
    }
    expect(await events()).toBe(before);
    expect((await stack.incident(number)).status).toBe('triggered');
  });

  it('decides once, however often the same form comes', async () => {
    const form = await messages.page.open();
    expect((await form.press('acknowledge')).status).toBe(200);
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', commander: 'ana' });
    const after = await recordDigest(stack.tocsin.sql);
    const again = await Promise.all([1, 2, 3].map(() => form.press('acknowledge')));
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
    // Another command with a used form is refused, and not silently.
    expect((await submit(linkOf(messages.page), { ...form.fields, decision: 'decline' })).status).toBe(409);
    expect(await recordDigest(stack.tocsin.sql)).toEqual(after);
  });

  it.each(['expires_at', 'revoked_at'])(
    'that has ended (%s) shows no button and decides nothing',
    async (column) => {
      const form = await messages.approval.open();
      await stack.tocsin.sql(
        `UPDATE link_token SET ${column} = now() - interval '1 second' WHERE kind = 'approval'`,
      );
      const before = await recordDigest(stack.tocsin.sql);
      const ended = await messages.approval.open();
      expect([ended.decisions, ended.text.includes('This link has ended')]).toEqual([[], true]);
      expect((await form.press('approve')).status).toBeGreaterThanOrEqual(400);
      expect(await recordDigest(stack.tocsin.sql)).toEqual(before);
      await stack.tocsin.sql(
        `UPDATE link_token SET expires_at = NULL, revoked_at = NULL WHERE kind = 'approval'`,
      );
    },
  );
});
