/**
 * Whatever is sent, the response names the problem: never a 5xx, and a sender's mistakes are stored for the owner of
 * the source.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { ProblemReply } from '../../contracts/api/common.js';
import { keys } from '../harness/fixtures.js';
import { listRoutes, type Route } from '../harness/routes.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let routes: Route[];
let number: string;

beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
  routes = await listRoutes(stack.tocsin.databaseUrl);
  ({ number } = await stack.declare({ title: 'Something to aim at' }));
}, 90_000);
afterAll(() => stack.end());

const long = 'x'.repeat(20_000);
/** Values for `:id`, `:name` and the like: absent, of another kind, hostile. */
const names = () => [
  number,
  'INC-999999999999999999999',
  '00000000-0000-4000-8000-000000000000',
  'checkout',
  "x' OR 1=1--",
  '%00',
  '%2e%2e%2fetc%2fpasswd',
  '%F0%9F%94%A5',
  'x'.repeat(400),
];
const bodies: [string, string, string][] = [
  ['nothing', 'application/json', ''],
  ['no JSON', 'application/json', '{"title": '],
  ['null', 'application/json', 'null'],
  ['a list', 'application/json', '[]'],
  ['a text', 'application/json', '"text"'],
  ['an empty object', 'application/json', '{}'],
  ['unknown fields', 'application/json', '{"nonsense": 1, "__proto__": {"admin": true}, "constructor": 1}'],
  ['wrong types', 'application/json', JSON.stringify(wrong({ number: {}, text: [1], list: 'x' }))],
  ['numbers everywhere', 'application/json', JSON.stringify(wrong({ number: 1e308, text: -1, list: 0 }))],
  [
    'texts with NUL and lone surrogates',
    'application/json',
    JSON.stringify(wrong({ number: '\u0000', text: 'a\u0000b\ud800', list: '\u0000' })),
  ],
  ['far too long', 'application/json', JSON.stringify(wrong({ number: long, text: long, list: long }))],
  ['keys twice', 'application/json', '{"title": "one", "title": "two"}'],
  ['an infinite number', 'application/json', '{"title": "x", "step": 1e400, "priority": -1e400}'],
  ['a broken escape', 'application/json', '{"title": "\\u12"}'],
  ['deep nesting', 'application/json', `${'['.repeat(5_000)}${']'.repeat(5_000)}`],
  ['another type', 'application/x-yaml', 'title: x'],
  ['a form', 'application/x-www-form-urlencoded', 'title=x&nonce=%00&decision=%FF'],
  ['a strange content type', 'multipart/form-data; boundary=x', '--x--'],
  ['yaml of many aliases', 'text/yaml', 'a: &a [x,x]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nd: [*c,*c,*c]\n'],
];

/** One value for every member of any body, so that each schema gets a wrong one. */
function wrong({ number: n, text, list }: { number: unknown; text: unknown; list: unknown }): object {
  return {
    title: text, service: text, severity: text, priority: text, person: text, comment: text, reason: text,
    text, until: text, for: text, role: text, into: text, step: n, escalation: text, sections: list, revision: n,
    decision: text, to: text, incident: text, inputs: list, dryRun: n, digest: text, values: list, name: text,
    expiresAt: text, at: text, answers: list, description: text,
  }; // prettier-ignore
}

/**
 * Done, or refused in words: a page for pages, problem JSON or the vendor's own body for programs. 429 would hide the
 * rest.
 */
function isAnswered({ path, isPage }: Route, status: number, text: string): boolean {
  // Made-up tokens are limited per client: up to the limit the answer is that the link does not exist, then 429.
  if (status === 429 && /^\/(?:l|setup|reach|ical|hooks\/link)\/:/.test(path)) return true;
  // Providers read only the status of a callback's response.
  const isHook = path.startsWith('/hooks/') && !path.startsWith('/hooks/link/');
  if (status < 400 || isPage || isHook) return status < 500 && status !== 429;
  if (status >= 500 || status === 429) return false;
  const body = Refusal.safeParse(parsed(text));
  return body.success;
}

const Refusal = z.union([
  z.looseObject({ code: z.string().min(3), detail: z.string().min(10), status: z.int() }),
  // PagerDuty's format, the only one its clients know.
  z.looseObject({
    status: z.string().min(3),
    message: z.string().min(3),
    errors: z.array(z.string()).min(1),
  }),
]);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

type Body = (typeof bodies)[number];
const nothing: Body = ['nothing', '', ''];
const emptyObject: Body = ['an empty object', 'application/json', '{}'];

/** Sends every body to addresses that may exist, and few to all others: requests per minute are limited. */
function triesOf({ method, path }: Route): [string, readonly Body[]][] {
  const hasBody = method !== 'GET' && method !== 'DELETE';
  if (!/[:*]/.test(path)) return [[path, hasBody ? bodies : [nothing]]];
  const likely = path.startsWith('/api/v1/incidents') || path.startsWith('/incidents') ? number : 'checkout';
  return names().map((name) => [
    path.replace(/:\w+/g, () => name).replace('*', () => name),
    hasBody ? (name === likely ? bodies : [emptyObject]) : [nothing],
  ]);
}

/** The live stream never ends by itself, and readiness is 503 as long as no worker runs: neither depends on input. */
const takesInput = ({ path }: Route): boolean => path !== '/api/v1/events' && path !== '/readyz';

describe('bad input', () => {
  it('to any route, in any shape, is answered with less than 500', async () => {
    const failures: string[] = [];
    for (const route of routes.filter(takesInput)) {
      for (const [path, tries] of triesOf(route)) {
        const answers = await Promise.all(
          tries.map(async ([what, type, body]) => {
            const { status, text } = await stack.tocsin.call(
              route.method,
              path,
              body === '' ? undefined : body,
              body === '' ? {} : { headers: { 'content-type': type } },
            );
            return { what, status, text };
          }),
        );
        for (const { what, status, text } of answers) {
          if (!isAnswered(route, status, text))
            failures.push(`${route.method} ${path.slice(0, 80)} (${what}): ${status} ${text.slice(0, 200)}`);
        }
      }
    }
    expect(failures).toEqual([]);
  }, 120_000);

  it('in a query is answered with less than 500', async () => {
    const failures: string[] = [];
    const queries = [
      'limit=0',
      'limit=-1',
      'limit=abc',
      'limit=1e9',
      'cursor=%00',
      'cursor=abc',
      'cursor=eyJhIjoxfQ',
      'from=x&to=y',
      'from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z',
      'kind=Nonsense',
      'a=b&a=c',
      'limit[]=1',
      '%',
      '__proto__=1',
    ];
    for (const route of routes.filter((one) => one.method === 'GET' && takesInput(one))) {
      const path = route.path.replace(/:id/g, number).replace(/:\w+/g, 'checkout-primary').replace('*', 'x');
      for (const query of queries) {
        const { status, text } = await stack.tocsin.call('GET', `${path}?${query}`);
        if (!isAnswered(route, status, text))
          failures.push(`GET ${path}?${query}: ${status} ${text.slice(0, 200)}`);
      }
    }
    expect(failures).toEqual([]);
  }, 60_000);

  it('to the REST API is a problem with a stable code, every field that is wrong, and a request id', async () => {
    const { status, json, headers } = await stack.tocsin.call('POST', '/api/v1/incidents', {
      title: '',
      severity: 'fatal',
      priority: 'P9',
      colour: 'red',
    });
    expect(status).toBe(400);
    expect(headers.get('content-type')).toContain('application/problem+json');
    const problem = ProblemReply.parse(json);
    expect(problem.errors?.map(({ path }) => path).toSorted()).toEqual(
      expect.arrayContaining(['priority', 'severity', 'title']),
    );
    expect(problem.code).toBe('invalid_request');
  });
});

describe('an alert that is not understood', () => {
  const post = (path: string, body: string) =>
    stack.tocsin.call('POST', path, body, { token: null, headers: { 'content-type': 'application/json' } });
  const rejections = () =>
    stack.tocsin.sql<{
      source: string | null;
      format: string;
      reason: string;
      errors: { path: string }[];
      body_start: string;
    }>('SELECT source, format, reason, errors, body_start FROM rejection ORDER BY at DESC LIMIT 1');

  it('in PagerDuty format is answered in PagerDuty format, with every error, and kept', async () => {
    const body = JSON.stringify({
      routing_key: keys.events,
      event_action: 'trigger',
      payload: { severity: 'bad' },
    });
    const { status, json } = await post('/v2/enqueue', body);
    expect(status).toBe(400);
    expect(json).toMatchObject({ status: 'invalid event', message: 'Event object is invalid' });
    expect((json as { errors: string[] }).errors.length).toBeGreaterThanOrEqual(3);
    expect((await rejections())[0]).toMatchObject({
      format: 'pagerduty-v2',
      body_start: expect.stringContaining('bad'),
    });
  });

  it.each([
    ['alertmanager', keys.prometheus, '{"version": "4", "alerts": [{"status": "burning"}]}'],
    ['generic', keys.generic, '{"severity": 7}'],
  ])('in %s format is answered with 4xx, its errors, and kept', async (format, key, body) => {
    const { status, json } = await post(`/in/${key}`, body);
    expect([400, 422]).toContain(status);
    expect(JSON.stringify(json)).toContain('errors');
    const [kept] = await rejections();
    expect(kept).toMatchObject({ format, reason: 'invalid body' });
    expect(kept?.source).not.toBeNull();
    expect(kept?.errors.length).toBeGreaterThan(0);
  });

  it('with an unknown key is refused and kept without the key', async () => {
    const stranger = 'f'.repeat(32);
    const { status } = await post(`/in/${stranger}`, '{"title": "x"}');
    expect(status).toBe(404);
    expect((await rejections())[0]).toMatchObject({ reason: 'unknown key', source: null });
  });

  it('that is too large is 413', async () => {
    const { status } = await post(
      `/in/${keys.generic}`,
      JSON.stringify({ title: 'x', detail: 'x'.repeat(5_000_000) }),
    );
    expect(status).toBe(413);
  });

  it('opened no incident', async () => {
    const [{ n } = { n: '?' }] = await stack.tocsin.sql<{ n: string }>('SELECT count(*) AS n FROM alert');
    expect(n).toBe('0');
  });
});
