import { afterAll, describe, expect, it } from '@jest/globals';
import { OverBudget, TooManyJobs } from '../../shared/thread.js';
import { createLogger } from '../../shared/logger.js';
import { createStore } from '../../db/connection/store.js';
import type { ConfigDocument } from '../../domain/config/specs.js';
import { sourceFormat } from '../../integrations/alert-formats.js';
import { withDatabase } from '../../test/harness/database.js';
import { Metrics } from '../metrics/metrics.js';
import { BodyReader, READ_AT_ONCE } from './body-reader.js';
import { Ingest } from './ingest.js';
import { Rejections } from './rejections.js';
import { SourceKeys } from './source-keys.js';
import { keyIn } from './without-keys.js';

const reader = new BodyReader();
afterAll(() => reader.close());

const owner = { name: 'prometheus', isKnown: true };
const bytes = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const named = (name: string) => {
  const format = sourceFormat(name);
  if (format === undefined) throw new Error(`no format ${name}`);
  return format;
};
const read = (name: string, raw: Buffer) =>
  reader.read(owner, { format: named(name), raw, headers: {}, keyInPath: true });

const ALERTS = 900;
const alerts = Array.from({ length: ALERTS }, (_, n) => ({
  labels: { alertname: `Disk ${n}`, severity: 'critical' },
  annotations: { description: 'x'.repeat(60) },
  startsAt: '2026-11-30T10:00:00Z',
  endsAt: '0001-01-01T00:00:00Z',
}));

describe('a body that is read in the thread', () => {
  it.each([
    ['alertmanager', { groupKey: 'g', status: 'resolved', truncatedAlerts: 3, alerts: [...alerts, {}] }],
    ['grafana', { status: 'firing', alerts }],
    [
      'pagerduty-v2',
      { event_action: 'trigger', dedup_key: 'k', payload: { summary: 's', custom_details: alerts } },
    ],
    [
      'generic',
      alerts.map(({ labels }) => ({
        title: labels.alertname,
        dedupKey: labels.alertname,
        labels,
        more: 'x'.repeat(50),
      })),
    ],
  ])('comes out as one that is read at once: %s', async (name, body) => {
    const raw = bytes(body);
    expect(raw.length).toBeGreaterThan(READ_AT_ONCE);
    const inThread = await read(name, raw);
    const context = { now: new Date().toISOString(), newKey: () => 'never asked', keyInPath: true };
    expect(inThread).toEqual(named(name).parse(raw, {}, context));
    const labels = inThread.kind === 'signals' ? inThread.signals[0]?.labels : undefined;
    expect(Object.getPrototypeOf(labels)).toBeNull();
  });

  it('is refused as one that is read at once', async () => {
    expect(await read('alertmanager', Buffer.from(`{"alerts":[${'{},'.repeat(READ_AT_ONCE)}`))).toMatchObject(
      {
        kind: 'rejected',
        errors: [{ message: expect.stringContaining('the JSON ends early') }],
      },
    );
  });

  it('is refused when its alerts come to more than they could be in all, since each holds what is said once', async () => {
    const one = { labels: { a: 'b' }, annotations: {} };
    const body = {
      groupKey: 'g'.repeat(1_000),
      receiver: 'r'.repeat(1_000),
      alerts: Array(60_000).fill(one),
    };
    expect(await read('alertmanager', bytes(body))).toMatchObject({
      kind: 'rejected',
      errors: [{ path: 'body', message: expect.stringContaining('60000 alerts come to more than 64 MiB') }],
    });
  });
});

it('the key of a body is found before it is read, and only where it is plain to see', () => {
  const key = '0123456789abcdef0123456789abcdef';
  expect(keyIn(bytes({ payload: {}, routing_key: key }))).toBe(key);
  expect(keyIn(Buffer.from(`{"routing_key" :\n"${key}"}`))).toBe(key);
  expect(keyIn(Buffer.from(`{"routing_key":"\\u0030${key.slice(1)}"}`))).toBeNull();
  expect(keyIn(bytes({ routing_key: 'short' }))).toBeNull();
});

describe('a body that the thread cannot read', () => {
  const source = { kind: 'Source', name: 'prometheus', revision: 1, spec: { format: 'alertmanager' } };
  const inbound = {
    format: named('alertmanager'),
    raw: bytes({ alerts }),
    headers: {},
    client: '198.51.100.7',
  };

  const answered = (error: Error, known: boolean) =>
    withDatabase(async (db) => {
      const store = createStore(db, Buffer.alloc(32, 1));
      const metrics = new Metrics(db);
      const ingest = new Ingest(
        store,
        new SourceKeys(store),
        new Rejections(db, metrics),
        { read: () => Promise.reject(error) },
        metrics,
        createLogger({ logLevel: 'silent' }, 'test'),
      );
      const reply = await ingest.take({
        ...inbound,
        source: known ? (source as unknown as ConfigDocument<'Source'>) : null,
      });
      const refused: { source: string | null; reason: string }[] = await db.query(
        'SELECT source, reason FROM rejection',
      );
      return { status: reply.status, again: reply.headers?.['retry-after'], refused };
    });

  it('now, since too many wait, is asked to come again', async () => {
    expect(await answered(new TooManyJobs(), true)).toEqual({ status: 503, again: '2', refused: [] });
  });

  it('since the thread ended, is asked to come again', async () => {
    expect(await answered(new Error('the thread ended'), true)).toEqual({
      status: 503,
      again: '2',
      refused: [],
    });
  });

  it.each([true, false])('at all is refused, and its source sees that (known: %s)', async (known) => {
    expect(await answered(new OverBudget(), known)).toEqual({
      status: 400,
      again: undefined,
      refused: [{ source: known ? 'prometheus' : null, reason: 'too costly' }],
    });
  });
});
