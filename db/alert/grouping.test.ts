/** Groups of alerts on a real record: one cause is one incident, and nothing else joins it. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { GroupSpec } from '../../domain/alert/group-spec.js';
import type { AlertSignal } from '../../domain/alert/signal.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore } from '../connection/store.js';
import { IncidentCommands } from '../incident/incident-commands.js';
import { readEvents } from '../incident/record.js';
import { recordInvariants } from '../invariants/record.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { releaseHeldAlerts } from './held-alerts.js';

const signal = (fields: Partial<AlertSignal>): AlertSignal => ({
  action: 'trigger',
  dedupKey: 'k',
  title: 'Replica lag',
  severity: 'error',
  labels: {},
  links: [],
  occurredAt: null,
  detail: null,
  ...fields,
});

async function fixtureOn(dataSource: DataSource) {
  const store = createStore(dataSource, randomBytes(32));
  const { query } = await pagedFixture(dataSource, store);
  const send = async (signals: Partial<AlertSignal>[], about: { service?: string; drill?: string } = {}) => {
    const { service = 'checkout-db', drill } = about;
    return store.intake.ingest({
      source: 'prometheus',
      spec: { format: 'alertmanager', service },
      signals: signals.map(signal),
      raw: null,
      ...(drill === undefined ? {} : { drill }),
    });
  };
  const incidentOf = async (fields: Partial<AlertSignal>, about = {}) => (await send([fields], about))[0]?.incident ?? ''; // prettier-ignore
  const state = async (id: string): Promise<IncidentState> => {
    const rows: { state: IncidentState }[] = await query('SELECT state FROM incident WHERE id = $1', [id]);
    const [row] = rows;
    if (row === undefined) throw new Error(`no incident ${id}`);
    return row.state;
  };
  const kinds = async (id: string) => (await readEvents(dataSource, id, 0)).map(({ kind }) => kind);
  const ask = (incidentId: string, command: IncidentCommand) =>
    store.recorder.record({ incidentId, command, actor: 'ana' });
  const set = async (group: GroupSpec) => {
    await query(`UPDATE config_object SET spec = spec || $1::jsonb WHERE kind = 'Service'`, [JSON.stringify({ group })]); // prettier-ignore
    await query('UPDATE config_head SET version = version + 1');
  };
  /** Makes everything that much older. */
  const age = async (interval: string): Promise<void> => {
    await query('UPDATE alert_group SET last_at = last_at - $1::interval', [interval]);
    await query('UPDATE alert SET closed_at = closed_at - $1::interval', [interval]);
    await query(
      `UPDATE incident SET resolved_at = resolved_at - $1::interval,
         state = CASE WHEN resolved_at IS NULL THEN state
                 ELSE jsonb_set(state, '{resolvedAt}', to_jsonb(to_char((resolved_at - $1::interval) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))) END`,
      [interval],
    );
  };
  return { store, query, send, incidentOf, state, kinds, ask, set, age };
}

const withFixture = (play: (fixture: Awaited<ReturnType<typeof fixtureOn>>) => Promise<void>) => () =>
  withDatabase(async (dataSource) => {
    const fixture = await fixtureOn(dataSource);
    await play(fixture);
    for (const { id, says, sql } of recordInvariants.filter((one) => one.id === 'I2')) {
      const parameters = ['1 day', '1 minute'].slice(0, sql.includes('$2') ? 2 : sql.includes('$1') ? 1 : 0);
      expect([id, says, await fixture.query(sql, parameters)]).toEqual([id, says, []]);
    }
  });

const fingerprints = (n: number, fields: Partial<AlertSignal> = {}) =>
  Array.from({ length: n }, (_, at) => ({ dedupKey: `f${at}`, title: `Replica lag on db-${at}`, ...fields }));
const lag = { groupKey: '{}/{}:{alertname="ReplicaLag"}', labels: { alertname: 'ReplicaLag' } };

describe('alerts of one group', () => {
  it(
    'are one incident with one escalation: 80 fingerprints of one Alertmanager group',
    withFixture(async ({ send, state, kinds, query }) => {
      const taken = await send(fingerprints(80, lag));
      const incidents = new Set(taken.map(({ incident }) => incident));
      expect(incidents.size).toBe(1);
      const [id] = [...incidents];
      expect(await state(id ?? '')).toMatchObject({ alertsOpen: 80, alertsTotal: 80, status: 'triggered' });
      expect((await kinds(id ?? '')).filter((kind) => kind !== 'alert_joined')).toEqual(['opened']);
      const reasons: { text: string }[] = await query(
        `SELECT r->>'text' AS text FROM alert, jsonb_array_elements(reasons) r WHERE dedup_key = 'f9' AND r->>'stage' = 'grouping'`,
      );
      expect(reasons[0]?.text).toMatch(
        /^(of the same group as INC-\d+|the first of its group) \(the sender's group/,
      );
    }),
  );

  it(
    'are resolved by their source only when the last one has closed',
    withFixture(async ({ send, state }) => {
      const [first] = await send(fingerprints(3, lag));
      const id = first?.incident ?? '';
      await send(fingerprints(2).map((one) => ({ ...one, action: 'resolve' as const })));
      expect(await state(id)).toMatchObject({ status: 'triggered', alertsOpen: 1 });
      await send([{ dedupKey: 'f2', action: 'resolve' }]);
      expect(await state(id)).toMatchObject({ status: 'resolved', alertsOpen: 0 });
    }),
  );

  it(
    'are taken apart by a person: split off, or moved to another incident; the key stays where it went',
    withFixture(async ({ store, send, state, kinds, query, incidentOf, ask }) => {
      const [first] = await send(fingerprints(3, lag));
      const id = first?.incident ?? '';
      const alertOf = async (key: string): Promise<string> => {
        const rows: { id: string }[] = await query('SELECT id FROM alert WHERE dedup_key = $1', [key]);
        return rows[0]?.id ?? '';
      };
      const move = async (key: string, into: string | null) =>
        store.alertMoves.move({ alert: await alertOf(key), into, actor: 'ana' });
      const split = await move('f1', null);
      if (split.kind !== 'moved') throw new Error(JSON.stringify(split));
      expect(await state(id)).toMatchObject({ alertsOpen: 2, alertsTotal: 2, status: 'triggered' });
      expect(await state(split.incident)).toMatchObject({
        alertsOpen: 1,
        title: 'Replica lag on db-1',
        status: 'triggered',
      });
      expect(await kinds(id)).toContain('alert_moved');
      expect(await incidentOf({ dedupKey: 'f1', title: 'Replica lag on db-1', ...lag })).toBe(split.incident);
      // A new alert of the group goes on to join the first.
      expect(await incidentOf({ dedupKey: 'f9', ...lag })).toBe(id);
      const other = await incidentOf({
        dedupKey: 'disk',
        title: 'Disk full',
        labels: { alertname: 'Disk' },
        severity: 'warning',
      });
      expect(await move('f2', other)).toEqual({ kind: 'moved', incident: other });
      expect((await state(other)).alertsOpen).toBe(2);
      expect((await state(other)).priority).toBe((await state(id)).priority);
      expect(await move('f2', other)).toMatchObject({ kind: 'refused', code: 'already_there' });
      expect(await move('f1', null)).toMatchObject({ kind: 'refused', code: 'only_alert' });
      expect(await store.alertMoves.move({ alert: id, into: null, actor: 'ana' })).toEqual({
        kind: 'not_found',
        what: 'alert',
      });
      await ask(other, { type: 'resolve', comment: null, because: 'person' });
      expect(await move('f9', other)).toMatchObject({ kind: 'refused', code: 'already_resolved' });
      expect(await move('f2', id)).toMatchObject({ kind: 'refused', code: 'alert_closed' });
    }),
  );

  it(
    'that two people split off and move at the same moment are in one incident each',
    withFixture(async ({ store, send, query }) => {
      const [first] = await send(fingerprints(4, lag));
      const from = first?.incident ?? '';
      const alerts: { id: string }[] = await query('SELECT id FROM alert ORDER BY dedup_key');
      const moved = await Promise.all(
        alerts.flatMap(({ id: alert }) => [
          store.alertMoves.move({ alert, into: null, actor: 'ana' }),
          store.alertMoves.move({ alert, into: null, actor: 'bo' }),
        ]),
      );
      // The last open alert of an incident stays: each alert is split off once, and one is left.
      expect(moved.filter(({ kind }) => kind === 'moved')).toHaveLength(3);
      const open: { incident: string; n: number }[] = await query(
        `SELECT incident_id AS incident, count(*)::int AS n FROM alert WHERE status = 'open' GROUP BY 1`,
      );
      expect(open.map(({ n }) => n)).toEqual([1, 1, 1, 1]);
      expect(open.map(({ incident }) => incident)).toContain(from);
    }),
  );

  it(
    'that arrive at the same moment are one incident',
    withFixture(async ({ send, query }) => {
      const bodies = Array.from({ length: 6 }, (_, body) =>
        send([
          { dedupKey: `a${body}`, labels: { alertname: 'Lag' } },
          { dedupKey: `b${body}`, labels: { alertname: 'Disk' } },
          { dedupKey: `c${5 - body}`, labels: { alertname: body % 2 === 0 ? 'Lag' : 'Disk' } },
        ]),
      );
      const all = (await Promise.all(bodies)).flat();
      expect(new Set(all.map(({ incident }) => incident)).size).toBe(2);
      expect(await query(`SELECT 1 FROM incident_opening`)).toHaveLength(2);
    }),
  );

  it(
    'never join across services, teams, and drills',
    withFixture(async ({ incidentOf, query }) => {
      const one = await incidentOf({ dedupKey: 'a', ...lag });
      expect(await incidentOf({ dedupKey: 'b', ...lag }, { service: 'shop' })).not.toBe(one);
      expect(await incidentOf({ dedupKey: 'c', ...lag })).toBe(one);
      await query(
        `UPDATE incident SET state = jsonb_set(state, '{escalations,0,team}', '"former"') WHERE id = $1`,
        [one],
      );
      expect(await incidentOf({ dedupKey: 'd', ...lag })).not.toBe(one);
    }),
  );

  it(
    'that no longer arrive close together are another incident, and so are those that nobody groups',
    withFixture(async ({ incidentOf, set, age }) => {
      const one = await incidentOf({ dedupKey: 'a' });
      await age('9 minutes');
      expect(await incidentOf({ dedupKey: 'b' })).toBe(one);
      await age('11 minutes');
      const two = await incidentOf({ dedupKey: 'c' });
      expect(two).not.toBe(one);
      await set({ by: [] });
      expect(await incidentOf({ dedupKey: 'd' })).not.toBe(two);
    }),
  );

  it(
    'stay one incident through a merge: what joins later joins the other',
    withFixture(async ({ store, incidentOf, state }) => {
      const from = await incidentOf({ dedupKey: 'a', ...lag });
      const into = await incidentOf({ dedupKey: 'b', title: 'Disk full' });
      const { dataSource, recorder, snapshots } = store;
      await new IncidentCommands(dataSource, recorder, snapshots).merge(
        { incidentId: from, actor: 'ana' },
        into,
      );
      expect(await incidentOf({ dedupKey: 'c', ...lag })).toBe(into);
      expect((await state(into)).alertsOpen).toBe(3);
    }),
  );
});

describe('what joins an incident that somebody has', () => {
  it(
    'is silent unless it is worse (page: higher, the default)',
    withFixture(async ({ incidentOf, ask, state, kinds }) => {
      const id = await incidentOf({ dedupKey: 'a', severity: 'warning' });
      await ask(id, { type: 'acknowledge', person: 'ana' });
      await incidentOf({ dedupKey: 'b', severity: 'warning' });
      expect(await state(id)).toMatchObject({ status: 'acknowledged', alertsOpen: 2 });
      await incidentOf({ dedupKey: 'c', severity: 'critical' });
      expect(await state(id)).toMatchObject({ status: 'triggered', priority: 'P1', alertsOpen: 3 });
      expect(await kinds(id)).toEqual(['opened', 'acknowledged', 'alert_joined', 'alert_joined', 'unacknowledged', 'priority_set']); // prettier-ignore
    }),
  );

  it(
    'pages with every alert when the group says always, and does not start over what is being paged',
    withFixture(async ({ incidentOf, ask, set, state, kinds }) => {
      await set({ page: 'always' });
      const id = await incidentOf({ dedupKey: 'a' });
      await incidentOf({ dedupKey: 'b' });
      expect(await kinds(id)).toEqual(['opened', 'alert_joined']);
      await ask(id, { type: 'acknowledge', person: 'ana' });
      await incidentOf({ dedupKey: 'c' });
      expect(await state(id)).toMatchObject({ status: 'triggered', alertsOpen: 3 });
    }),
  );

  it(
    'never pages when the group says never; the priority is told all the same',
    withFixture(async ({ incidentOf, ask, set, state }) => {
      await set({ page: 'never' });
      const id = await incidentOf({ dedupKey: 'a', severity: 'warning' });
      await ask(id, { type: 'acknowledge', person: 'ana' });
      await incidentOf({ dedupKey: 'b', severity: 'critical' });
      expect(await state(id)).toMatchObject({
        status: 'acknowledged',
        acknowledgedBy: 'ana',
        priority: 'P1',
      });
    }),
  );

  it(
    'opens it again when it is over, and pages',
    withFixture(async ({ incidentOf, ask, state, kinds, set }) => {
      await set({ page: 'never' });
      const id = await incidentOf({ dedupKey: 'a', ...lag });
      await ask(id, { type: 'resolve', comment: null, because: 'person' });
      expect(await incidentOf({ dedupKey: 'b', ...lag })).toBe(id);
      expect(await state(id)).toMatchObject({ status: 'triggered', alertsOpen: 1 });
      expect((await kinds(id)).at(-1)).toBe('reopened');
    }),
  );
});

describe('what one holder held', () => {
  it(
    'is one group of each service when the holder ends',
    withFixture(async ({ store, send, query }) => {
      await query(`UPDATE config_object SET spec = spec || '{"after": {"count": 9, "within": "1h"}}' WHERE kind = 'Service'`); // prettier-ignore
      await query('UPDATE config_head SET version = version + 1');
      const held = ['Lag', 'Disk', 'Memory'].map((name) => ({ dedupKey: name, title: name }));
      await send(held);
      await send([{ dedupKey: 'shop' }], { service: 'shop' });
      await query(`UPDATE alert SET held_by = 'silence/1', judged_at = judged_at - interval '1 second'`);
      await query(`UPDATE config_object SET spec = spec - 'after' WHERE kind = 'Service'`);
      await query('UPDATE config_head SET version = version + 1');
      expect(await releaseHeldAlerts(store, 'silence/1')).toBe(4);
      const rows: { service: string; alerts: string; incidents: string }[] = await query(
        `SELECT service, count(*) AS alerts, count(DISTINCT incident_id) AS incidents FROM alert GROUP BY service ORDER BY service`,
      );
      expect(rows).toEqual([
        { service: 'checkout-db', alerts: '3', incidents: '1' },
        { service: 'shop', alerts: '1', incidents: '1' },
      ]);
    }),
  );
});
