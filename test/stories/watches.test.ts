/** Watches by HTTP on the real engine: values are pushed, the past is in the buckets that evaluations keep. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SimulateWatchReply, WatchesReply, WatchReply } from '../../contracts/api/watch.js';
import { eventually } from '../harness/eventually.js';
import { keys } from '../harness/fixtures.js';
import { signIn } from '../harness/session.js';
import { openSql, type Sql } from '../harness/sql.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let sql: Sql;

beforeAll(async () => {
  stack = await startTestStack();
  sql = openSql(stack.tocsin.databaseUrl);
  await stack.apply(`apiVersion: tocsin/v1
kind: Watch
metadata: {name: orders}
spec:
  service: checkout-db
  displayName: Orders a minute
  source: {push: {}}
  every: 10s
  expected: {value: 100}
  acceptable: {percent: 25}
  direction: below
  bands: [{beyond: 1, for: 10m, priority: P3}, {beyond: 3, priority: P1}]
`);
}, 90_000);
afterAll(async () => {
  await sql.close();
  await stack.end();
});

const path = '/api/v1/watches/orders';
const shown = () => stack.tocsin.ask(WatchReply, 'GET', path);

describe('a watch', () => {
  it('without a past says that there is nothing to simulate on, and one that is missing is not found', async () => {
    const [item] = (await stack.tocsin.ask(WatchesReply, 'GET', '/api/v1/watches')).items;
    expect(item).toMatchObject({ name: 'orders', title: 'Orders a minute', value: null });
    expect(await stack.tocsin.call('POST', `${path}/simulate`, {})).toMatchObject({
      status: 409,
      json: { code: 'no_past' },
    });
    expect(await stack.tocsin.call('GET', '/api/v1/watches/none')).toMatchObject({ status: 404 });
  });

  it('shows its value, its bands and the alert that it opened; its incident shows its picture', async () => {
    // Yesterday's values, as evaluations have kept them: low for an hour, and a gap of an hour.
    await eventually(async () => ((await sql('SELECT 1 FROM watch_state')).length > 0 ? true : undefined), {
      what: 'the row of the watch',
    });
    await sql(
      `INSERT INTO watch_bucket (watch, width, at, n, mean, m2, low, high)
       SELECT 'orders', 300, at, 10, v, 0, v - 2, v + 2
         FROM (SELECT at, CASE WHEN at BETWEEN base + interval '6 hours' AND base + interval '7 hours' THEN 70 ELSE 100 END AS v
                 FROM (SELECT to_timestamp(floor(extract(epoch FROM tocsin_now()) / 300) * 300) - interval '12 hours' AS base) b,
                      generate_series(base, base + interval '11 hours 50 minutes', interval '5 minutes') AS at
                WHERE NOT at BETWEEN base + interval '9 hours' AND base + interval '10 hours') past`,
    );
    const pushed = await fetch(new URL(`/in/${keys.generic}/values`, stack.tocsin.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ watch: 'orders', value: 20 }),
    });
    expect(pushed.status).toBe(202);
    const watch = await eventually(
      async () => {
        const one = await shown();
        return one.condition === 'beyond' ? one : undefined;
      },
      { what: 'the band is entered', timeoutMs: 40_000 },
    );
    expect(watch).toMatchObject({
      priority: 'P1',
      sentence: 'Orders a minute 20, 3.2 acceptable deviations below the expected 100',
      value: 20,
      expected: 100,
      acceptable: 25,
      bands: [{ isIn: false }, { isIn: true }],
    });
    expect(watch.alerts).toMatchObject([{ condition: 'band', status: 'open' }]);
    expect(watch.picture.points.length).toBeGreaterThan(100);
    const cookie = await signIn(stack.tocsin, 'ana');
    const page = async (at: string): Promise<string> =>
      (await fetch(new URL(at, stack.tocsin.url), { headers: { cookie } })).text();
    for (const at of ['/watches/orders', `/incidents/${watch.alerts[0]?.incident}`]) {
      const html = await page(at);
      expect(html).toMatch(/<title id="[^"]+">Orders a minute from /);
      expect(html).toMatch(/<path class="value" d="M\d/);
    }
    expect(await page('/watches')).toContain('beyond its bands');
  });

  it('is simulated over its past, in force and as proposed', async () => {
    const inForce = await stack.tocsin.ask(SimulateWatchReply, 'POST', `${path}/simulate`, {});
    expect(
      inForce.told
        .filter(({ condition }) => condition === 'band')
        .map(({ what, priority }) => [what, priority]),
    ).toEqual([
      ['begins', 'P3'],
      ['ends', 'P3'],
    ]);
    expect(inForce.told.some(({ condition }) => condition === 'no-data')).toBe(true);
    const spec = {
      service: 'checkout-db',
      source: { push: {} },
      expected: { value: 100 },
      acceptable: { percent: 10 },
      direction: 'below',
      bands: [{ beyond: 2, priority: 'P2' }],
    };
    const proposed = await stack.tocsin.ask(SimulateWatchReply, 'POST', `${path}/simulate`, { spec });
    expect(proposed.told.filter(({ condition }) => condition === 'band')[0]).toMatchObject({
      what: 'begins',
      priority: 'P2',
    });
    const other = { ...spec, source: { prometheus: { url: 'https://prometheus.example.com', query: 'x' } } };
    expect(await stack.tocsin.call('POST', `${path}/simulate`, { spec: other })).toMatchObject({
      status: 409,
      json: { code: 'other_metric' },
    });
    expect(
      await stack.tocsin.call('POST', `${path}/simulate`, { spec: { ...spec, bands: [] } }),
    ).toMatchObject({
      status: 400,
    });
  });

  it('is simulated by the form of its page, which names the line that is wrong', async () => {
    const cookie = await signIn(stack.tocsin, 'ana');
    const url = new URL('/watches/orders', stack.tocsin.url);
    const html = await (await fetch(url, { headers: { cookie } })).text();
    const csrf = /name="csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
    const simulate = async (fields: Record<string, string>): Promise<[number, string]> => {
      const body = new URLSearchParams({ csrf, ...fields });
      const headers = { cookie, origin: url.origin };
      const answer = await fetch(url, { method: 'POST', headers, body });
      return [answer.status, await answer.text()];
    };
    const [status, good] = await simulate({});
    expect(status).toBe(200);
    expect(good).toContain('alert opens');
    const [refused, bad] = await simulate({
      proposal: 'expected: {value: 1}\nacceptable: {percent: -3}\nbands: [{beyond: 1, priority: P1}]',
    });
    expect(refused).toBe(400);
    expect(bad).toContain('line 2');
  });
});
