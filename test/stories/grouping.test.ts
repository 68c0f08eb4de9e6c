/** An Alertmanager's first evening, over HTTP on the real engine: many alerts of one cause are one incident and one page. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { IncidentReply, IncidentsReply } from '../../contracts/api/incident.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
const key = randomBytes(16).toString('hex');

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(`apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: shop}
spec: {team: checkout, repeat: 0, steps: [{notify: [{person: ana}], wait: 1h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: shop}
spec: {displayName: Shop, team: checkout, tier: 1, policy: shop}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: cluster}
spec: {format: alertmanager, service: shop, key: ${key}}
`);
}, 90_000);
afterAll(() => stack.end());

const Alerts = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      dedupKey: z.string(),
      title: z.string(),
      incident: z.string().nullable(),
    }),
  ),
});
const group = (alertname: string, count: number, severity: string, status = 'firing') => ({
  version: '4',
  groupKey: `{}:{alertname="${alertname}"}`,
  status,
  alerts: Array.from({ length: count }, (_, at) => ({
    status,
    labels: { alertname, instance: `db-${at}`, severity },
    annotations: { summary: `${alertname} on db-${at}` },
    startsAt: '2026-03-03T10:00:00Z',
    fingerprint: `${alertname}${at}`,
  })),
});
const send = async (body: object): Promise<void> => {
  const { status } = await stack.tocsin.call('POST', `/in/${key}`, body, { token: null });
  expect(status).toBe(202);
};
const incidents = async () =>
  (await stack.tocsin.ask(IncidentsReply, 'GET', '/api/v1/incidents?limit=200')).items;
const alerts = async () => (await stack.tocsin.ask(Alerts, 'GET', '/api/v1/alerts?limit=200')).items;
const pagesOf = (number: string) =>
  stack.phones.of('ana').received({ type: 'page.requested', incident: number });

describe('80 alerts of one cause', () => {
  let number: string;

  it('are one incident that pages once; another cause is another incident', async () => {
    await send(group('ReplicaLag', 80, 'critical'));
    await send(group('DiskFull', 2, 'critical'));
    const [disk, lag] = await incidents();
    expect((await incidents()).length).toBe(2);
    number = lag?.number ?? '';
    expect(await stack.incident(number)).toMatchObject({ alertsOpen: 80, alertsTotal: 80 });
    await stack.phones.of('ana').expects({ type: 'page.requested', incident: number });
    await stack.phones.of('ana').expects({ type: 'page.requested', incident: disk?.number ?? '' });
    expect(pagesOf(number)).toHaveLength(1);
  });

  it('are split off by a person into an incident that pages; a key says for whom', async () => {
    const one = (await alerts()).find(({ title }) => title.includes('ReplicaLag on db-7'));
    const path = `/api/v1/alerts/${one?.id ?? ''}/split`;
    const split = await stack.tocsin.ask(IncidentReply, 'POST', path, {}, { as: 'bo' });
    expect(split).toMatchObject({ alertsOpen: 1, status: 'triggered', service: 'shop' });
    await stack.phones.of('ana').expects({ type: 'page.requested', incident: split.number });
    expect(await stack.incident(number)).toMatchObject({ alertsOpen: 79 });
    expect((await stack.timeline(number)).at(-1)).toMatchObject({ kind: 'alert_moved', actor: 'bo' });
    const back = `/api/v1/alerts/${one?.id ?? ''}/move`;
    expect(await stack.tocsin.call('POST', back, { into: number }, { as: 'bo' })).toMatchObject({
      status: 409,
      json: { code: 'only_alert' },
    });
    expect((await stack.tocsin.call('POST', back, { into: number }, { as: 'dana' })).status).toBe(403);
    expect((await stack.tocsin.call('POST', back, { into: 'INC-9999' }, { as: 'bo' })).status).toBe(404);
    expect((await stack.tocsin.call('POST', '/api/v1/alerts/nonsense/split', {}, { as: 'bo' })).status).toBe(
      404,
    );
  });

  it('resolve their incident when the last of them has closed', async () => {
    await send(group('ReplicaLag', 80, 'critical', 'resolved'));
    await stack.until(number, ({ status }) => status === 'resolved');
  });
});
