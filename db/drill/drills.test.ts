import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import type { DrillSpec } from '../../domain/drill/drill-spec.js';
import { createStore, type Store } from '../connection/store.js';
import { declareIncident } from '../incident/declare-incident.js';
import { pagedFixture } from '../testing/paged-fixture.js';

const spec: DrillSpec = {
  service: 'checkout-db',
  schedule: null,
  surprise: true,
  inject: [
    { alert: { title: 'Replica lag', severity: 'critical' } },
    { alert: { title: 'Disk full', severity: 'error' } },
  ],
  expect: [{ acknowledgedWithin: '5m' }, { resolvedWithin: '30m', weight: 2 }],
  abortOn: { realIncident: ['P1'] },
  maxDuration: '1h',
};

async function withDrills(dataSource: DataSource): Promise<Store> {
  const store = createStore(dataSource, randomBytes(32));
  for (const name of ['failover', 'restore'])
    await dataSource.query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ('Drill', $1, 1, $2, 'test', tocsin_now())`,
      [name, JSON.stringify(spec)],
    );
  await pagedFixture(dataSource, store);
  return store;
}

async function start({ drillStarts }: Store, name: string): Promise<{ id: string; incident: string }> {
  const started = await drillStarts.start(name, 'ana');
  if (started === null || 'refused' in started) throw new Error(`${name} did not start`);
  return started;
}

const openReal = (store: Store, priority: 'P1' | 'P2') =>
  store.dataSource.transaction((tx) =>
    declareIncident(tx, store, { title: 'Real', service: 'shop', priority, actor: 'bo' }),
  );

const actions = async ({ dataSource }: Store): Promise<string[]> => {
  const rows: { action: string }[] = await dataSource.query(
    `SELECT action FROM audit_entry WHERE subject LIKE 'drill/%' ORDER BY id`,
  );
  return rows.map(({ action }) => action);
};

it('a drill is one incident; its runs are shown with the score of their expectations', () =>
  withDatabase(async (dataSource) => {
    const store = await withDrills(dataSource);
    const first = await start(store, 'failover');
    const alerts: unknown[] = await dataSource.query('SELECT 1 FROM alert WHERE incident_id = $1', [
      first.incident,
    ]);
    expect(alerts).toHaveLength(2);
    await store.recorder.record({
      incidentId: first.incident,
      actor: 'ana',
      command: { type: 'acknowledge', person: 'ana' },
    });
    expect(await store.drillView.get(first.id)).toMatchObject({
      state: 'running',
      score: null,
      expectations: [{ met: true }, { met: null }],
    });
    expect(await store.drills.finish(first.id, { state: 'finished' })).toMatchObject({
      state: 'finished',
      score: { earned: 3, possible: 3 },
    });
    const other = await start(store, 'restore');
    await store.drills.finish(other.id, { state: 'finished' });
    const again = await start(store, 'failover');
    expect((await store.drillView.list(10)).map(({ id }) => id)).toEqual([again.id, other.id, first.id]);
    expect((await store.drillView.last()).map(({ id }) => id)).toEqual([again.id, other.id]);
    expect((await store.drillView.list(10)).at(-1)).toMatchObject({
      score: { earned: 3, possible: 3 },
      expectations: [{ met: true }, { met: true }],
    });
  }));

it('a running drill aborts for a real incident of its team and priority, and none starts beside it', () =>
  withDatabase(async (dataSource) => {
    const store = await withDrills(dataSource);
    const { id } = await start(store, 'failover');
    await openReal(store, 'P2');
    expect(await store.drills.abortForRealIncidents()).toEqual([]);
    const { number } = await openReal(store, 'P1');
    expect(await store.drills.abortForRealIncidents()).toEqual([id]);
    expect(await store.drills.abortForRealIncidents()).toEqual([]);
    expect(await store.drillView.get(id)).toMatchObject({ state: 'aborted', abortedBy: 'tocsin' });
    const reason = `${number} (P1) is real and open for team Checkout, which would take part`;
    expect(await store.drillStarts.start('restore', 'ana')).toEqual({ refused: reason });
    expect(await actions(store)).toEqual(['drill.start', 'drill.abort', 'drill.refuse']);
  }));

it('two aborts at once end one drill once: the other one changes nothing', () =>
  withDatabase(async (dataSource) => {
    const store = await withDrills(dataSource);
    const { id, incident } = await start(store, 'failover');
    const abort = (by: string) => store.drills.finish(id, { state: 'aborted', by, reason: `said ${by}` });
    const ended = await Promise.all([abort('ana'), abort('bo')]);
    expect(ended.filter((run) => run !== null)).toHaveLength(1);
    expect(await store.drills.finish(id, { state: 'finished' })).toBeNull();
    expect(await actions(store)).toEqual(['drill.start', 'drill.abort']);
    const resolved: unknown[] = await dataSource.query(
      `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'resolved'`,
      [incident],
    );
    expect(resolved).toHaveLength(1);
  }));

it('a score with a pending expectation is computed at each reading; one without is final', () =>
  withDatabase(async (dataSource) => {
    const store = await withDrills(dataSource);
    await dataSource.query(`UPDATE config_object SET spec = $1 WHERE kind = 'Drill' AND name = 'restore'`, [
      JSON.stringify({ ...spec, expect: [{ resolvedWithin: '30m' }, { reviewedWithin: '3bd' }] }),
    ]);
    const reopen = (incidentId: string) =>
      store.recorder.record({ incidentId, actor: 'ana', command: { type: 'reopen', reason: null } });

    const final = await start(store, 'failover');
    await store.drills.finish(final.id, { state: 'finished' });
    const scored = await store.drillView.get(final.id);
    expect(scored).toMatchObject({
      score: { earned: 2, possible: 3 },
      expectations: [{ met: false }, { met: true }],
    });
    await reopen(final.incident);
    await store.drills.score(final.id);
    expect(await store.drillView.get(final.id)).toEqual(scored);

    const pending = await start(store, 'restore');
    await store.drills.finish(pending.id, { state: 'finished' });
    expect(await store.drillView.get(pending.id)).toMatchObject({
      score: { earned: 1, possible: 2 },
      expectations: [{ met: true }, { met: null }],
    });
    await reopen(pending.incident);
    expect(await store.drillView.get(pending.id)).toMatchObject({
      score: { earned: 0, possible: 2 },
      expectations: [{ met: null }, { met: null }],
    });
  }));
