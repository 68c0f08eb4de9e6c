import { describe, expect, it } from '@jest/globals';
import type { ParseOutcome } from '../format.js';
import { bytes, context, testdata } from '../testdata.js';
import { pagerdutyV2Change } from './change.js';
import { pagerdutyV2 } from './enqueue.js';

const parse = (name: string, settings = {}): ParseOutcome =>
  pagerdutyV2.parse(testdata('pagerduty-v2', name), {}, context(settings));
const parseBody = (body: unknown): ParseOutcome => pagerdutyV2.parse(bytes(body), {}, context());
const KEY = '0123456789abcdef0123456789abcdef';
const trigger = {
  routing_key: KEY,
  event_action: 'trigger',
  payload: { summary: 'Down', source: 'web', severity: 'error' },
};

describe('PagerDuty Events v2', () => {
  it('reads a trigger of the Python SDK and gives the dedup key back', () => {
    const outcome = parse('trigger-from-the-python-sdk-gets-its-dedup-key-back');
    expect(outcome).toMatchObject({
      kind: 'signals',
      credential: KEY,
      signals: [
        {
          action: 'trigger',
          dedupKey: 'checkout-db-2/replica-lag',
          title: 'Replica lag of checkout-db-2 is 912 s',
          severity: 'critical',
          labels: { source: 'checkout-db-2.prod.example.com', lag_seconds: '912', team: 'checkout' },
          links: [
            { title: 'Replica dashboard', url: 'https://grafana.example.com/d/replica' },
            { title: 'Lag', url: 'https://grafana.example.com/render/replica.png' },
          ],
          occurredAt: null,
          detail: { lag_seconds: 912, team: 'checkout', slots: ['wal_1', 'wal_2'] },
        },
      ],
    });
    const signals = outcome.kind === 'signals' ? outcome.signals : [];
    expect(pagerdutyV2.accepted(signals)).toEqual({
      status: 202,
      body: { status: 'success', message: 'Event processed', dedup_key: 'checkout-db-2/replica-lag' },
    });
  });

  it('gives a trigger without a dedup key a new one, and reads a zone without colon', () => {
    expect(parse('trigger-from-the-node-sdk-without-dedup-key-and-timestamp-without-colon')).toMatchObject({
      signals: [
        {
          dedupKey: 'new-key-1',
          occurredAt: '2026-11-22T22:10:00.000Z',
          client: 'checkout-web',
          labels: { source: 'checkout-web-7d9f', component: 'checkout', group: 'web', class: 'http 5xx' },
          links: [{ title: 'checkout-web', url: 'https://checkout.example.com/status' }],
        },
      ],
    });
  });

  it('reads Zabbix and Alertmanager', () => {
    expect(parse('trigger-from-zabbix-7-media-type')).toMatchObject({
      signals: [
        {
          dedupKey: '2184',
          severity: 'critical',
          client: 'Zabbix',
          labels: { 'Event ID': '2184', Severity: 'High' },
        },
      ],
    });
    expect(parse('trigger-from-alertmanager-0-30-with-arrays-in-custom-details')).toMatchObject({
      signals: [
        {
          title: '[FIRING:2] HighLatency checkout (critical)',
          labels: { num_firing: '2' },
          detail: { num_firing: 2 },
        },
      ],
    });
  });

  it('needs no payload to acknowledge or resolve', () => {
    expect(parse('acknowledge-needs-no-payload')).toMatchObject({
      signals: [
        { action: 'acknowledge', title: 'checkout-db-2/replica-lag', dedupKey: 'checkout-db-2/replica-lag' },
      ],
    });
    expect(parse('resolve-with-an-unfilled-payload-is-taken')).toMatchObject({
      signals: [{ action: 'resolve', dedupKey: '2184' }],
    });
    const { dedup_key: _, ...withoutKey } = { routing_key: KEY, event_action: 'resolve', dedup_key: '' };
    expect(parseBody(withoutKey)).toMatchObject({
      errors: [{ path: 'dedup_key', message: "'dedup_key' is missing or blank" }],
    });
  });

  it("says every error at once, in PagerDuty's words", () => {
    const outcome = parse('rejected-with-every-error-at-once');
    expect(pagerdutyV2.rejected(outcome.kind === 'rejected' ? outcome.errors : [])).toEqual({
      status: 400,
      body: {
        status: 'invalid event',
        message: 'Event object is invalid',
        errors: [
          "Length of 'routing_key' is incorrect (should be 32 characters)",
          "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')",
          "'dedup_key' is invalid (should be a string)",
          "'links[0].href' is missing or blank",
          "'links[1]' is invalid (should be an object)",
          "'payload.summary' is missing or blank",
          "'payload.source' is missing or blank",
          "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
          "'payload.timestamp' is invalid (should be an ISO 8601 date-time such as 2026-11-22T22:10:00.000+0000)",
        ],
      },
    });
    const empty = parse('rejected-trigger-without-payload');
    expect(empty.kind === 'rejected' && empty.errors.map(({ path }) => path)).toEqual([
      'payload.summary',
      'payload.source',
      'payload.severity',
    ]);
  });

  it('cuts a long summary instead of losing the alert, and refuses a long key', () => {
    const long = parseBody({
      ...trigger,
      payload: { ...trigger.payload, summary: `first\nsecond ${'x'.repeat(2000)}` },
    });
    const title = long.kind === 'signals' ? (long.signals[0]?.title ?? '') : '';
    expect([title.length, title.slice(0, 13), title.at(-1)]).toEqual([1024, 'first second ', '…']);
    expect(parseBody({ ...trigger, dedup_key: 'k'.repeat(255) }).kind).toBe('signals');
    expect(parseBody({ ...trigger, dedup_key: 'k'.repeat(256) })).toMatchObject({
      errors: [{ path: 'dedup_key' }],
    });
  });

  it('does not look at the routing key below a source path', () => {
    const outcome = pagerdutyV2.parse(
      bytes({ ...trigger, routing_key: undefined }),
      {},
      context({ keyInPath: true }),
    );
    expect(outcome).toMatchObject({ kind: 'signals' });
    expect('credential' in outcome).toBe(false);
  });

  it('keeps a huge custom_details from filling the row, and addresses that run code out of the links', () => {
    const details = Object.fromEntries(
      Array.from({ length: 400 }, (_, n) => [`line ${n}`, 'y'.repeat(1000)]),
    );
    const outcome = parseBody({
      ...trigger,
      client_url: 'javascript:alert(1)',
      payload: { ...trigger.payload, custom_details: details },
    });
    const signal = outcome.kind === 'signals' ? outcome.signals[0] : undefined;
    expect(JSON.stringify(signal?.detail).length).toBeLessThanOrEqual(16 * 1024);
    expect(signal?.detail).toMatchObject({
      'line 0': 'y'.repeat(1000),
      '…': expect.stringContaining('of 400 fields left out'),
    });
    expect(signal?.links).toEqual([]);
  });

  it('answers limits and an absent database so that clients come again', () => {
    expect(pagerdutyV2.overLimit(2.5)).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    expect(pagerdutyV2.unavailable(0)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(pagerdutyV2.badKey()).toMatchObject({ status: 403, body: { errors: ['Invalid routing key'] } });
  });
});

describe('PagerDuty change events', () => {
  it('are kept and notify nobody', () => {
    const outcome = pagerdutyV2Change.parse(testdata('pagerduty-v2', 'change-from-a-deploy'), {}, context());
    expect(outcome).toEqual({
      kind: 'signals',
      signals: [],
      credential: KEY,
      change: {
        summary: 'Deployed checkout 4.12.0',
        source: 'ci',
        occurredAt: '2026-11-22T22:00:00.000Z',
        links: [{ title: 'Build', url: 'https://ci.example.com/checkout/412' }],
        detail: { build_state: 'passed', build_number: '2', run_time: '1236s' },
      },
    });
    expect(pagerdutyV2Change.accepted([]).body).toEqual({
      status: 'success',
      message: 'Change event processed',
    });
  });

  it('need a key and a summary', () => {
    const outcome = pagerdutyV2Change.parse(bytes({ payload: {} }), {}, context());
    expect(outcome.kind === 'rejected' && outcome.errors.map(({ path }) => path)).toEqual([
      'routing_key',
      'payload.summary',
    ]);
  });
});
