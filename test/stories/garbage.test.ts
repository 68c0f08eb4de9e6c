/**
 * Meaningless bytes at every ingest endpoint: each request is answered, each refusal is stored, and alerts still
 * page.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { ProblemReply } from '../../contracts/api/common.js';
import { eventually } from '../harness/eventually.js';
import { keys } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const settings = { seed: 20261122, numRuns: 120, endOnFailure: true } as const;
/** A hang is a failure too. */
const PATIENCE_MS = 30_000;

const Rejections = z.object({
  items: z.array(
    z.looseObject({
      source: z.string().nullable(),
      format: z.string(),
      reason: z.string().min(1),
      errors: z.array(z.object({ path: z.string(), message: z.string().min(1) })).min(1),
    }),
  ),
  next: z.string().nullable(),
});
const Accepted = z.looseObject({ status: z.string() });
const PagerDutyRefusal = z.object({
  status: z.string(),
  message: z.string(),
  errors: z.array(z.string()).min(1),
});
const ErrorReply = ProblemReply.omit({ requestId: true });

const vendors = ['/v2/enqueue', '/v2/change/enqueue', `/in/${keys.events}`, `/in/${keys.generic}/v2/enqueue`];
const endpoints = [...vendors, `/in/${keys.prometheus}`, `/in/${keys.generic}`];

const events = [
  {
    routing_key: keys.events, event_action: 'trigger', dedup_key: 'garbage', client: 'x', client_url: 'https://x.example.com',
    payload: { summary: 'x', source: 'y', severity: 'info', timestamp: '2026-11-22T22:10:00Z', custom_details: { a: [1] } },
    links: [{ href: 'https://x.example.com', text: 'x' }], images: [{ src: 'https://x.example.com/i.png' }],
  },
  {
    version: '4', status: 'firing', groupKey: 'g', receiver: 'r', externalURL: 'https://x.example.com', truncatedAlerts: 0,
    groupLabels: {}, commonLabels: { alertname: 'x' }, commonAnnotations: {},
    alerts: [{ status: 'firing', labels: { alertname: 'garbage' }, annotations: { summary: 'x' }, startsAt: '2026-11-22T22:10:00Z', endsAt: '0001-01-01T00:00:00Z', fingerprint: 'garbage', generatorURL: 'https://x.example.com' }],
  },
  { action: 'trigger', title: 'garbage', dedupKey: 'garbage', severity: 'info', description: 'x', labels: { a: 'b' }, links: [] },
]; // prettier-ignore

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(null, -1, 1e308, 'a\u0000b', '\ud800', '', 'x'.repeat(10_000), {}, [], [[]], true),
  fc.string({ unit: 'binary', maxLength: 300 }),
);

/** A valid event with one member, anywhere in it, replaced by an odd value. */
const almostSound = fc.tuple(fc.constantFrom(...events), fc.nat(), odd).map(([event, which, value]) => {
  const places: string[] = [];
  JSON.stringify(event, function (this: unknown, key: string, at: unknown) {
    places.push(key);
    return at;
  });
  const place = which % places.length;
  let seen = 0;
  return JSON.stringify(event, (_key, at: unknown) => (seen++ === place ? value : at)) ?? 'null';
});

const spoilt = fc
  .tuple(fc.constantFrom(...events), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))
  .map(([event, where, bytes]) => {
    const sound = Buffer.from(JSON.stringify(event));
    const at = where % sound.length;
    return Buffer.concat([sound.subarray(0, at), bytes, sound.subarray(at + bytes.length)]);
  });

const body = fc.oneof(
  fc.uint8Array({ maxLength: 500 }),
  fc.json({ maxDepth: 4 }),
  almostSound,
  spoilt,
  fc.constantFrom(
    '', ' ', '\ufeff', '\ufeff{}', '{"a":1,"a":2}', '{"__proto__":{"x":1}}', '{"constructor":{"prototype":{"x":1}}}', '{"a":1e400}',
    '{"title":"x","severity":"info","dedupKey":"garbage","labels":{"__proto__":"x"}}', `${'['.repeat(20_000)}`, `${'{"a":'.repeat(20_000)}`,
    '01', 'NaN', '{"a":"\\ud800"}', '{"\\u0000":1}', '\u0000', '{}{}', "{'a':1}", '<xml/>',
  ), // prettier-ignore
);
const type = fc.constantFrom(
  'application/json', 'application/json; charset=utf-16', 'application/json; charset="', 'text/plain', 'application/x-www-form-urlencoded',
  'multipart/form-data', 'x', 'application/json;;;=', 'APPLICATION/JSON; CHARSET=UTF-8',
); // prettier-ignore

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const rejections = (query = '') =>
  stack.tocsin.ask(Rejections, 'GET', `/api/v1/rejections?limit=200${query}`);

async function send(endpoint: string, content: string | Uint8Array, contentType: string) {
  const response = await fetch(new URL(endpoint, stack.tocsin.url), {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof content === 'string' ? content : Buffer.from(content),
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const json: unknown = await response.json();
  return { status: response.status, json };
}

describe('whatever bytes come', () => {
  it.each(endpoints)(
    '%s answers 202, or 4xx in its format with every error, and keeps what it refused',
    async (endpoint) => {
      const countKept = async (where = 'true') =>
        Number(
          (await stack.tocsin.sql<{ n: string }>(`SELECT count(*) AS n FROM rejection WHERE ${where}`))[0]?.n,
        );
      const before = await countKept();
      // The rest of a partly accepted body is stored as well, within the same limit.
      const ofRefused = `reason <> 'invalid alert'`;
      const refusedBefore = await countKept(ofRefused);
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(body, type, async (content, contentType) => {
          const { status, json } = await send(endpoint, content, contentType);
          if (status === 202) return void Accepted.parse(json);
          refused += 1;
          if (vendors.includes(endpoint)) {
            expect([400, 403, 413]).toContain(status);
            PagerDutyRefusal.parse(json);
          } else {
            expect([400, 413, 422]).toContain(status);
            expect(ErrorReply.parse(json)).toMatchObject({ status, errors: expect.any(Array) });
          }
        }),
        settings,
      );
      expect(refused).toBeGreaterThan(50);
      // Up to five refusals a second of a known source are stored; the rest is counted.
      if (endpoint.startsWith('/in/'))
        expect((await countKept(ofRefused)) - refusedBefore).toBeLessThanOrEqual(refused);
      // Another endpoint may have used up the limit of this second.
      await eventually(
        async () => {
          await send(endpoint, '{}', 'application/json');
          return (await countKept()) > before;
        },
        { what: 'a refusal was kept' },
      );
    },
  );

  it('at a path that the format does not have is kept too', async () => {
    // Until one of them falls into a second within the limit.
    await eventually(
      async () => {
        const answer = await send(`/in/${keys.generic}/v3/nothing`, '{"title": "lost?"}', 'application/json');
        expect(answer.status).toBe(404);
        const [newest] = (await rejections()).items;
        return newest?.source === 'monitor' && newest.reason === 'unknown path';
      },
      { what: 'a kept refusal' },
    );
  });

  it('is kept for its owner: source, format, every error, and never a key', async () => {
    const { items } = await rejections();
    expect(items.length).toBeGreaterThan(20);
    const sources = new Set(items.map(({ source }) => source));
    expect(
      [...sources].every((one) => one === null || ['events', 'prometheus', 'monitor'].includes(one)),
    ).toBe(true);
    const text = JSON.stringify(items);
    for (const key of Object.values(keys)) expect(text).not.toContain(key);
  });

  it.each([
    ['a request that is none', 'GARBAGE\r\n\r\n'],
    ['a header without an end', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`],
    [
      'two lengths',
      'POST /v2/enqueue HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}',
    ],
    [
      'a chunk that is none',
      'POST /v2/enqueue HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n',
    ],
    ['a path that cannot be read', 'GET /%c0%af/%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
    ['a line break in the path', 'GET /a\u0001b HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n'],
  ])('%s is refused and the connection ends', async (_what, request) => {
    const { hostname, port } = new URL(stack.tocsin.url);
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(Number(port), hostname, () => socket.write(request, 'latin1'));
      socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error('no answer')));
      socket.on('data', (data) => (text += data.toString('latin1')));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
  });

  it('leaves everything in order: ready, nothing restarted, and an ordinary alert pages', async () => {
    await stack.tocsin.ready();
    expect(stack.tocsin.logs('api')).not.toMatch(/"level":(50|60)|request failed|ingest failed/);
    const alert = { title: 'A real one', dedupKey: 'real', severity: 'critical' };
    const { status } = await send(`/in/${keys.generic}`, JSON.stringify(alert), 'application/json');
    expect(status).toBe(202);
    const { number } = await stack.titled('A real one');
    const page = await stack.phones.of('ana').expectsPage(number);
    expect((await page.reply('acknowledge')).status).toBe(200);
  });
});
