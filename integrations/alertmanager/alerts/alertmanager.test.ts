import { describe, expect, it } from '@jest/globals';
import { bytes, context, testdata } from '../../shared/alerts/testdata.js';
import { fingerprintOf } from '../../shared/alerts/fingerprint.js';
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

  it('computes the fingerprint that a payload of other makers leaves out, and leaves an unknown severity to the source', () => {
    // Known value of the Prometheus client model: 5799056148416392346.
    const fingerprint = 5799056148416392346n.toString(16);
    expect(parse('webhook-v4-without-fingerprint-and-severity')).toMatchObject({
      signals: [{ action: 'trigger', dedupKey: fingerprint, title: fingerprint, severity: null }],
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
    ['constructor', null],
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
    // Without a group key the affected alerts are unknown.
    expect(group({ status: 'resolved', groupKey: undefined })).toBeUndefined();
    expect(group({ status: 'firing', truncatedAlerts: 'x' })).toBeUndefined();
    expect(alertmanager.accepted([], { group: cut }).body).toMatchObject({
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

  it('alertmanager#1890: one broken time among three alerts costs that time, not the three', () => {
    const labels = (n: number) => ({ alertname: 'A', instance: `db-${n}`, severity: 'critical' });
    const outcome = alertmanager.parse(
      bytes({
        status: 'firing',
        alerts: [
          { status: 'firing', labels: labels(1), startsAt: '2026-11-22T22:00:00Z' },
          { status: 'firing', labels: labels(2), startsAt: 'yesterday-ish' },
          { status: 'firing', labels: labels(3), startsAt: '2026-11-22T22:00:00Z' },
        ],
      }),
      {},
      context(),
    );
    expect(outcome).toMatchObject({
      kind: 'signals',
      refused: [],
      signals: [
        { occurredAt: '2026-11-22T22:00:00.000Z', notes: [] },
        {
          occurredAt: null,
          title: 'A on db-2',
          notes: [expect.stringContaining('startsAt must be an RFC 3339')],
        },
        { notes: [] },
      ],
    });
  });

  it('takes what can be read, and says what names no alert', () => {
    const outcome = parse('read-in-part-with-two-that-name-nothing');
    expect(outcome).toMatchObject({
      kind: 'signals',
      signals: [
        { action: 'trigger', labels: { alertname: 'A', deep: '{"a":1}' }, occurredAt: null },
        { action: 'resolve', title: 'known by its summary' },
      ],
      refused: [
        { path: 'alerts[1]' },
        { path: 'alerts[2].annotations' },
        { path: 'alerts[2]' },
        { path: 'alerts[2].labels.severity' },
      ],
    });
    for (const body of [{}, { alerts: 1 }, { alerts: [] }, [], { alerts: [{}, 1] }])
      expect(alertmanager.parse(bytes(body), {}, context()).kind).toBe('rejected');
  });

  it('takes a group that is over also when it lists none of its alerts', () => {
    const body = bytes({ groupKey: 'g', status: 'resolved', alerts: [] });
    expect(alertmanager.parse(body, {}, context())).toMatchObject({
      signals: [],
      group: { key: 'g', isOver: true },
    });
  });

  it('answers an absent database with 503, the only status that its senders retry', () => {
    expect(alertmanager.unavailable(5)).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
  });
});

describe("Grafana's states", () => {
  const read = (labels: object, annotations: object = {}) => {
    const body = { status: 'firing', alerts: [{ status: 'firing', labels, annotations }] };
    const outcome = grafana.parse(bytes(body), {}, context());
    return outcome.kind === 'signals' ? outcome.signals[0] : undefined;
  };

  it('grafana#90447, alerta#1956: an alert on missing data says that data are missing, not what the rule would', () => {
    expect(
      read(
        { alertname: 'DatasourceNoData', rulename: 'Checkout p99', ref_id: 'A', datasource_uid: 'x' },
        { summary: 'p99 high' },
      ),
    ).toMatchObject({
      title: 'No data: Checkout p99',
      labels: { grafana_state: 'NoData', rulename: 'Checkout p99', datasource_uid: 'x' },
      detail: { annotations: { summary: 'p99 high' } },
    });
    expect(read({ alertname: 'DatasourceError', rulename: 'Checkout p99' })).toMatchObject({
      title: 'Query error: Checkout p99',
      labels: { grafana_state: 'Error' },
    });
  });

  it('are told too where the rule keeps its name', () => {
    expect(
      read(
        { alertname: 'Checkout p99', instance: 'web-1' },
        { grafana_state_reason: 'NoData', summary: 'x' },
      ),
    ).toMatchObject({ title: 'No data: Checkout p99 on web-1', labels: { grafana_state: 'NoData' } });
    expect(read({ alertname: 'DatasourceNoData' }, { summary: 'p99 high' })?.title).toBe('No data: p99 high');
    expect(read({ alertname: 'A' }, { grafana_state_reason: 'MissingSeries' })).toMatchObject({ title: 'A' });
  });

  it('loses no alert for a label of another (a reserved name, a number that is none)', () => {
    const text =
      '{"status": "firing", "alerts": [{"labels": {"alertname": "A1", "severity": "critical"}}, {"labels": {"alertname": "A2", "constructor": "lotus"}, "values": {"B": NaN}}]}';
    expect(alertmanager.parse(new TextEncoder().encode(text), {}, context())).toMatchObject({
      signals: [
        { title: 'A1', severity: 'critical', labels: { alertname: 'A1' } },
        {
          title: 'A2',
          labels: { alertname: 'A2', constructor_: 'lotus' },
          notes: expect.arrayContaining([expect.stringContaining('labels "constructor" is not allowed')]),
        },
      ],
    });
  });
});
