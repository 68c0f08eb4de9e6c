/** A sample message through the whole pipeline, against a real record: what it says, and that it stores nothing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { InhibitionUpkeep } from '../../db/alert/inhibition-upkeep.js';
import type { TrialAnswer } from '../../services/alert/alert-trials.service.js';

let api: RunningApi;
const KEY = '0123456789abcdef0123456789abcdef';

const DOCUMENTS = `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ana}
spec: {displayName: Ana, email: ana@example.com, timezone: UTC, role: responder, contacts: [{name: hook, channel: webhook, address: "https://hooks.example.com/ana"}], rules: {high: [{after: 0s, contact: hook}], low: [{after: 0s, contact: hook}]}}
---
apiVersion: tocsin/v1
kind: Team
metadata: {name: shop}
spec: {displayName: Shop, discipline: development, timezone: UTC, members: [ana]}
---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: shop}
spec: {team: shop, repeat: 0, steps: [{notify: [{person: ana}], wait: 1h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: till}
spec: {displayName: Till, team: shop, tier: 1, policy: shop}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: monitor}
spec: {format: generic, service: till, key: ${KEY}}
---
apiVersion: tocsin/v1
kind: Source
metadata: {name: prom}
spec: {format: alertmanager, service: till, key: 1${KEY.slice(1)}}
---
apiVersion: tocsin/v1
kind: PriorityRules
metadata: {name: default}
spec: {rules: [{if: "alert.labels.env == 'test'", set: P5, because: "not production"}]}
---
apiVersion: tocsin/v1
kind: Inhibition
metadata: {name: dc-down}
spec: {when: {alertname: DatacenterDown}, mutes: {severity: [warning]}, equal: [dc]}
`;

beforeAll(async () => {
  api = await startApi();
  const planned = await api.call('POST', '/api/v1/config/plan', DOCUMENTS);
  expect(planned.json['warnings']).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ kind: 'Inhibition', path: 'spec.when', message: expect.stringContaining('no alert of the last week') }), // prettier-ignore
    ]),
  );
  const applied = await api.call('POST', '/api/v1/config/apply', DOCUMENTS);
  expect({ status: applied.status, text: applied.text }).toMatchObject({ status: 200 });
}, 60_000);
afterAll(() => api.stop());

const send = async (body: object, key = KEY): Promise<void> => {
  expect((await api.call('POST', `/in/${key}`, body, { token: null })).status).toBe(202);
};

/** Rows of every table, by name. */
async function rows(): Promise<Record<string, string>> {
  const { dataSource } = api.store;
  const tables: { name: string }[] = await dataSource.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'`,
  );
  const counts: Record<string, string> = {};
  for (const { name } of tables) {
    const [row]: { n: string; digest: string }[] = await dataSource.query(
      `SELECT count(*) AS n, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS digest FROM "${name}" t`,
    );
    counts[name] = `${row?.n} ${row?.digest}`;
  }
  expect(Object.keys(counts).length).toBeGreaterThan(30);
  return counts;
}

const tries = async (source: string, body: unknown): Promise<TrialAnswer> => {
  const before = await rows();
  const { status, json, text } = await api.call('POST', '/api/v1/alerts/simulate', { source, body });
  expect({ status, text }).toMatchObject({ status: 200 });
  expect(await rows()).toEqual(before);
  return json as unknown as TrialAnswer;
};
const generic = (dedupKey: string, fields: object = {}) => ({ title: `Trouble ${dedupKey}`, severity: 'critical', dedupKey, ...fields }); // prettier-ignore
const stagesOf = ({ alerts }: TrialAnswer, at = 0) => (alerts[at]?.stages ?? []).map(({ stage, decision }) => `${stage}:${decision}`); // prettier-ignore

describe('a sample message', () => {
  it('says every stage, the incident that it would open, and whom that pages now', async () => {
    const answer = await tries('monitor', generic('new one'));
    expect(stagesOf(answer)).toEqual(['dedup:new', 'mapping:service', 'grouping:alone', 'priority:P1', 'incident:opened']); // prettier-ignore
    expect(answer.alerts[0]).toMatchObject({
      dedupKey: 'new one',
      service: 'till',
      priority: 'P1',
      priorityReasons: ['severity critical', 'service till is tier 1 (vital)'],
      wouldOpen: { number: null, title: 'Trouble new one', service: 'till' },
      calls: 'opened',
      pages: [expect.objectContaining({ person: 'ana', contact: 'hook' })],
    });
  });

  it('is what the same message then does', async () => {
    const message = generic('real', { title: 'Queue full', labels: { env: 'test' } });
    const answer = await tries('monitor', message);
    await send(message);
    const { items } = (await api.call('GET', '/api/v1/alerts?limit=1')).json as unknown as { items: { id: string; incident: string }[] }; // prettier-ignore
    const { reasons } = (await api.call('GET', `/api/v1/alerts/${items[0]?.id ?? ''}/why`)).json as unknown as { reasons: { stage: string; text: string }[] }; // prettier-ignore
    const said = (list: { stage: string; text: string }[]) => list.filter(({ stage }) => stage !== 'incident').map(({ text }) => text); // prettier-ignore
    expect(said(reasons)).toEqual(said(answer.alerts[0]?.stages ?? []));
    const incident = (await api.call('GET', `/api/v1/incidents/${items[0]?.incident ?? ''}`)).json;
    expect([incident['priority'], incident['priorityReasons']]).toEqual(['P5', answer.alerts[0]?.priorityReasons]); // prettier-ignore

    expect(await tries('monitor', message)).toMatchObject({
      alerts: [{ calls: null, wouldOpen: { number: incident['number'] } }],
    });
    const second = await tries('monitor', { ...message, dedupKey: 'other' });
    expect(second.alerts[0]).toMatchObject({ wouldOpen: { number: incident['number'] }, calls: null });
    expect(stagesOf(second)).toContain('grouping:joined');
    expect(stagesOf(await tries('monitor', generic('real', { action: 'resolve' })))).toEqual([
      'dedup:closed',
    ]);
  });

  it('of many alerts: the second of a group joins what the first would open', async () => {
    const alert = (host: string) => ({ status: 'firing', labels: { alertname: 'DiskFull', host, severity: 'warning' }, annotations: {}, startsAt: '2026-11-23T10:00:00Z', endsAt: '0001-01-01T00:00:00Z', fingerprint: host }); // prettier-ignore
    const answer = await tries('prom', { version: '4', groupKey: '{}:{alertname="DiskFull"}', status: 'firing', receiver: 'x', groupLabels: {}, commonLabels: {}, commonAnnotations: {}, externalURL: 'http://x', alerts: [alert('a'), alert('b')] }); // prettier-ignore
    expect(answer.alerts.map(({ calls }) => calls)).toEqual(['opened', null]);
    expect(answer.alerts[1]?.wouldOpen).toEqual(answer.alerts[0]?.wouldOpen);
  });

  it('that would be held says by what', async () => {
    const silence = await api.call('POST', '/api/v1/silences', { matchers: ['labels.env = staging'], until: new Date(Date.now() + 3_600_000).toISOString(), reason: 'the move' }); // prettier-ignore
    expect(silence.status).toBe(201);
    const silenced = await tries('monitor', generic('quiet', { labels: { env: 'staging' } }));
    expect(silenced.alerts[0]).toMatchObject({ wouldOpen: null, calls: null, priority: null });
    expect(stagesOf(silenced)).toEqual(['dedup:new', 'mapping:service', 'silence:held']);

    await send(generic('dc', { labels: { alertname: 'DatacenterDown', dc: 'eu1' } }));
    const lag = generic('lag', { severity: 'warning', labels: { dc: 'eu1' } });
    const muted = await tries('monitor', lag);
    expect(stagesOf(muted).at(-1)).toBe('inhibition:held');
    await send(lag);
    const held = (await api.call('GET', '/api/v1/alerts?held=true')).json as unknown as { items: { dedupKey: string }[] }; // prettier-ignore
    expect(held.items.map(({ dedupKey }) => dedupKey)).toEqual(['lag']);
    const open = (await api.call('GET', '/api/v1/incidents?limit=50')).json as unknown as { items: { number: string; title: string }[] }; // prettier-ignore
    const number = open.items.find(({ title }) => title === 'Trouble dc')?.number ?? '';
    expect((await api.call('GET', `/api/v1/incidents/${number}`)).json).toMatchObject({ holdsBack: 1 });
    await send(generic('dc', { action: 'resolve' }));
    expect(await new InhibitionUpkeep().release(api.store)).toBe(1);
  });

  it.each([
    ['of a source that is not there', { source: 'nowhere', body: {} }, 400, 'no source nowhere'],
    ['that its source cannot read', { source: 'prom', body: { hello: 1 } }, 400, 'could not read'],
    ['that is no body', { source: 'monitor', body: 7 }, 400, 'an object, a list, or a text'],
    ['without a source', { body: {} }, 400, 'source'],
    ['of a text that is no JSON', { source: 'monitor', body: '{' }, 400, 'could not read'],
  ])('%s is refused', async (_what, body, status, text) => {
    const before = await rows();
    const answer = await api.call('POST', '/api/v1/alerts/simulate', body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
    expect(await rows()).toEqual(before);
  });

  it('of 200 alerts, or of 70 KiB, is refused', async () => {
    const big = await api.call('POST', '/api/v1/alerts/simulate', { source: 'monitor', body: generic('x', { description: 'x'.repeat(70_000) }) }); // prettier-ignore
    expect([big.status, big.text]).toEqual([413, expect.stringContaining('64 KiB')]);
  });

  it('of a stakeholder is refused', async () => {
    const { json } = await api.call('POST', '/api/v1/keys', { name: 'board', role: 'stakeholder' });
    const asked = { source: 'monitor', body: generic('x') };
    const { status } = await api.call('POST', '/api/v1/alerts/simulate', asked, {
      token: String(json['key']),
    });
    expect(status).toBe(403);
  });
});
