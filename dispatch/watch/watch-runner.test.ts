/** Watches on the real record, against a server with the shape of Prometheus. The record's clock is moved by the test. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../db/connection/data-source.js';
import { createStore, type Store } from '../../db/connection/store.js';
import { storePushedValues } from '../../db/watch/pushed-values.js';
import type { WatchState } from '../../domain/watch/watch-state.js';
import type { WatchSpec } from '../../domain/watch/watch-spec.js';
import { watchOf } from '../../domain/watch/testing/watch-document.js';
import { createEgress, type Egress } from '../../egress/egress.js';
import { createDatabase, type TestDatabase } from '../../test/harness/database.js';
import { type FakePrometheus, startPrometheus } from '../../test/harness/prometheus.js';
import { Observer } from './observe.js';
import { OriginLimit } from './origin-limit.js';
import { WatchRunner } from './watch-runner.js';

let database: TestDatabase;
let dataSource: DataSource;
let store: Store;
let egress: Egress;
let prometheus: FakePrometheus;
let shiftMs = 0;

beforeEach(async () => {
  database = await createDatabase();
  // One connection, whose clock the test moves.
  dataSource = createDataSource({ url: database.url, name: 'test', poolSize: 1 });
  await dataSource.initialize();
  store = createStore(dataSource, randomBytes(32));
  egress = createEgress({ allow: ['127.0.0.1/32'] });
  prometheus = await startPrometheus();
  shiftMs = 0;
  await apply('Team', 'checkout', { displayName: 'Checkout', discipline: 'development', timezone: 'UTC', members: [], managers: [] }); // prettier-ignore
  await apply('Service', 'checkout-db', { displayName: 'Checkout database', team: 'checkout', tier: 1, dependsOn: [], links: [], diagnostics: [] }); // prettier-ignore
});

afterEach(async () => {
  await egress.close();
  await prometheus.close();
  await dataSource.destroy();
  await database.drop();
});

async function apply(kind: string, name: string, spec: object | null): Promise<void> {
  await dataSource.query(
    `INSERT INTO config_object (kind, name, revision, spec, author, at) SELECT $1, $2, count(*) + 1, $3, 'test', tocsin_now()
       FROM config_object WHERE kind = $1 AND name = $2`,
    [kind, name, spec === null ? null : JSON.stringify(spec)],
  );
  await dataSource.query('UPDATE config_head SET version = version + 1');
}

const watch = (name: string, spec: Partial<WatchSpec> = {}, url = prometheus.url): Promise<void> =>
  apply('Watch', name, watchOf({ source: { prometheus: { url, query: name } }, ...spec }).spec);

function runner(secrets: Record<string, { value: string; hosts: string[] }> = {}): WatchRunner {
  const metrics = {
    egress,
    secrets: {
      find: (name: string) => {
        const secret = secrets[name];
        return Promise.resolve(secret === undefined ? null : { kind: 'secret' as const, ...secret });
      },
    },
    origins: new OriginLimit(),
    timeoutMs: 500,
  };
  return new WatchRunner({
    store: store.watches,
    observer: new Observer(dataSource, metrics),
    metrics,
    log: pino({ enabled: false }),
  });
}

async function later(ms: number): Promise<void> {
  shiftMs += ms;
  await dataSource.query(`SELECT set_config('tocsin.clock_shift', $1, false)`, [`${shiftMs} milliseconds`]);
}

/** One evaluation after each interval. */
async function rounds(run: WatchRunner, count: number, every = 30_000): Promise<void> {
  for (let round = 0; round < count; round += 1) {
    await later(every);
    await run.round();
  }
}

interface AlertSeen {
  key: string;
  status: string;
  title: string;
  priority: string;
  incident: string;
  count: number;
  reasons: string[];
}

const alerts = (): Promise<AlertSeen[]> =>
  dataSource.query(
    `SELECT a.source || ' ' || a.dedup_key AS key, a.status, coalesce(a.newest->>'title', a.title) AS title, i.priority, a.count::int,
            i.status AS incident, i.state->'priorityReasons' AS reasons
       FROM alert a JOIN incident i ON i.id = a.incident_id ORDER BY a.first_at, a.dedup_key`,
  );

const bands: WatchSpec['bands'] = [
  { beyond: 1, priority: 'P4' },
  { beyond: 4, for: '1m', priority: 'P1' },
];

describe('a watch of a metric', () => {
  it('opens an incident with the priority of its band, raises it with a higher one, and resolves it', async () => {
    await watch('p99', { bands });
    await store.watches.sync();
    const run = runner();
    prometheus.answers.set('p99', { value: 1 });
    await run.round();
    expect(await alerts()).toEqual([]);

    prometheus.answers.set('p99', { value: 2.2 });
    await rounds(run, 1);
    expect(await alerts()).toMatchObject([
      {
        key: 'watch/p99 band',
        status: 'open',
        priority: 'P4',
        incident: 'triggered',
        title: 'p99 2.2 s, 4.8 acceptable deviations above the expected 1 s',
        reasons: ['p99 2.2 s, 4.8 acceptable deviations above the expected 1 s'],
      },
    ]);
    await rounds(run, 2);
    expect(await alerts()).toMatchObject([
      { priority: 'P1', title: 'p99 2.2 s, 4.8 acceptable deviations above the expected 1 s, for 1 min' },
    ]);
    prometheus.answers.set('p99', { value: 1 });
    await rounds(run, 3);
    expect(await alerts()).toMatchObject([{ status: 'closed', incident: 'resolved' }]);
  });

  it('raises the priority by the users affected, which are asked only while a band is entered', async () => {
    const usersAffected = { prometheus: { url: prometheus.url, query: 'users' } };
    await watch('p99', { bands, usersAffected });
    await store.watches.sync();
    const run = runner();
    prometheus.answers.set('p99', { value: 1 }).set('users', { value: 12_000 });
    await run.round();
    expect(prometheus.asked.filter(({ query }) => query === 'users')).toEqual([]);
    prometheus.answers.set('p99', { value: 1.5 });
    await rounds(run, 1);
    expect(await alerts()).toMatchObject([{ priority: 'P1' }]);
    expect((await alerts())[0]?.reasons.at(-1)).toBe('12000 users affected raise it from P4 to P1');
  });

  it('tells once what cannot be judged, whatever the server does, and evaluates the others all the same', async () => {
    const bad = {
      hangs: { hang: true },
      garbage: { body: '<html>no</html>' },
      huge: { body: `{"status":"success","data":"${'x'.repeat(10 * 1024 * 1024)}"}` },
      nan: { value: 'NaN' },
      two: { series: [1, 2] },
      refused: { body: JSON.stringify({ status: 'error', error: 'bad query' }), status: 400 },
      broken: { body: 'oops', status: 502 },
    } as const;
    for (const [name, answer] of Object.entries(bad)) {
      await watch(name, { noData: { for: '1m', priority: 'P3' } });
      prometheus.answers.set(name, answer);
    }
    await watch('fine', { bands });
    prometheus.answers.set('fine', { value: 5 });
    await store.watches.sync();
    const run = runner();
    await run.round();
    await rounds(run, 5);
    const told = await alerts();
    expect(told.map(({ key }) => key).sort()).toEqual(
      ['watch/fine band', ...Object.keys(bad).map((name) => `watch/${name} not-judged`)].sort(),
    );
    const unjudged = told.filter(({ key }) => key.endsWith('not-judged'));
    expect(unjudged.map(({ count }) => count)).toEqual(unjudged.map(() => 1));
    const titles = told.map(({ title }) => title).join('\n');
    for (const why of [
      'did not answer',
      'not JSON as Prometheus has it',
      'more than 64 KiB',
      'the value is NaN',
      'gives 2 series',
      'bad query',
      'answered 502',
    ])
      expect(titles).toContain(why);
  }, 120_000);

  it('that moves backwards in time cannot be judged', async () => {
    await watch('p99', { bands, noData: { for: '1m', priority: 'P3' } });
    await store.watches.sync();
    const run = runner();
    prometheus.answers.set('p99', { value: 1 });
    await run.round();
    prometheus.answers.set('p99', { value: 9, at: Date.now() - 3_600_000 });
    await rounds(run, 4);
    expect(await alerts()).toMatchObject([{ key: 'watch/p99 not-judged', priority: 'P3' }]);
  });

  it('is judged again as soon as a clock that was ahead is right (prometheus#2530, #8312)', async () => {
    await watch('p99', { bands, noData: { for: '1m', priority: 'P3' } });
    await store.watches.sync();
    const run = runner();
    prometheus.answers.set('p99', { value: 1, at: Date.now() + 24 * 3_600_000 });
    await run.round();
    prometheus.answers.set('p99', { value: 9 });
    await rounds(run, 4);
    expect(await alerts()).toMatchObject([{ key: 'watch/p99 band', priority: 'P1' }]);
  });

  it('does not learn an outage: neither the outage ends it nor the recovery begins another', async () => {
    await watch('p99', {
      bands: [{ beyond: 1, for: '10m', priority: 'P2' }],
      every: '5m',
      direction: 'both',
      expected: { baseline: { kind: 'rolling-median', window: '30m' } },
    });
    await store.watches.sync();
    prometheus.past = () => 1;
    prometheus.answers.set('p99', { value: 1 });
    const run = runner();
    await run.round();
    prometheus.answers.set('p99', { value: 5 });
    await rounds(run, 24, 5 * 60_000);
    expect(await alerts()).toMatchObject([{ status: 'open', incident: 'triggered' }]);
    expect((await stateOf('p99')).last).toMatchObject({ value: 5, expected: { value: 1 } });
    prometheus.answers.set('p99', { value: 1 });
    await rounds(run, 8, 5 * 60_000);
    expect(await alerts()).toMatchObject([{ status: 'closed', incident: 'resolved' }]);
    expect((await stateOf('p99')).last).toMatchObject({ value: 1, count: 0, expected: { value: 1 } });
  });

  it('knows the past of its metric from the first evaluation, and judges by it', async () => {
    await watch('p99', {
      bands,
      expected: { baseline: { kind: 'same-hour', weeks: 4 } },
      acceptable: { percent: 25 },
    });
    await store.watches.sync();
    prometheus.past = () => 1;
    prometheus.answers.set('p99', { value: 1.5 });
    await runner().round();
    expect(await alerts()).toMatchObject([
      { title: 'p99 1.5 s, 2 acceptable deviations above the same hour of the last four weeks' },
    ]);
  });

  it('sends a secret to the hosts it is for and to no other', async () => {
    const auth = { bearer: 'prometheus_token' };
    await watch('p99', { source: { prometheus: { url: prometheus.url, query: 'p99', auth } } });
    await store.watches.sync();
    prometheus.answers.set('p99', { value: 1 });
    await runner({ prometheus_token: { value: 's3cret-token', hosts: ['elsewhere.example.com'] } }).round();
    expect(prometheus.asked).toEqual([]);
    await later(30_000);
    const host = new URL(prometheus.url).host;
    await runner({ prometheus_token: { value: 's3cret-token', hosts: [`http://${host}`] } }).round();
    expect(prometheus.asked[0]?.authorization).toBe('Bearer s3cret-token');
  });

  it('may not ask a private address', async () => {
    await watch('p99', { noData: { for: '30s', priority: 'P3' } }, 'http://169.254.169.254');
    await store.watches.sync();
    const run = runner();
    await run.round();
    await rounds(run, 2);
    expect((await alerts())[0]?.title).toContain('may not be asked');
  });

  it('ends its alerts when its document is deleted, and leaves nothing', async () => {
    await watch('p99', { bands });
    await store.watches.sync();
    prometheus.answers.set('p99', { value: 5 });
    await runner().round();
    await apply('Watch', 'p99', null);
    await store.watches.sync();
    expect(await alerts()).toMatchObject([{ status: 'closed', incident: 'resolved' }]);
    expect(await dataSource.query('SELECT 1 FROM watch_state UNION ALL SELECT 1 FROM watch_bucket')).toEqual(
      [],
    );
  });
});

describe('a worker that ends between two evaluations', () => {
  it('has told nothing twice: its claim is taken over, and what it saves late is dropped', async () => {
    await watch('p99', { bands });
    await store.watches.sync();
    prometheus.answers.set('p99', { value: 1.5 });
    const [claim] = await store.watches.claim(10);
    expect(claim).toBeDefined();
    expect(await store.watches.claim(10)).toEqual([]);
    // Its lease ends; another worker evaluates and tells.
    await later(61_000);
    await runner().round();
    expect(await alerts()).toMatchObject([{ count: 1 }]);
    const late = await store.watches.saveAndTell(
      {
        name: 'p99',
        version: claim?.version ?? 0,
        state: { ...(await stateOf('p99')), open: null },
        nextAt: claim?.now ?? 0,
        buckets: [],
        taken: [],
      },
      [],
    );
    expect(late).toBe(false);
    expect((await stateOf('p99')).open).not.toBeNull();
    // A fresh worker, nothing in memory: the open band is not told again.
    await rounds(runner(), 3);
    expect(await alerts()).toMatchObject([{ count: 1 }]);
  });

  it('tells again within 15 minutes what a person resolved and still holds', async () => {
    await watch('p99', { bands });
    await store.watches.sync();
    prometheus.answers.set('p99', { value: 1.5 });
    const run = runner();
    await run.round();
    const rows: { id: string }[] = await dataSource.query('SELECT id FROM incident');
    await store.recorder.record({
      incidentId: rows[0]?.id ?? '',
      actor: 'ana',
      command: { type: 'resolve', comment: null, because: 'person' },
    });
    await rounds(run, 3, 5 * 60_000 + 30_000);
    expect((await alerts()).at(-1)).toMatchObject({ status: 'open', incident: 'triggered' });
  });
});

describe('values that are pushed', () => {
  it('are judged in the order of their times, whatever the order in which they come', async () => {
    await watch('orders', {
      source: { push: {} },
      direction: 'below',
      bands: [{ beyond: 1, for: '1m', priority: 'P2' }],
    });
    await store.watches.sync();
    const run = runner();
    const now = Date.now();
    const at = (seconds: number, value: number) => ({ watch: 'orders', at: now + seconds * 1000, value });
    await storePushedValues(dataSource, [at(60, 0.2), at(0, 0.2), at(30, 0.2)]);
    await run.round();
    expect(await alerts()).toMatchObject([{ key: 'watch/orders band', priority: 'P2' }]);
    expect(await dataSource.query('SELECT 1 FROM pushed_value')).toEqual([]);
    // A late value is kept for the baseline and changes nothing.
    await storePushedValues(dataSource, [at(-600, 1), at(45, 1)]);
    await rounds(run, 1);
    expect(await alerts()).toMatchObject([{ status: 'open', count: 1 }]);
    const rows: { n: number }[] = await dataSource.query(
      `SELECT sum(n)::int AS n FROM watch_bucket WHERE width = 300`,
    );
    expect(rows).toEqual([{ n: 5 }]);
  });

  it('that are old say nothing about now: they neither page nor end what is told (kapacitor#815)', async () => {
    await watch('orders', {
      source: { push: {} },
      noData: { for: '2m', priority: 'P3' },
      bands: [{ beyond: 1, priority: 'P2' }],
    });
    await store.watches.sync();
    const run = runner();
    const ago = (minutes: number, value: number) => ({
      watch: 'orders',
      at: Date.now() + shiftMs - minutes * 60_000,
      value,
    });
    await storePushedValues(dataSource, [ago(60 * 24 * 14, 9), ago(90, 9), ago(60, 9)]);
    await run.round();
    expect(await alerts()).toEqual([]);
    await rounds(run, 6);
    expect(await alerts()).toMatchObject([{ key: 'watch/orders no-data', status: 'open' }]);
    await storePushedValues(dataSource, [ago(30, 1)]);
    await rounds(run, 1);
    expect(await alerts()).toMatchObject([{ key: 'watch/orders no-data', status: 'open' }]);
    expect(await dataSource.query('SELECT 1 FROM pushed_value')).toEqual([]);
    await storePushedValues(dataSource, [ago(0, 9)]);
    await rounds(run, 1);
    expect(await alerts()).toMatchObject([
      { key: 'watch/orders no-data', status: 'closed' },
      { key: 'watch/orders band', status: 'open' },
    ]);
  });

  it('that stop coming are no data', async () => {
    await watch('orders', { source: { push: {} }, noData: { for: '2m', priority: 'P3' } });
    await store.watches.sync();
    const run = runner();
    await storePushedValues(dataSource, [{ watch: 'orders', at: Date.now(), value: 1 }]);
    await run.round();
    await rounds(run, 6);
    expect(await alerts()).toMatchObject([{ key: 'watch/orders no-data' }]);
  });
});

async function stateOf(name: string): Promise<WatchState> {
  const rows: { state: WatchState }[] = await dataSource.query(
    'SELECT state FROM watch_state WHERE name = $1',
    [name],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`no state of ${name}`);
  return row.state;
}
