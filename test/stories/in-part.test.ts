/** A known sender's message that is only partly readable still opens an alert: a blank field must not hide an outage. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { keys } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const grafanaKey = 'd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3';
let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
  await stack.apply(`apiVersion: tocsin/v1
kind: Source
metadata: {name: boards}
spec: {format: grafana, service: checkout-db, key: ${grafanaKey}, severity: warning}
`);
}, 90_000);
afterAll(() => stack.end());

const Alerts = z.object({
  items: z.array(
    z.looseObject({ id: z.string(), status: z.string(), title: z.string(), severity: z.string() }),
  ),
});
const Why = z.object({
  reasons: z.array(z.object({ stage: z.string(), decision: z.string(), text: z.string() })),
});

const send = (path: string, body: object, method = 'POST') =>
  stack.tocsin.call(method, path, body, { token: null });
const enqueue = (fields: object) => send('/v2/enqueue', { routing_key: keys.events, ...fields });
const alertCalled = async (title: string) => {
  const { items } = await stack.tocsin.ask(Alerts, 'GET', '/api/v1/alerts?limit=200');
  const found = items.find((one) => one.title === title);
  if (found === undefined)
    throw new Error(`no alert "${title}" among ${items.map((one) => one.title).join(', ')}`);
  return found;
};
const notesOf = async (id: string) => {
  const { reasons } = await stack.tocsin.ask(Why, 'GET', `/api/v1/alerts/${id}/why`);
  return reasons.filter(({ decision }) => decision === 'in_part').map(({ text }) => text);
};

describe('an alert in part', () => {
  it('uptime-kuma#7319: a PagerDuty trigger without payload.source pages', async () => {
    const { status } = await enqueue({
      event_action: 'trigger',
      dedup_key: 'push-7',
      payload: { summary: 'Push monitor is down', severity: 'critical', source: null },
    });
    expect(status).toBe(202);
    const alert = await alertCalled('Push monitor is down');
    expect(alert).toMatchObject({ status: 'open', severity: 'critical', labels: { source: 'events' } });
    expect((await notesOf(alert.id)).join()).toMatch(/'payload.source' is missing or blank.*from events/);
    expect((await stack.titled('Push monitor is down')).status).toBe('triggered');
  });

  it.each(['', 'none', 'sev1'])(
    'alertmanager#3902: severity "%s" becomes the default, with a note',
    async (severity) => {
      const title = `Severity "${severity}"`;
      const payload = { summary: title, source: 'db-1', severity };
      expect((await enqueue({ event_action: 'trigger', payload })).status).toBe(202);
      const alert = await alertCalled(title);
      expect(alert.severity).toBe('error');
      expect((await notesOf(alert.id)).join()).toMatch(/payload.severity.*taken as error/);
    },
  );

  it('alertmanager#2379: blank links and images hinder neither a trigger nor its resolve', async () => {
    const blank = { dedup_key: 'blank', links: [{ href: '', text: 'Runbook' }], images: [{ src: '' }] };
    const payload = { summary: 'Blank links', source: 'db-1', severity: 'critical' };
    expect((await enqueue({ event_action: 'trigger', ...blank, payload })).status).toBe(202);
    expect((await alertCalled('Blank links')).status).toBe('open');
    expect((await enqueue({ event_action: 'resolve', ...blank })).status).toBe(202);
    expect((await alertCalled('Blank links')).status).toBe('closed');
  });

  it('a generic resolve with a wrong severity and link resolves', async () => {
    const body = { title: 'Generic resolve', dedupKey: 'g-resolve', severity: 'critical' };
    expect((await send(`/in/${keys.generic}`, body)).status).toBe(202);
    const resolve = { ...body, action: 'resolve', severity: 'nine', links: [{ url: 'nowhere' }], title: [] };
    expect((await send(`/in/${keys.generic}`, resolve)).status).toBe(202);
    expect((await alertCalled('Generic resolve')).status).toBe('closed');
  });

  it('alertmanager#1890: of three alerts, one with a broken time, all three are taken', async () => {
    const alert = (name: string, startsAt: string) => ({
      status: 'firing',
      labels: { alertname: name, severity: 'critical' },
      startsAt,
    });
    const { status, json } = await send(`/in/${keys.prometheus}`, {
      version: '4',
      status: 'firing',
      alerts: [
        alert('First', '2026-11-22T22:00:00Z'),
        alert('Second', '22nd of November'),
        alert('Third', '2026-11-22T22:00:00Z'),
      ],
    });
    expect([status, json]).toEqual([202, { status: 'accepted', alerts: 3 }]);
    expect(await notesOf((await alertCalled('Second')).id)).toEqual([
      expect.stringContaining('startsAt must be'),
    ]);
    for (const title of ['First', 'Third']) expect(await notesOf((await alertCalled(title)).id)).toEqual([]);
  });

  const raw = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const response = await fetch(new URL(`/in/${keys.generic}`, stack.tocsin.url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : Buffer.from(body),
    });
    return { status: response.status, text: await response.text() };
  };

  it('of two alerts, one with a key that is not allowed, both are taken', async () => {
    const { status } = await raw(
      '[{"title": "Loud"}, {"title": "Odd", "x": {"__proto__": 1}, "value": NaN}]',
    );
    expect(status).toBe(202);
    expect((await alertCalled('Loud')).status).toBe('open');
    expect((await notesOf((await alertCalled('Odd')).id)).join()).toContain('"__proto__" is not allowed');
  });

  it('a packed body is read, and one that only says so is refused in plain words', async () => {
    const packed = { 'content-encoding': 'gzip' };
    expect((await raw(gzipSync('{"title": "Packed"}'), packed)).status).toBe(202);
    expect((await alertCalled('Packed')).status).toBe('open');
    expect((await raw(gzipSync(Buffer.alloc(300_000, ' ')), packed)).status).toBe(413);
    const bare = await raw('{"title": "Bare"}', packed);
    expect([bare.status, bare.text]).toEqual([400, expect.stringContaining('is not gzip')]);
    expect((await raw('{}', { 'content-encoding': 'zstd' })).status).toBe(415);
  });

  it('oncall#2275: a recovery that says so in its state closes, and opens nothing', async () => {
    const body = { title: 'monit', alert_uid: 'monit-1', state: 'alerting' };
    expect((await send(`/in/${keys.generic}`, body)).status).toBe(202);
    expect((await send(`/in/${keys.generic}`, { ...body, state: 'ok' })).status).toBe(202);
    expect(
      (await send(`/in/${keys.generic}`, { ...body, alert_uid: 'monit-2', severity: 'ok', state: '' }))
        .status,
    ).toBe(202);
    const { items } = await stack.tocsin.ask(Alerts, 'GET', '/api/v1/alerts?limit=200');
    expect(items.flatMap(({ title, status }) => (title === 'monit' ? [status] : []))).toEqual(['closed']);
  });

  it('one that names nothing does not cost the others, and is kept with its source', async () => {
    const { status, json } = await send(`/in/${keys.generic}`, [
      { title: 'Beside nothing' },
      { severity: 'info' },
    ]);
    expect(status).toBe(202);
    expect(json).toMatchObject({ alerts: [{ action: 'trigger' }], refused: [{ path: '[1].title' }] });
    expect((await alertCalled('Beside nothing')).status).toBe('open');
    expect(await stack.tocsin.sql('SELECT source, reason FROM rejection ORDER BY at DESC LIMIT 1')).toEqual([
      { source: 'monitor', reason: 'invalid alert' },
    ]);
  });

  it('what names no condition is refused, and its source is known also where the key is in the body', async () => {
    expect((await enqueue({ event_action: 'trigger', payload: { severity: 'critical' } })).status).toBe(400);
    expect((await enqueue({ event_action: 'resolve' })).status).toBe(400);
    expect(
      await stack.tocsin.sql('SELECT DISTINCT source, reason FROM rejection WHERE source = $1', ['events']),
    ).toEqual([{ source: 'events', reason: 'invalid body' }]);
  });
});

describe('Grafana', () => {
  const body = (labels: object, status = 'firing') => ({
    version: '1',
    status,
    state: 'alerting',
    orgId: 1,
    alerts: [{ status, labels, annotations: { summary: 'p99 high' }, startsAt: '2026-11-22T22:00:00Z' }],
  });

  it('grafana#90447, alerta#1956: posts and puts, and an alert on missing data says so in title and labels', async () => {
    const noData = { alertname: 'DatasourceNoData', rulename: 'Checkout p99', ref_id: 'A' };
    expect((await send(`/in/${grafanaKey}`, body(noData), 'PUT')).status).toBe(202);
    expect(await alertCalled('No data: Checkout p99')).toMatchObject({
      status: 'open',
      severity: 'warning',
      labels: { grafana_state: 'NoData', alertname: 'DatasourceNoData' },
    });
    const failed = { alertname: 'DatasourceError', rulename: 'Checkout p99', severity: 'critical' };
    expect((await send(`/in/${grafanaKey}/`, body(failed))).status).toBe(202);
    expect(await alertCalled('Query error: Checkout p99')).toMatchObject({
      severity: 'critical',
      labels: { grafana_state: 'Error' },
    });
    expect((await send(`/in/${grafanaKey}`, body(noData, 'resolved'), 'PUT')).status).toBe(202);
    expect((await alertCalled('No data: Checkout p99')).status).toBe('closed');
  });
});

describe('Apprise', () => {
  it('a success ends its failure, and nobody is paged for what went well', async () => {
    const note = (type: string) => ({
      version: '1.0',
      title: 'Nightly backup',
      message: 'of db-1',
      attachments: [],
      type,
    });
    expect((await send(`/in/${keys.generic}`, note('failure'))).status).toBe(202);
    expect(await alertCalled('Nightly backup')).toMatchObject({ status: 'open', severity: 'critical' });
    expect((await send(`/in/${keys.generic}`, note('success'))).status).toBe(202);
    expect((await alertCalled('Nightly backup')).status).toBe('closed');
    const well = { ...note('success'), title: 'Another backup' };
    expect((await send(`/in/${keys.generic}`, well)).status).toBe(202);
    expect(await stack.tocsin.sql(`SELECT 1 FROM incident WHERE title = 'Another backup'`)).toEqual([]);
  });
});

describe('what is not supported yet', () => {
  it('PagerDuty change events are refused with a sentence', async () => {
    const change = { routing_key: keys.events, payload: { summary: 'Deployed 4.12', source: 'ci' } };
    const { status, json } = await send('/v2/change/enqueue', change);
    expect(status).toBe(400);
    expect(json).toMatchObject({
      errors: [expect.stringContaining('not supported yet: nothing was stored')],
    });
  });
});
