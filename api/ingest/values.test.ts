import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../testing/start-api.js';
import { openSql, type Sql } from '../../test/harness/sql.js';

const KEY = 'a'.repeat(32);
const OTHER = 'b'.repeat(32);

const documents = `
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {displayName: Shop, timezone: UTC, members: []}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: payments}
spec: {displayName: Payments, team: shop}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: scripts}
spec: {format: generic, service: payments, key: ${KEY}}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: others}
spec: {format: generic, key: ${OTHER}}
---
apiVersion: tocsin/v1
kind: Watch
metadata: {name: orders}
spec: {service: payments, source: {push: {}}, expected: {value: 100}, acceptable: {percent: 10}, bands: [{beyond: 1, priority: P3}]}
---
apiVersion: tocsin/v1
kind: Watch
metadata: {name: asked}
spec: {service: payments, source: {prometheus: {url: "https://prometheus.example.com", query: up}}, expected: {value: 1}, acceptable: {absolute: 1}, bands: [{beyond: 1, priority: P3}]}
`;

let api: RunningApi;
let sql: Sql;

beforeAll(async () => {
  api = await startApi();
  sql = openSql(api.databaseUrl);
  const applied = await api.call('POST', '/api/v1/config/apply', documents, {
    headers: { 'content-type': 'text/yaml' },
  });
  expect([applied.status, applied.text]).toEqual([200, expect.any(String)]);
}, 60_000);
afterAll(async () => {
  await sql.close();
  await api.stop();
});

const push = (body: unknown, key = KEY) => api.call('POST', `/in/${key}/values`, body, { token: null });
const stored = () =>
  sql<{ watch: string; value: number }>('SELECT watch, value FROM pushed_value ORDER BY at');

describe('values for a watch', () => {
  it('are stored before the answer, in any order, the newest for one instant', async () => {
    const at = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
    const instant = at(3);
    const { status, json } = await push({
      values: [
        { watch: 'orders', value: 3, at: at(1) },
        { watch: 'orders', value: 1, at: instant },
        { watch: 'orders', value: 2, at: instant },
      ],
    });
    expect([status, json]).toEqual([202, { accepted: 3, refused: [] }]);
    expect(await stored()).toEqual([
      { watch: 'orders', value: 2 },
      { watch: 'orders', value: 3 },
    ]);
    expect((await push({ watch: 'orders', value: 4 })).status).toBe(202);
    await sql('DELETE FROM pushed_value');
  });

  it('are refused by name, and the others taken', async () => {
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const { status, json } = await push({
      values: [
        { watch: 'orders', value: 1 },
        { watch: 'order', value: 1 },
        { watch: 'asked', value: 1 },
        { watch: 'orders', value: 'NaN' },
        { watch: 'orders', value: 1, at: ahead },
        { watch: 'orders', value: 1, at: '1999-01-01T00:00:00Z' },
        { watch: 'orders', value: 1, more: true },
        null,
      ],
    });
    expect(status).toBe(202);
    expect(json).toMatchObject({
      accepted: 1,
      refused: [
        { path: 'values[1].watch', message: 'there is no Watch "order"' },
        { path: 'values[2].watch', message: expect.stringContaining('asks Prometheus itself') },
        { path: 'values[3].value', message: 'a finite number' },
        { path: 'values[4].at', message: expect.stringContaining('ahead') },
        { path: 'values[5].at', message: 'is older than 60 days' },
        { path: 'values[6]' },
        { path: 'values[7]' },
      ],
    });
    const refused = await api.call('GET', '/api/v1/rejections');
    expect(refused.text).toContain('there is no Watch');
    await sql('DELETE FROM pushed_value');
  });

  it.each([
    ['no JSON', 'x=1', 'is not JSON'],
    ['an empty list', { values: [] }, 'at least one value'],
    ['too many', { values: Array.from({ length: 1_001 }, () => ({})) }, 'at most 1000'],
    ['a foreign watch', { watch: 'nothing', value: 1 }, 'there is no Watch'],
  ])('are 400 when nothing can be taken: %s', async (_, body, why) => {
    const { status, text } = await push(body);
    expect([status, text]).toEqual([400, expect.stringContaining(why)]);
  });

  it('are 413 when there is too much of them', async () => {
    expect((await push(`"${'x'.repeat(300_000)}"`)).status).toBe(413);
  });

  it('are not taken with the key of a source of another service, or with none', async () => {
    const { status, text } = await push({ watch: 'orders', value: 1 }, OTHER);
    expect([status, text]).toEqual([400, expect.stringContaining('is not of the service payments')]);
    expect((await push({ watch: 'orders', value: 1 }, 'c'.repeat(32))).status).toBe(404);
    expect(await stored()).toEqual([]);
  });
});
