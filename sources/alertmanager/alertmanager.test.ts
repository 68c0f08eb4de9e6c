import { describe, expect, it } from '@jest/globals';
import { bytes, context, testdata } from '../testdata.js';
import { fingerprintOf } from './fingerprint.js';
import { alertmanager, grafana } from './webhook.js';

const parse = (name: string, format = alertmanager) =>
  format.parse(testdata('alertmanager', name), {}, context());

describe('the Alertmanager webhook', () => {
  it('makes one signal of each alert, firing or resolved', () => {
    expect(parse('webhook-v4-with-firing-and-resolved-alerts-mixed')).toMatchObject({
      kind: 'signals',
      signals: [
        {
          action: 'trigger',
          dedupKey: 'c4a3f1e2d5b60798',
          title: 'p99 of web-1 is 2.4 s',
          severity: 'critical',
          description: 'The p99 has been over 1 s for 5 minutes.',
          labels: {
            alertname: 'HighLatency',
            team: 'checkout',
            group_key: '{}/{team="checkout"}:{alertname="HighLatency"}',
          },
          links: [
            { title: 'Runbook', url: 'https://runbooks.example.com/latency' },
            { title: 'Source of the alert', url: 'https://prometheus.example.com/graph?g0.expr=latency' },
            { title: 'Alertmanager', url: 'https://alertmanager.example.com' },
          ],
          occurredAt: '2026-11-22T22:05:12.123Z',
          resolveAt: null,
        },
        {
          action: 'resolve',
          dedupKey: '0a1b2c3d4e5f6071',
          title: 'HighLatency on web-2:9100',
          occurredAt: '2026-11-22T22:06:00.000Z',
          resolveAt: null,
        },
      ],
    });
  });

  it('takes a future endsAt as the deadline', () => {
    expect(parse('webhook-v4-with-a-future-ends-at-closes-by-itself')).toMatchObject({
      signals: [
        {
          action: 'trigger',
          occurredAt: '2026-11-22T21:00:00.000Z',
          resolveAt: '2026-11-22T22:14:00.000Z',
          severity: 'warning',
        },
      ],
    });
  });

  it('computes the fingerprint that a payload of other makers leaves out, and takes an unknown severity as error', () => {
    // Known value of the Prometheus client model: 5799056148416392346.
    const fingerprint = 5799056148416392346n.toString(16);
    expect(parse('webhook-v4-without-fingerprint-and-severity')).toMatchObject({
      signals: [{ action: 'trigger', dedupKey: fingerprint, title: fingerprint, severity: 'error' }],
    });
    expect(fingerprintOf([])).toBe('cbf29ce484222325');
  });

  it.each([
    ['page', 'critical'],
    ['high', 'critical'],
    ['major', 'error'],
    ['minor', 'warning'],
    ['none', 'info'],
    ['Warning', 'warning'],
    ['constructor', 'error'],
  ])('maps severity %s to %s', (word, severity) => {
    const body = { status: 'firing', alerts: [{ labels: { alertname: 'A', severity: word } }] };
    expect(alertmanager.parse(bytes(body), {}, context())).toMatchObject({ signals: [{ severity }] });
  });

  it('tells that max_alerts cut the notification, and that the whole group is over', () => {
    const alert = { labels: { alertname: 'A' }, startsAt: '2026-11-22T22:05:12Z' };
    const group = (fields: object) => {
      const outcome = alertmanager.parse(
        bytes({ groupKey: '{}:{a="1"}', alerts: [alert], ...fields }),
        {},
        context(),
      );
      return outcome.kind === 'signals' ? outcome.group : outcome;
    };
    expect(group({ status: 'firing' })).toBeUndefined();
    expect(group({ status: 'firing', truncatedAlerts: 0 })).toBeUndefined();
    const cut = { key: '{}:{a="1"}', isOver: false, truncated: 5 };
    expect(group({ status: 'firing', truncatedAlerts: 5 })).toEqual(cut);
    expect(group({ status: 'resolved' })).toEqual({ ...cut, isOver: true, truncated: 0 });
    // Without a group key nothing says which alerts are meant.
    expect(group({ status: 'resolved', groupKey: undefined })).toBeUndefined();
    expect(group({ status: 'firing', truncatedAlerts: 'x' })).toBeUndefined();
    expect(alertmanager.accepted([], cut).body).toMatchObject({
      truncated: 5,
      note: expect.stringContaining('left 5 alerts'),
    });
    expect(alertmanager.accepted([]).body).toEqual({ status: 'accepted', alerts: 0 });
  });

  it('reads Grafana', () => {
    expect(parse('grafana-11-alerting', grafana)).toMatchObject({
      signals: [
        {
          dedupKey: '57c6d9296de2ad39',
          title: 'Checkout fails for 7.1 % of calls',
          severity: 'error',
          client: 'Grafana',
          links: [
            { title: 'Dashboard' },
            { title: 'Panel' },
            { title: 'Source of the alert' },
            { title: 'Silence' },
            { title: 'Grafana' },
          ],
          detail: { values: { A: 7.1, C: 1 }, ruleUID: 'abc' },
        },
      ],
    });
  });

  it('says every error with its place', () => {
    const outcome = parse('rejected-with-every-error-at-once');
    const errors = outcome.kind === 'rejected' ? outcome.errors : [];
    expect(errors.map(({ path }) => path)).toEqual([
      'alerts[0].status',
      'alerts[0].labels.deep',
      'alerts[0].startsAt',
      'alerts[1]',
      'alerts[2].annotations',
      'alerts[2]',
    ]);
    expect(alertmanager.rejected(errors)).toMatchObject({
      status: 400,
      headers: { 'content-type': 'application/problem+json' },
      body: {
        type: 'about:blank',
        title: 'Bad Request',
        status: 400,
        code: 'invalid_body',
        errors: expect.arrayContaining(errors),
      },
    });
    for (const body of [{}, { alerts: 1 }, { alerts: [] }, []]) {
      expect(alertmanager.parse(bytes(body), {}, context()).kind).toBe('rejected');
    }
  });

  it('answers a limit with 503, the only status that its senders retry', () => {
    expect(alertmanager.overLimit(5)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
    expect(alertmanager.unavailable(5)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  });
});
