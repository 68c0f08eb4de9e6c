import { describe, expect, it } from '@jest/globals';
import { completeSignal } from '../../../domain/alert/complete-signal.js';
import { grafana } from '../../alertmanager/alerts/webhook.js';
import type { ParseOutcome } from '../../shared/alerts/format.js';
import { bytes, context, testdata } from '../../shared/alerts/testdata.js';
import { generic } from './generic.js';

const parse = (name: string) => generic.parse(testdata('generic', name), {}, context());
const parseBody = (body: unknown) => generic.parse(bytes(body), {}, context());

const complete = (outcome: ParseOutcome) =>
  outcome.kind === 'signals' ? outcome.signals.map((one) => completeSignal(one, { name: 'scripts' })) : [];

describe('the generic format', () => {
  it('needs a title only', () => {
    expect(parse('one-alert-with-nothing-but-a-title')).toMatchObject({
      signals: [
        {
          action: 'trigger',
          dedupKey: 'new-key-1',
          title: 'Backup of checkout-db did not finish',
          severity: null,
          detail: null,
        },
      ],
    });
  });

  it('reads every field, and keeps those it does not know', () => {
    expect(parse('one-alert-with-every-field')).toMatchObject({
      signals: [
        {
          dedupKey: 'queue/checkout',
          severity: 'critical',
          description: '12000 messages wait.',
          labels: { queue: 'checkout', depth: '12000', durable: 'true' },
          links: [
            { title: 'Queue', url: 'https://mq.example.com/q/checkout' },
            { title: 'https://wiki.example.com/queues', url: 'https://wiki.example.com/queues' },
          ],
          occurredAt: '2026-11-22T22:10:00.000Z',
          client: 'queue-watch 1.2',
          detail: { shard: 7, sample: { oldest: '2026-11-22T20:00:00Z' } },
        },
      ],
    });
  });

  it('takes an array and answers with each key and action', () => {
    const outcome = parse('array-mixes-trigger-acknowledge-and-resolve');
    expect(generic.accepted(complete(outcome))).toEqual({
      status: 202,
      body: {
        status: 'accepted',
        alerts: [
          { dedupKey: 'db-1/disk', action: 'trigger' },
          { dedupKey: 'db-2/disk', action: 'acknowledge' },
          { dedupKey: 'db-3/disk', action: 'resolve' },
        ],
      },
    });
  });

  it('takes what can be read and says what was refused, with its place', () => {
    const outcome = parse('read-in-part-with-two-that-name-nothing');
    expect(outcome).toMatchObject({
      kind: 'signals',
      signals: [{ action: 'trigger' }, { title: 'Good' }, { action: 'trigger', title: 'Odd' }],
      refused: [{ path: '[2].dedupKey' }, { path: '[4]' }],
    });
    expect(
      generic.accepted(complete(outcome), {
        refused: outcome.kind === 'signals' ? (outcome.refused ?? []) : [],
      }),
    ).toMatchObject({
      status: 202,
      body: {
        alerts: [
          {
            notes: [
              'title is missing or blank; say in one line what is wrong',
              'severity must be critical, error, warning or info, not "fatalistic"',
              'labels.a must be a text',
              'links[0].url must be an http or https address of at most 2048 characters',
              'occurredAt must be an ISO 8601 time such as 2026-11-22T22:10:00Z, not "yesterday"',
              'taken as error, the severity that the source scripts falls back to',
            ],
          },
          {},
          { notes: ['status must be firing, acknowledged or resolved, not "burning"', expect.any(String)] },
        ],
        refused: [{ path: '[2].dedupKey' }, { path: '[4]' }],
      },
    });
    expect(parseBody({})).toMatchObject({ kind: 'rejected', errors: [{ path: 'title' }] });
  });

  it('resolves, whatever else is wrong with the message', () => {
    expect(
      parseBody({
        action: 'resolve',
        dedupKey: 'db',
        severity: 'sev-none',
        links: [{ url: '' }],
        title: {},
        labels: 'x',
        occurredAt: 'now',
      }),
    ).toMatchObject({ kind: 'signals', signals: [{ action: 'resolve', dedupKey: 'db', links: [] }] });
  });

  it.each([
    [
      { message: 'Disk full\non db-1' },
      { title: 'Disk full', description: 'Disk full\non db-1', detail: null },
    ],
    [{ dedupKey: 'disk/db-1' }, { title: 'disk/db-1' }],
    [{ title: 'A', links: 'https://a.example.com' }, { links: [{ url: 'https://a.example.com' }] }],
    [{ title: 'A', labels: { deep: { b: 1 } } }, { labels: { deep: '{"b":1}' } }],
    [{ title: 'A', action: 'explode' }, { action: 'trigger' }],
    [{ title: 'A', action: 'resolve', status: 'firing', dedupKey: 'a' }, { action: 'resolve' }],
    [{ title: 'A', status: 'ok', dedupKey: 'a' }, { action: 'resolve' }],
    [{ title: 'A', annotations: { a: 1 }, env: 'prod' }, { detail: { annotations: { a: 1 }, env: 'prod' } }],
  ])('reads %j', (body, expected) => {
    expect(parseBody(body)).toMatchObject({ kind: 'signals', signals: [expected] });
  });

  it.each([
    ['failure', { action: 'trigger', severity: 'critical' }],
    ['warning', { action: 'trigger', severity: 'warning' }],
    ['info', { action: 'trigger', severity: 'info' }],
    ['success', { action: 'resolve' }],
  ])("takes Apprise's type %s for a severity or a resolve, known by the title", (type, expected) => {
    const body = { version: '1.0', title: 'Backup', message: 'of db-1', attachments: [], type };
    expect(parseBody(body)).toMatchObject({
      signals: [{ ...expected, dedupKey: 'Backup', title: 'Backup', description: 'of db-1' }],
    });
    // Without a title Apprise leaves it blank: the message identifies the alert.
    expect(parseBody({ ...body, title: '' })).toMatchObject({
      signals: [{ ...expected, dedupKey: 'of db-1' }],
    });
    // Fields of the generic format take precedence.
    expect(parseBody({ ...body, severity: 'error', action: 'trigger', dedupKey: 'k' })).toMatchObject({
      signals: [{ action: 'trigger', severity: 'error', dedupKey: 'k' }],
    });
  });

  it.each(['ok', 'OK ', 'normal', 'clear', 'cleared', 'resolved', 'up'])(
    'oncall#2275: a state or a severity "%s" ends the alert of its key',
    (word) => {
      for (const name of ['state', 'severity'])
        expect(parseBody({ title: 'monit', [name]: word, alert_uid: 'u-1' })).toMatchObject({
          signals: [{ action: 'resolve', dedupKey: 'u-1', notes: [] }],
        });
      // Without a key the condition that ended is unknown.
      expect(parseBody({ title: 'monit', state: word })).toMatchObject({ kind: 'rejected' });
    },
  );

  it.each([
    [{ state: 'alerting' }, 'u-1'],
    [{ state: 'alerting', severity: 'ok' }, 'u-1'],
    [{ action: 'trigger', state: 'ok' }, 'u-1'],
    [{ status: 'firing', severity: 'ok' }, 'u-1'],
    [{ state: 'closed' }, 'u-1'],
    [{ state: 'Bavaria' }, 'u-1'],
    [{ state: { a: 1 } }, 'u-1'],
    [{ dedupKey: 'own', state: 'alerting' }, 'own'],
  ])('%j is no end', (fields, dedupKey) => {
    expect(parseBody({ title: 'monit', alert_uid: 'u-1', ...fields })).toMatchObject({
      signals: [{ action: 'trigger', dedupKey }],
    });
  });

  describe("Uptime Kuma's own webhook", () => {
    const kuma = (status: unknown, msg: string, more: object = {}) => ({
      heartbeat: {
        monitorID: 7,
        status,
        time: '2026-11-22 22:10:00.123',
        msg,
        important: true,
        duration: 60,
      },
      monitor: {
        id: 7,
        name: 'Shop',
        url: 'https://shop.example.com',
        basic_auth_pass: 'secret',
        type: 'http',
      },
      msg: `[Shop] [${status === 1 ? 'Up' : 'Down'}] ${msg}`,
      ...more,
    });

    it('is an alert of its monitor, ended when that is up', () => {
      const down = parseBody(kuma(0, 'connect ETIMEDOUT'));
      expect(down).toMatchObject({
        signals: [
          {
            action: 'trigger',
            dedupKey: 'uptime-kuma/7',
            title: 'Shop: connect ETIMEDOUT',
            description: '[Shop] [Down] connect ETIMEDOUT',
            severity: null,
            labels: { monitor: 'Shop' },
            links: [{ url: 'https://shop.example.com' }],
            occurredAt: '2026-11-22T22:10:00.123Z',
            client: 'Uptime Kuma',
            notes: [],
          },
        ],
      });
      expect(JSON.stringify(down)).not.toContain('secret');
      expect(parseBody(kuma(1, '200 - OK'))).toMatchObject({
        signals: [{ action: 'resolve', dedupKey: 'uptime-kuma/7' }],
      });
      expect(parseBody(kuma(3, 'Under maintenance'))).toMatchObject({
        signals: [{ action: 'trigger', severity: 'info' }],
      });
      expect(parseBody(kuma('9', '?'))).toMatchObject({ signals: [{ action: 'trigger', severity: null }] });
    });

    it('is read without its monitor, and is what its msg says without either', () => {
      expect(parseBody(kuma(0, 'gone', { monitor: null }))).toMatchObject({
        signals: [{ action: 'trigger', dedupKey: 'uptime-kuma/7', title: 'gone' }],
      });
      const expires = '[Shop][https://shop.example.com] certificate will expire in 7 days';
      expect(parseBody({ heartbeat: null, monitor: null, msg: expires })).toMatchObject({
        signals: [{ action: 'trigger', title: expires }],
      });
    });
  });

  it.each([
    ['alerting', { action: 'trigger', title: 'Lag' }],
    [
      'no_data',
      { action: 'trigger', title: 'No data: Lag', labels: { grafana_state: 'NoData', env: 'prod' } },
    ],
    ['ok', { action: 'resolve' }],
  ])("Grafana's legacy webhook, state %s, is an alert of its rule, in either format", (state, expected) => {
    const body = {
      title: '[Alerting] Lag',
      ruleId: 3,
      ruleName: 'Lag',
      ruleUrl: 'https://grafana.example.com/d/1',
      orgId: 1,
      state,
      message: 'p99 is high',
      evalMatches: [{ value: 100, metric: 'lag' }],
      tags: { env: 'prod' },
    };
    const signal = {
      ...expected,
      dedupKey: 'grafana-rule/1/3',
      description: 'p99 is high',
      links: [{ title: 'Rule', url: 'https://grafana.example.com/d/1' }],
    };
    expect(parseBody(body)).toMatchObject({ signals: [signal] });
    expect(grafana.parse(bytes(body), {}, context())).toMatchObject({ signals: [signal] });
    const { ruleId: _, ...named } = body;
    expect(parseBody(named)).toMatchObject({ signals: [{ dedupKey: 'grafana-rule/1/Lag' }] });
  });

  it('marks a resolve that does not say of what, and not what might have paged', () => {
    expect(parseBody([{ action: 'resolve' }, { severity: 'critical' }])).toMatchObject({
      errors: [
        { path: '[0].dedupKey', pagesNobody: true },
        { path: '[1].title', message: expect.not.stringContaining('resolve') },
      ],
    });
    const many = parseBody(Array.from({ length: 1000 }, () => ({ action: 'resolve' })));
    expect(many.kind === 'rejected' && many.errors.every((one) => one.pagesNobody)).toBe(true);
    const outcome = parseBody({ severity: 'critical' });
    expect(outcome.kind === 'rejected' && outcome.errors.some((one) => one.pagesNobody)).toBe(false);
    expect(parseBody({ action: 'resolve', occurredAt: 'now' })).toMatchObject({
      errors: [{ pagesNobody: true }, { pagesNobody: true }],
    });
  });

  it('notes what was wrong with the JSON on the alert that it is in', () => {
    const text = '[{"title": "A"}, {"title": "B", "x": {"constructor": {}}, "value": NaN}]';
    const outcome = generic.parse(new TextEncoder().encode(text), {}, context());
    expect(outcome).toMatchObject({
      signals: [
        { title: 'A', notes: [] },
        {
          title: 'B',
          notes: [
            expect.stringContaining('x "constructor" is not allowed'),
            expect.stringContaining('value is NaN'),
          ],
        },
      ],
    });
  });

  it('limits the array, and the list of errors', () => {
    expect(parseBody([])).toMatchObject({
      errors: [{ path: 'body', message: expect.stringContaining('empty array') }],
    });
    expect(parseBody(Array.from({ length: 1000 }, () => ({ title: 'x' }))).kind).toBe('signals');
    expect(parseBody(Array.from({ length: 1001 }, () => ({ title: 'x' })))).toMatchObject({
      errors: [{ path: 'body' }],
    });
    const outcome = parseBody(Array.from({ length: 1000 }, () => ({})));
    expect(outcome.kind === 'rejected' && [outcome.errors.length, outcome.errors.at(-1)?.message]).toEqual([
      101,
      'and 900 more errors',
    ]);
  });
});
