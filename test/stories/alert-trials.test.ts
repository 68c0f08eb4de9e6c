/** A sample message through the whole pipeline, against a real record: what it says, and that it stores nothing. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { InhibitionUpkeep } from '../../db/alert/inhibition-upkeep.js';
import type { Replay } from '../../services/alert/alert-replays.service.js';
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
kind: Source
metadata: {name: jobs}
spec: {format: heartbeat, expect: {every: 1h}, service: till, key: 2${KEY.slice(1)}}
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
      priorityReasons: ['severity critical', 'service Till is tier 1 (vital)'],
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
    ['of a source of heartbeats', { source: 'jobs', body: {} }, 400, 'takes no alerts'],
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

describe('priority rules on past incidents', () => {
  it('name the incidents that would have had another priority, with the sentences why; nothing changes', async () => {
    const before = await rows();
    const rules = [{ if: "alert.title == 'Trouble dc'", lower: 2, because: 'it is watched elsewhere' }];
    const { status, json } = await api.call('POST', '/api/v1/priority-rules/backtest', { rules });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      changed: 2,
      items: expect.arrayContaining([
        expect.objectContaining({
          title: 'Trouble dc',
          recorded: 'P1',
          before: 'P1',
          after: 'P3',
          because: [
            'severity critical',
            'service Till is tier 1 (vital)',
            'lowered by 2: it is watched elsewhere',
          ],
        }),
        // Without the rule in force, which the proposal leaves out.
        expect.objectContaining({ title: 'Queue full', before: 'P5', after: 'P1' }),
      ]),
    });
    expect(await rows()).toEqual(before);
  });

  it('that are none are refused with their place', async () => {
    const rules = [{ if: 'alert.nothing ==', set: 'P5', because: 'x' }];
    const { status, text } = await api.call('POST', '/api/v1/priority-rules/backtest', { rules });
    expect([status, text]).toEqual([400, expect.stringContaining('rules')]);
  });
});

describe('a replay of the received messages', () => {
  const replay = async (documents: string, days = 1) => {
    const before = await rows();
    const { status, json, text } = await api.call('POST', '/api/v1/alerts/replay', { days, documents });
    expect({ status, text }).toMatchObject({ status: 200 });
    expect(await rows()).toEqual(before);
    return json as unknown as Replay;
  };
  const inhibition = (mutes: string) =>
    `apiVersion: tocsin/v1\nkind: Inhibition\nmetadata: {name: proposed}\nspec: {when: {alertname: Root}, mutes: ${mutes}}\n`;

  it('against what is in force differs in nothing', async () => {
    await send(generic('root', { labels: { alertname: 'Root', area: 'x' } }));
    for (const n of [1, 2, 3]) await send(generic(`leaf-${n}`, { title: `Leaf ${'abc'.charAt(n - 1)}`, labels: { alertname: `Leaf${n}`, area: 'x' } })); // prettier-ignore
    const same = await replay(DOCUMENTS);
    expect(same).toMatchObject({ fewer: 0, lostTotal: 0, newTotal: 0, leftOut: 0 });
    expect(same.messages).toBeGreaterThan(4);
    expect(same.before).toEqual(same.after);
  });

  it('names the alerts that would have reached nobody, and says why', async () => {
    const found = await replay(inhibition('{area: x, alertname: [Leaf1, Leaf2]}'));
    expect(found).toMatchObject({ fewer: 2, lostTotal: 2, newTotal: 0 });
    expect(found.lost.map(({ dedupKey }) => dedupKey)).toEqual(['leaf-1', 'leaf-2']);
    expect(found.lost[0]?.because).toContain('held back while "Trouble root" fires');
  });

  it('names those that would be new', async () => {
    expect((await api.call('POST', '/api/v1/config/apply', inhibition('{area: y}'))).status).toBe(200);
    await send(generic('quiet leaf', { labels: { alertname: 'LeafY', area: 'y' } }));
    const found = await replay(inhibition('{area: nothing}'));
    expect(found.new.map(({ dedupKey }) => dedupKey)).toEqual(['quiet leaf']);
    expect(found).toMatchObject({ lostTotal: 0, newTotal: 1, fewer: -1 });
  });

  it('counts what joins instead of paging as fewer, and not as lost', async () => {
    const service = `apiVersion: tocsin/v1\nkind: Service\nmetadata: {name: till}\nspec: {displayName: Till, team: shop, tier: 1, policy: shop, group: {by: [area]}}\n`;
    const found = await replay(service);
    expect(found.fewer).toBeGreaterThan(1);
    expect([found.lostTotal, found.newTotal]).toEqual([0, 0]);
  });

  it.each([
    ['documents that are none', { documents: 'hello' }, 422],
    [
      'documents of an unknown kind',
      { documents: 'apiVersion: tocsin/v1\nkind: Wish\nmetadata: {name: a}\nspec: {}' },
      422,
    ],
    ['a hundred days', { documents: DOCUMENTS, days: 100 }, 400],
  ])('of %s is refused', async (_what, body, status) => {
    expect((await api.call('POST', '/api/v1/alerts/replay', body)).status).toBe(status);
  });

  it('needs the permission that a plan of the documents needs, and stores no secret of them', async () => {
    const { json } = await api.call('POST', '/api/v1/keys', { name: 'desk', role: 'responder' });
    const token = String(json['key']);
    const before = await rows();
    const refused = await api.call(
      'POST',
      '/api/v1/alerts/replay',
      { documents: inhibition('{area: q}') },
      { token },
    );
    expect(refused.status).toBe(403);
    const source = `apiVersion: tocsin/v1\nkind: Source\nmetadata: {name: monitor}\nspec: {format: generic, service: till, key: ffff${KEY.slice(4)}}\n`;
    const answer = await api.call('POST', '/api/v1/alerts/replay', { documents: source });
    expect([answer.status, answer.text.includes('ffff')]).toEqual([200, false]);
    expect((await rows())['config_object']).toBe(before['config_object']);
  });

  it('is refused with its cost when there is too much of it', async () => {
    await api.store.dataSource.query(
      `INSERT INTO ingest_log (id, at, source, format, body, signals)
       SELECT gen_random_uuid(), tocsin_now() - interval '2 days', 'monitor', 'generic', '{}', 300000`,
    );
    const answer = await api.call('POST', '/api/v1/alerts/replay', { documents: DOCUMENTS, days: 3 });
    expect([answer.status, answer.text]).toEqual([
      422,
      expect.stringMatching(/300\d{3} alerts .* Ask for fewer days/),
    ]);
  });

  it('lets others get their turn while it runs', async () => {
    await api.store.dataSource.query(
      `INSERT INTO ingest_log (id, at, source, format, body, signals)
       SELECT gen_random_uuid(), tocsin_now() - interval '1 hour' + n * interval '1 millisecond', 'monitor', 'generic',
              convert_to(jsonb_build_object('title', 'Many ' || n, 'severity', 'critical', 'dedupKey', 'many-' || n, 'labels', jsonb_build_object('area', 'x'))::text, 'UTF8'), 1
         FROM generate_series(1, 3000) n`,
    );
    const histogram = monitorEventLoopDelay({ resolution: 5 });
    histogram.enable();
    const { status, json } = await api.call('POST', '/api/v1/alerts/replay', {
      documents: DOCUMENTS,
      days: 1,
    });
    histogram.disable();
    expect(status).toBe(200);
    expect(Number(json['messages'])).toBeGreaterThan(3000);
    // The bound is 50 ms on a free machine; a shared one stands still by itself.
    expect(histogram.percentile(99) / 1e6).toBeLessThan(150);
  });
});
