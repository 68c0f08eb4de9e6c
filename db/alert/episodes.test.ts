/** Alert episodes on a real record: resolved while firing, re-firing, clocks, joining, truncated groups. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { AlertSignal, GroupNotice } from '../../domain/alert/signal.js';
import type { IncidentCommand } from '../../domain/incident/commands.js';
import type { IncidentState } from '../../domain/incident/state.js';
import { withDatabase } from '../../test/harness/database.js';
import { recordInvariants } from '../invariants/record.js';
import { readEvents } from '../incident/record.js';
import { IncidentCommands } from '../incident/incident-commands.js';
import { createStore, type Store } from '../connection/store.js';
import { pagedFixture } from '../testing/paged-fixture.js';

const signal = (fields: Partial<AlertSignal> = {}): AlertSignal => ({
  action: 'trigger',
  dedupKey: 'backup',
  title: 'Nightly backup failed',
  severity: 'critical',
  labels: {},
  links: [],
  occurredAt: null,
  detail: null,
  ...fields,
});

const merging = ({ dataSource, recorder, snapshots }: Store) =>
  new IncidentCommands(dataSource, recorder, snapshots);

async function fixtureOn(dataSource: DataSource) {
  const store = createStore(dataSource, randomBytes(32));
  const { query } = await pagedFixture(dataSource, store);
  // Episodes are about one key: nothing groups the keys of these tests, whose titles are the same.
  await query(`UPDATE config_object SET spec = spec || '{"group": {"by": []}}' WHERE kind = 'Service'`);
  await query('UPDATE config_head SET version = version + 1');
  const take = async (fields: Partial<AlertSignal> = {}, raw: string | null = null) => {
    const [first] = await store.intake.ingest({
      source: 'monitor',
      spec: { format: 'pagerduty-v2', service: 'checkout-db', acknowledge: true },
      signals: [signal(fields)],
      raw: raw === null ? null : Buffer.from(raw),
    });
    return first ?? { decision: 'dropped', incident: null, dedupKey: '' };
  };
  const group = (signals: Partial<AlertSignal>[], notice: GroupNotice) =>
    store.intake.ingest({
      source: 'monitor',
      spec: { format: 'alertmanager', service: 'checkout-db' },
      signals: signals.map(signal),
      group: notice,
      raw: null,
    });
  const opened = async (fields: Partial<AlertSignal> = {}) => (await take(fields)).incident ?? '';
  const ask = (incidentId: string, command: IncidentCommand, actor = 'ana') =>
    store.recorder.record({ incidentId, command, actor });
  const state = async (id: string): Promise<IncidentState> => {
    const rows: { state: IncidentState }[] = await query('SELECT state FROM incident WHERE id = $1', [id]);
    const [row] = rows;
    if (row === undefined) throw new Error(`no incident ${id}`);
    return row.state;
  };
  const kinds = async (id: string) => (await readEvents(dataSource, id, 0)).map(({ kind }) => kind);
  const resolve = (id: string) => ask(id, { type: 'resolve', comment: null, because: 'person' });
  const acknowledge = (id: string) => ask(id, { type: 'acknowledge', person: 'ana' });
  /** Makes the closed alert that much older. */
  const age = async (interval: string): Promise<void> => {
    await query(
      `UPDATE alert SET closed_at = closed_at - $1::interval, triggered_at = triggered_at - $1::interval`,
      [interval],
    );
    await query(`UPDATE incident SET resolved_at = resolved_at - $1::interval`, [interval]);
  };
  const notices = async (id: string): Promise<{ person: string; state: string; text: string }[]> =>
    query(
      `SELECT person, state, subject->>'text' AS text FROM delivery WHERE incident_id = $1 AND type = 'notice.sent' ORDER BY created_at`,
      [id],
    );
  const plan = async (spec: object): Promise<void> => {
    await query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at)
       VALUES ('ResponsePlan', 'default', 1, $1, 'test', tocsin_now())`,
      [JSON.stringify({ priorities: {}, ...spec })],
    );
    await query('UPDATE config_head SET version = version + 1');
  };
  const breaches = async () => {
    const found: string[] = [];
    for (const { id, sql } of recordInvariants.filter((one) => one.id === 'I2' || one.id === 'I6')) {
      const parameters = ['1 day', '1 minute'].slice(0, sql.includes('$2') ? 2 : sql.includes('$1') ? 1 : 0);
      for (const row of (await query(sql, parameters)) as { subject: string; detail: string }[])
        found.push(`${id}: ${row.subject} ${row.detail}`);
    }
    return found;
  };
  return {
    store,
    take,
    group,
    opened,
    ask,
    state,
    kinds,
    resolve,
    acknowledge,
    age,
    notices,
    plan,
    breaches,
    query,
  };
}

type Fixture = Awaited<ReturnType<typeof fixtureOn>>;
const withFixture = (play: (fixture: Fixture) => Promise<void>) => () =>
  withDatabase(async (dataSource) => {
    const fixture = await fixtureOn(dataSource);
    await play(fixture);
    expect(await fixture.breaches()).toEqual([]);
  });

describe('resolved by hand while it fires (grafana-cold-storage/oncall#5392)', () => {
  it(
    'opens again and pages with its next message, at once',
    withFixture(async ({ take, opened, acknowledge, resolve, state, kinds, query }) => {
      const id = await opened();
      await acknowledge(id);
      await resolve(id);
      expect(await state(id)).toMatchObject({ status: 'resolved', alertsOpen: 0, firedWhenResolved: 1 });
      expect(await query('SELECT status, closed_by FROM alert')).toEqual([
        { status: 'closed', closed_by: 'ana' },
      ]);
      expect(await take()).toMatchObject({ decision: 'new', incident: id });
      expect(await kinds(id)).toEqual(['opened', 'acknowledged', 'resolved', 'alert_joined', 'reopened']);
      expect(await state(id)).toMatchObject({ status: 'triggered', alertsOpen: 1 });
      expect((await query('SELECT next_deadline IS NOT NULL AS due FROM incident'))[0]).toEqual({
        due: true,
      });
    }),
  );

  it(
    'is a new incident after the reopen window',
    withFixture(async ({ take, opened, resolve, age, state }) => {
      const id = await opened();
      await resolve(id);
      await age('31 minutes');
      const later = await take();
      expect(later.decision).toBe('new');
      expect(later.incident).not.toBe(id);
      expect(await state(later.incident ?? '')).toMatchObject({ status: 'triggered', alertsOpen: 1 });
    }),
  );

  it(
    'opens again after it was waived and closed',
    withFixture(async ({ take, opened, resolve, ask, state }) => {
      const id = await opened();
      await resolve(id);
      await ask(id, { type: 'waive_postmortem', reason: 'a drill of mine' });
      expect((await state(id)).status).toBe('closed');
      expect((await take()).incident).toBe(id);
      expect((await state(id)).status).toBe('triggered');
    }),
  );

  it(
    'opens again as what it is now when its severity was raised',
    withFixture(async ({ take, opened, resolve, state }) => {
      const id = await opened({ severity: 'warning' });
      expect((await state(id)).priority).toBe('P3');
      await resolve(id);
      await take({ severity: 'critical' });
      expect(await state(id)).toMatchObject({ status: 'triggered', priority: 'P1' });
    }),
  );

  it(
    'opens the incident again that it came to by a merge',
    withFixture(async ({ store, take, opened, resolve, state }) => {
      const [from, into] = [await opened(), await opened({ dedupKey: 'disk' })];
      await merging(store).merge({ incidentId: from, actor: 'ana' }, into);
      await resolve(into);
      expect(await state(into)).toMatchObject({ status: 'resolved', firedWhenResolved: 2 });
      expect((await take()).incident).toBe(into);
      expect(await state(into)).toMatchObject({ status: 'triggered', alertsOpen: 1 });
    }),
  );

  it(
    'only counts mere repeats for as long as the plan says, and no longer',
    withFixture(async ({ take, opened, resolve, plan, age, query, state }) => {
      await plan({ resolve: { quiet: '30m', stillFiring: '10m' } });
      const id = await opened();
      await resolve(id);
      expect(await take()).toMatchObject({ decision: 'waiting', incident: id });
      expect((await query('SELECT count, status FROM alert'))[0]).toEqual({ count: '2', status: 'closed' });
      expect((await state(id)).status).toBe('resolved');
      await age('10 minutes');
      expect(await take()).toMatchObject({ decision: 'new', incident: id });
    }),
  );

  it(
    'is never counted into what somebody resolves at the same moment',
    withFixture(async ({ store, take, opened, resolve, state, query }) => {
      const ids = [];
      for (let round = 0; round < 12; round += 1) {
        const dedupKey = `race-${round}`;
        const id = await opened({ dedupKey });
        ids.push(id);
        const sends = [
          take({ dedupKey }),
          take({ dedupKey, severity: 'critical' }),
          take({ dedupKey, action: 'resolve' }),
          take({ dedupKey }),
        ];
        await Promise.all([resolve(id), ...sends]);
        // The next signal takes effect, whichever came last.
        const { incident } = await take({ dedupKey });
        expect((await state(incident ?? '')).status).toBe('triggered');
      }
      expect(await query(`SELECT count(*)::int AS n FROM alert WHERE status = 'open'`)).toEqual([{ n: 12 }]);
      expect(store).toBeDefined();
    }),
  );

  it(
    'and moved by a merge at the same moment, closes and raises where it is',
    withFixture(async ({ store, take, opened, state }) => {
      for (let round = 0; round < 8; round += 1) {
        const from = await opened({ dedupKey: `from-${round}`, severity: 'warning' });
        const into = await opened({ dedupKey: `into-${round}`, severity: 'warning' });
        await Promise.all([
          merging(store).merge({ incidentId: from, actor: 'ana' }, into),
          take({ dedupKey: `from-${round}`, severity: 'critical' }),
          take({ dedupKey: `into-${round}`, action: 'resolve' }),
        ]);
        const merged = await state(into);
        if (merged.status === 'triggered') expect(merged).toMatchObject({ priority: 'P1', alertsOpen: 1 });
      }
    }),
  );
});

describe('fires again for another team', () => {
  /** A second team with a service, `bank`; `of`: sends signals from a source of that service. */
  const withBank = async ({ store, query }: Fixture) => {
    const documents = [
      [
        'Team',
        'beta',
        { displayName: 'B', discipline: 'security', timezone: 'UTC', members: ['cleo'], managers: [] },
      ],
      [
        'Service',
        'bank',
        { displayName: 'Bank', team: 'beta', tier: 1, dependsOn: [], links: [], diagnostics: [] },
      ],
    ];
    for (const [kind, name, spec] of documents)
      await query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ($1, $2, 1, $3, 'test', tocsin_now())`,
        [kind, name, JSON.stringify(spec)],
      );
    await query('UPDATE config_head SET version = version + 1');
    return async (service: string, fields: Partial<AlertSignal> = {}, stormAfter?: number) => {
      const spec = {
        format: 'generic',
        service,
        ...(stormAfter === undefined ? {} : { stormAfter }),
      } as const;
      const [first] = await store.intake.ingest({
        source: 'monitor',
        spec,
        signals: [signal(fields)],
        raw: null,
      });
      return first?.incident ?? '';
    };
  };
  const teams = async ({ state }: Fixture, id: string) =>
    (await state(id)).escalations.map(({ team }) => team);

  it(
    'a source that was pointed at another service',
    withFixture(async (fixture) => {
      const of = await withBank(fixture);
      const id = await of('checkout-db');
      await of('checkout-db', { action: 'resolve' });
      const moved = await of('bank');
      expect(moved).not.toBe(id);
      expect(await teams(fixture, moved)).toEqual(['beta']);
      expect((await fixture.state(id)).status).toBe('resolved');
      await of('bank', { action: 'resolve' });
      expect(await of('bank')).toBe(moved);
    }),
  );

  it(
    'what was merged: while that is open it stays there, then each is told of its own again',
    withFixture(async (fixture) => {
      const of = await withBank(fixture);
      const [ours, theirs] = [await of('checkout-db'), await of('bank', { dedupKey: 'theirs' })];
      await merging(fixture.store).merge({ incidentId: ours, actor: 'ana' }, theirs);
      await of('checkout-db', { action: 'resolve' });
      expect(await of('checkout-db')).toBe(theirs);
      await fixture.resolve(theirs);
      const again = await of('checkout-db');
      expect(again).not.toBe(theirs);
      expect(await teams(fixture, again)).toEqual(['checkout']);
      expect(await of('bank', { dedupKey: 'theirs' })).toBe(theirs);
    }),
  );

  it(
    'resolved by a person at the same moment: whoever answers for it is paged all the same',
    withFixture(async (fixture) => {
      const of = await withBank(fixture);
      for (let round = 0; round < 6; round += 1) {
        const keys = { ours: `ours-${round}`, theirs: `theirs-${round}` };
        const ours = await of('checkout-db', { dedupKey: keys.ours });
        const theirs = await of('bank', { dedupKey: keys.theirs });
        await merging(fixture.store).merge({ incidentId: ours, actor: 'ana' }, theirs);
        await of('checkout-db', { dedupKey: keys.ours, action: 'resolve' });
        await Promise.all([fixture.resolve(theirs), of('checkout-db', { dedupKey: keys.ours })]);
        const incident = await of('checkout-db', { dedupKey: keys.ours });
        expect(await teams(fixture, incident)).toEqual(['checkout']);
      }
    }),
  );

  it(
    'a storm of a service that has changed hands since is no storm of the new team',
    withFixture(async (fixture) => {
      const of = await withBank(fixture);
      await of('checkout-db', { dedupKey: 'first' }, 1);
      const storm = await of('checkout-db', { dedupKey: 'second' }, 1);
      expect(await of('checkout-db', { dedupKey: 'third' }, 1)).toBe(storm);
      await fixture.query(
        `UPDATE config_object SET spec = spec || '{"team": "beta", "policy": null}' WHERE name = 'checkout-db'`,
      );
      await fixture.query('UPDATE config_head SET version = version + 1');
      const next = await of('checkout-db', { dedupKey: 'fourth' }, 1);
      expect(next).not.toBe(storm);
      expect(await teams(fixture, next)).toEqual(['beta']);
      expect(await of('checkout-db', { dedupKey: 'fifth' }, 1)).toBe(next);
    }),
  );
});

describe('re-fires and clocks', () => {
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

  it(
    'fires again with its old start after its resolve was sent twice (alertmanager#1684, #2447, #952)',
    withFixture(async ({ take, opened, state, kinds }) => {
      const startedAt = minutesAgo(20);
      const body = 'the same bytes';
      const id = await opened({ startedAt, occurredAt: startedAt });
      const over = { action: 'resolve', startedAt, occurredAt: minutesAgo(0.1) } as const;
      expect((await take(over)).decision).toBe('close');
      expect((await take(over)).decision).toBe('dropped');
      expect(await take({ startedAt, occurredAt: startedAt }, body)).toMatchObject({
        decision: 'new',
        incident: id,
      });
      expect(await state(id)).toMatchObject({ status: 'triggered', alertsOpen: 1 });
      expect(await kinds(id)).toContain('reopened');
      // High availability: repeated resolves and triggers (prometheus#5277).
      for (let round = 0; round < 5; round += 1) {
        await take(over);
        expect((await take({ startedAt, occurredAt: startedAt }, body)).incident).toBe(id);
      }
      expect((await state(id)).status).toBe('triggered');
    }),
  );

  it(
    'opens for a trigger whose sender has a slow clock, after a resolve for an unknown key',
    withFixture(async ({ take, state }) => {
      expect((await take({ action: 'resolve' })).decision).toBe('parked');
      const { decision, incident } = await take({ occurredAt: minutesAgo(2) });
      expect(decision).toBe('new');
      expect((await state(incident ?? '')).status).toBe('triggered');
    }),
  );

  it(
    'closes with an end that is before the start (prometheus#1386)',
    withFixture(async ({ take, opened, state, query }) => {
      const startedAt = minutesAgo(1);
      const id = await opened({ startedAt, occurredAt: startedAt });
      await take({ action: 'resolve', startedAt, occurredAt: minutesAgo(1.02) });
      expect((await state(id)).status).toBe('resolved');
      expect(JSON.stringify(await query('SELECT reasons FROM alert'))).toContain('before its start');
    }),
  );

  it(
    'drops the same stamped event, byte for byte, after its resolve: a redelivery',
    withFixture(async ({ take, state }) => {
      const stamped = { occurredAt: minutesAgo(1) };
      const id = (await take(stamped, 'bytes')).incident ?? '';
      await take({ action: 'resolve' });
      expect((await take(stamped, 'bytes')).decision).toBe('dropped');
      expect((await state(id)).status).toBe('resolved');
      expect(await take(stamped, 'other bytes')).toMatchObject({ decision: 'new', incident: id });
    }),
  );
});

describe('what joins brings its weight', () => {
  it(
    'an acknowledged warning whose key fires again as critical is a P1 that is paged',
    withFixture(async ({ take, opened, acknowledge, state, notices, query }) => {
      const id = await opened({ severity: 'warning' });
      await acknowledge(id);
      await take({ action: 'resolve' });
      expect((await state(id)).resolutionProposed).toBe(true);
      expect((await take({ severity: 'critical' })).incident).toBe(id);
      expect(await state(id)).toMatchObject({
        status: 'triggered',
        priority: 'P1',
        resolutionProposed: false,
      });
      const [row] = await query(
        `SELECT response->>'urgency' AS urgency, next_deadline <= tocsin_now() AS due FROM incident`,
      );
      expect(row).toEqual({ urgency: 'high', due: true });
      expect((await notices(id)).at(-1)).toMatchObject({ person: 'ana', state: 'planned' });
    }),
  );

  it(
    'whoever has it hears of it when it fires again, and not of what is not true any more',
    withFixture(async ({ take, opened, acknowledge, notices, state }) => {
      const id = await opened();
      await acknowledge(id);
      await take({ action: 'resolve' });
      await take();
      const told = await notices(id);
      expect(new Set(told.map(({ person }) => person))).toEqual(new Set(['ana']));
      expect(
        told.filter((one) => one.state === 'planned').every(({ text }) => text.includes('fired again')),
      ).toBe(true);
      expect(told.filter((one) => one.state === 'suppressed').length).toBeGreaterThan(0);
      expect((await state(id)).status).toBe('acknowledged');
    }),
  );

  it(
    'a P1 that nobody has, merged into an acknowledged and snoozed P3, is a P1 that is paged',
    withFixture(async ({ store, opened, acknowledge, ask, state, query }) => {
      const [from, into] = [await opened(), await opened({ dedupKey: 'disk', severity: 'warning' })];
      await acknowledge(into);
      await ask(into, { type: 'snooze', until: new Date(Date.now() + 8 * 3_600_000).toISOString() });
      await merging(store).merge({ incidentId: from, actor: 'bo' }, into);
      expect(await state(into)).toMatchObject({
        status: 'triggered',
        priority: 'P1',
        snoozedUntil: null,
        alertsOpen: 2,
      });
      const [row] = await query(
        `SELECT response->>'urgency' AS urgency, next_deadline <= tocsin_now() AS due FROM incident WHERE id = $1`,
        [into],
      );
      expect(row).toEqual({ urgency: 'high', due: true });
    }),
  );
});

describe('the end, proposed and told (keep#4839, openduty#14)', () => {
  it(
    'whoever has it is asked, pages that are planned are not sent, and after the quiet time it resolves by itself',
    withFixture(async ({ take, opened, acknowledge, ask, notices, state, plan, query }) => {
      await plan({ resolve: { quiet: '0s', stillFiring: '0s' } });
      const id = await opened();
      await acknowledge(id);
      await take({ action: 'resolve' });
      expect(await notices(id)).toMatchObject([{ person: 'ana', state: 'planned' }, { person: 'ana' }]);
      expect((await ask(id, { type: 'expire_acknowledgement' }, 'tocsin')).kind).toBe('unchanged');
      expect((await ask(id, { type: 'resolve_quiet' }, 'tocsin')).kind).toBe('accepted');
      expect((await state(id)).status).toBe('resolved');
      expect((await notices(id)).map((one) => one.state)).toEqual(['suppressed', 'suppressed']);
      const planned: unknown[] = await query(
        `SELECT 1 FROM delivery WHERE incident_id = $1 AND type = 'page.requested' AND state = 'planned'`,
        [id],
      );
      expect(planned).toEqual([]);
    }),
  );

  it(
    'what only a source acknowledged resolves with its alerts, and has no commander',
    withFixture(async ({ take, opened, state }) => {
      const id = await opened();
      await take({ action: 'acknowledge' });
      expect(await state(id)).toMatchObject({ status: 'acknowledged', commander: null });
      await take({ action: 'resolve' });
      expect((await state(id)).status).toBe('resolved');
    }),
  );
});

describe('a notification that max_alerts cut', () => {
  const key = '{}:{alertname="Lag"}';
  const of = (dedupKey: string, action: AlertSignal['action'] = 'trigger') => ({
    dedupKey,
    action,
    groupKey: key,
  });

  it(
    'says so on each incident, once and when more are cut',
    withFixture(async ({ group, query }) => {
      for (const truncated of [2, 2, 5, 4])
        await group([of('a'), of('b')], { key, isOver: false, truncated });
      const notes: { text: string }[] = await query(
        `SELECT data->>'text' AS text FROM incident_event WHERE kind = 'noted' ORDER BY at, text`,
      );
      expect(notes.map(({ text }) => /left (\d)/.exec(text)?.[1])).toEqual(['2', '2', '5', '5']);
    }),
  );

  it(
    'closes what it does not name when the whole group is over',
    withFixture(async ({ group, take, query }) => {
      await group([of('a'), of('b')], { key, isOver: false, truncated: 0 });
      await take({ dedupKey: 'other', groupKey: 'another group' });
      await group([of('a', 'resolve')], { key, isOver: true, truncated: 1 });
      const open: { dedup_key: string }[] = await query(`SELECT dedup_key FROM alert WHERE status = 'open'`);
      expect(open).toEqual([{ dedup_key: 'other' }]);
    }),
  );
});
