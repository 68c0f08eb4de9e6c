import { describe, expect, it } from '@jest/globals';
import { completeSignal } from '../../../domain/alert/complete-signal.js';
import type { ParseOutcome } from '../../shared/alerts/format.js';
import { bytes, context, testdata } from '../../shared/alerts/testdata.js';
import { CHANGES_ARE_REFUSED, pagerdutyV2Change } from './change.js';
import { pagerdutyV2 } from './enqueue.js';

const parse = (name: string, settings = {}): ParseOutcome =>
  pagerdutyV2.parse(testdata('pagerduty', name), {}, context(settings));
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
    expect(pagerdutyV2.accepted(signals.map((signal) => completeSignal(signal, { name: 'shop' })))).toEqual({
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
    expect(empty).toMatchObject({ credential: KEY });
  });

  it('cuts a long summary instead of losing the alert, and a long key to one that its resolve finds too', () => {
    const long = parseBody({
      ...trigger,
      payload: { ...trigger.payload, summary: `first\nsecond ${'x'.repeat(2000)}` },
    });
    const title = long.kind === 'signals' ? (long.signals[0]?.title ?? '') : '';
    expect([title.length, title.slice(0, 13), title.at(-1)]).toEqual([1024, 'first second ', '…']);
    const keyOf = (dedup_key: string, event_action = 'trigger') => {
      const outcome = parseBody({ ...trigger, event_action, dedup_key });
      return outcome.kind === 'signals' ? (outcome.signals[0]?.dedupKey ?? '') : '';
    };
    expect(keyOf('k'.repeat(255))).toBe('k'.repeat(255));
    expect(keyOf('k'.repeat(256))).toMatch(/^k{200,}…~[0-9a-f]{16}$/);
    expect(keyOf('k'.repeat(256), 'resolve')).toBe(keyOf('k'.repeat(256)));
    expect(keyOf('k'.repeat(257))).not.toBe(keyOf('k'.repeat(256)));
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

  it('answers an absent database so that clients come again', () => {
    expect(pagerdutyV2.unavailable(0)).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(pagerdutyV2.badKey()).toMatchObject({ status: 403, body: { errors: ['Invalid routing key'] } });
  });
});

describe('a PagerDuty event that can be read in part', () => {
  const signalOf = (event: object) => {
    const outcome = parseBody(event);
    if (outcome.kind === 'rejected') throw new Error(JSON.stringify(outcome.errors));
    const [read] = outcome.signals;
    if (read === undefined) throw new Error('no signal');
    return completeSignal(read, { name: 'shop', severity: 'warning' });
  };
  const { source: _source, ...withoutSource } = trigger.payload;

  it('uptime-kuma#7319: takes a trigger without a source for one from its Source', () => {
    for (const payload of [
      withoutSource,
      { ...withoutSource, source: null },
      { ...withoutSource, source: ' ' },
    ])
      expect(signalOf({ ...trigger, payload })).toMatchObject({
        action: 'trigger',
        title: 'Down',
        labels: { source: 'shop' },
        notes: ["'payload.source' is missing or blank", 'taken as coming from shop'],
      });
  });

  it.each(['', 'none', 'sev1', null, 7])(
    "alertmanager#3902: takes the severity %j for its Source's default",
    (severity) => {
      const { notes = [], ...signal } = signalOf({ ...trigger, payload: { ...trigger.payload, severity } });
      expect(signal).toMatchObject({ title: 'Down', severity: 'warning' });
      expect(notes.join('\n')).toMatch(/'payload.severity' is (missing|invalid)[^]*taken as warning/);
    },
  );

  it.each(['trigger', 'resolve'])(
    'alertmanager#2379: leaves blank links and images out of a %s',
    (action) => {
      const signal = signalOf({
        ...trigger,
        event_action: action,
        dedup_key: 'db',
        links: [{ href: '', text: 'Runbook' }, { text: 'x' }, 'x', { href: 'https://a.example.com' }],
        images: [{ src: '' }, { src: 'javascript:alert(1)' }],
      });
      expect(signal).toMatchObject({ action, links: [{ url: 'https://a.example.com' }] });
      expect(signal.notes).toContain("'links[0].href' is missing or blank");
      expect(signal.notes).toContain("'images[0].src' is missing or blank");
    },
  );

  it('alertmanager#1890: takes an event whose severity is a template that came out empty', () => {
    const event = { ...trigger, payload: { summary: 'Disk full', source: 'db-1', severity: ' ' } };
    expect(signalOf(event)).toMatchObject({ title: 'Disk full', severity: 'warning' });
  });

  it.each([
    ['an unknown action', { event_action: 'alert!' }, { action: 'trigger', title: 'Down' }],
    ['no action', { event_action: undefined }, { action: 'trigger', title: 'Down' }],
    ['an action in capitals', { event_action: 'Resolve', dedup_key: 'a' }, { action: 'resolve' }],
    ['a broken time', { payload: { ...trigger.payload, timestamp: 'soon' } }, { occurredAt: null }],
    ['a text as payload', { payload: 'Down' }, { title: 'Down' }],
    [
      'its fields beside the payload',
      { payload: undefined, summary: 'Flat', severity: 'critical' },
      { title: 'Flat', severity: 'critical' },
    ],
    ['a key that is no text', { dedup_key: {} }, { dedupKey: 'new-key-1' }],
    ['a key alone', { payload: undefined, dedup_key: 'disk/db-1' }, { title: 'disk/db-1' }],
    ['a class and a component', { payload: { class: 'disk', component: 'db-1' } }, { title: 'disk on db-1' }],
    ['links that are no list', { links: 'x' }, { links: [] }],
  ])('is an alert: %s', (_, fields, expected) => {
    expect(signalOf({ ...trigger, ...fields })).toMatchObject(expected);
  });

  it('is refused when it names no condition, or says to do nothing', () => {
    for (const fields of [
      { payload: { severity: 'critical' } },
      { payload: undefined },
      { event_action: 'resolve', dedup_key: '' },
      { event_action: 'page', payload: undefined, dedup_key: 'a' },
      // Uptime Kuma's "do nothing" (uptime-kuma#6105).
      { event_action: '0' },
    ])
      expect(parseBody({ ...trigger, ...fields })).toMatchObject({ kind: 'rejected', credential: KEY });
  });

  it('keeps what the format does not know, and says what happened in words', () => {
    expect(
      signalOf({
        ...trigger,
        team: 'a',
        payload: { ...trigger.payload, host_group: 'b', custom_details: 'The disk of db-1 is full' },
      }),
    ).toMatchObject({
      description: 'The disk of db-1 is full',
      detail: { team: 'a', host_group: 'b', custom_details: 'The disk of db-1 is full' },
    });
  });
});

describe('PagerDuty change events', () => {
  it('are refused with a sentence, and their source is known', () => {
    const outcome = pagerdutyV2Change.parse(testdata('pagerduty', 'change-from-a-deploy'), {}, context());
    expect(outcome).toEqual({
      kind: 'rejected',
      credential: KEY,
      errors: [{ path: 'body', message: CHANGES_ARE_REFUSED }],
    });
    expect(pagerdutyV2Change.rejected(outcome.kind === 'rejected' ? outcome.errors : [])).toMatchObject({
      status: 400,
      body: { errors: [expect.stringContaining('not supported yet')] },
    });
  });
});
