/** Inhibition on a real record: what is held, and what its end releases. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore } from '../connection/store.js';
import { recordInvariants } from '../invariants/record.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { judgeHeldAlerts } from './held-alerts.js';
import { heldBackBy } from './inhibiting-alerts.js';
import { InhibitionUpkeep } from './inhibition-upkeep.js';

type Fixture = Awaited<ReturnType<typeof fixtureOn>>;

const withInhibition = (play: (fixture: Fixture) => Promise<void>) => () =>
  withDatabase(async (dataSource) => {
    const fixture = await fixtureOn(dataSource);
    await play(fixture);
    for (const { sql } of recordInvariants.slice(0, 1)) expect(await fixture.query(sql)).toEqual([]);
  });

async function fixtureOn(dataSource: Parameters<Parameters<typeof withDatabase>[0]>[0]) {
  const store = createStore(dataSource, randomBytes(32));
  const { query } = await pagedFixture(dataSource, store);
  const upkeep = new InhibitionUpkeep();
  const document = async (name: string, spec: object | null) => {
    await query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at)
       SELECT 'Inhibition', $1, coalesce(max(revision), 0) + 1, $2::jsonb, 'test', tocsin_now()
         FROM config_object WHERE kind = 'Inhibition' AND name = $1`,
      [name, spec === null ? null : JSON.stringify(spec)],
    );
    await query('UPDATE config_head SET version = version + 1');
  };
  const send = async (dedupKey: string, fields: Partial<AlertSignal> = {}, service = 'checkout-db') => {
    const [first] = await store.intake.ingest({
      source: 'prometheus',
      spec: { format: 'generic', service },
      signals: [
        {
          action: 'trigger',
          dedupKey,
          title: `Trouble with ${dedupKey}`,
          severity: 'warning',
          labels: { dc: 'eu1' },
          links: [],
          occurredAt: null,
          detail: null,
          ...fields,
        },
      ],
      raw: null,
    });
    return first?.incident ?? null;
  };
  const row = async (
    dedupKey: string,
  ): Promise<{ id: string; incident: string | null; held_by: string | null }> => {
    const rows = (await query(
      'SELECT id, incident_id AS incident, held_by FROM alert WHERE dedup_key = $1 ORDER BY first_at DESC LIMIT 1',
      [dedupKey],
    )) as { id: string; incident: string | null; held_by: string | null }[];
    if (rows[0] === undefined) throw new Error(`no alert ${dedupKey}`);
    return rows[0];
  };
  const down = (fields: Partial<AlertSignal> = {}) =>
    send('dc', {
      title: 'Datacenter down',
      severity: 'critical',
      labels: { alertname: 'Down', dc: 'eu1' },
      ...fields,
    });
  const release = async (): Promise<number> => {
    await query(`UPDATE alert SET judged_at = judged_at - interval '1 second' WHERE held_by IS NOT NULL`);
    return upkeep.release(store);
  };
  await document('dc', {
    when: { alertname: 'Down' },
    mutes: { severity: ['warning', 'error'] },
    equal: ['dc'],
  });
  return { dataSource, store, query, document, send, row, down, release };
}

describe('an alert that another one explains', () => {
  it(
    'is held while that one fires, counted on its incident, and released as one group when it closes',
    withInhibition(async ({ dataSource, down, send, row, release }) => {
      const incident = await down();
      expect(incident).not.toBeNull();
      for (const key of ['a', 'b', 'c']) expect(await send(key)).toBeNull();
      expect(await send('elsewhere', { labels: { dc: 'eu2' } })).not.toBeNull();
      expect((await row('a')).held_by).toBe(`inhibition/${(await row('dc')).id}/dc`);
      expect(await heldBackBy(dataSource, incident ?? '')).toBe(3);
      expect(await release()).toBe(0);

      await send('b', { action: 'resolve' });
      await down({ action: 'resolve' });
      expect(await release()).toBe(2);
      const [a, b, c] = [await row('a'), await row('b'), await row('c')];
      expect([a.held_by, c.held_by, b.incident]).toEqual([null, null, null]);
      expect(a.incident).not.toBeNull();
      expect(a.incident).toBe(c.incident);
      expect(await heldBackBy(dataSource, incident ?? '')).toBe(0);
      expect(await release()).toBe(0);
    }),
  );

  it(
    'is released when the document is deleted, and when it gets worse than what is muted',
    withInhibition(async ({ document, down, send, row, release }) => {
      await down();
      await send('a');
      await send('b');
      expect(await send('b', { severity: 'critical' })).not.toBeNull();
      await document('dc', null);
      expect(await release()).toBe(1);
      expect((await row('a')).incident).not.toBeNull();
    }),
  );

  it(
    'is not touched when it has its incident already',
    withInhibition(async ({ down, send, row }) => {
      const incident = await send('a');
      await down();
      expect(await send('a')).toBe(incident);
      expect((await row('a')).incident).toBe(incident);
    }),
  );

  it(
    'takes part at once when a document is written while the other one fires, by upkeep',
    withInhibition(async ({ document, send, row, release }) => {
      await send('disk', { severity: 'critical', labels: { alertname: 'Disk', dc: 'eu1' } });
      await document('disk', { when: { alertname: 'Disk' }, mutes: { kind: 'slow' }, equal: [] });
      await release();
      expect(await send('slow', { labels: { kind: 'slow' } })).toBeNull();
      expect((await row('slow')).held_by).toMatch(/^inhibition\/.*\/disk$/);
    }),
  );

  it(
    'and two documents that mute each other never hold both alerts: one of them always pages',
    withInhibition(async ({ document, send, row, store, query, release }) => {
      await document('ab', { when: { kind: 'a' }, mutes: { kind: 'b' }, equal: [] });
      await document('ba', { when: { kind: 'b' }, mutes: { kind: 'a' }, equal: [] });
      expect(await send('a', { labels: { kind: 'a' } })).not.toBeNull();
      expect(await send('b', { labels: { kind: 'b' } })).toBeNull();
      await send('a', { action: 'resolve', labels: { kind: 'a' } });
      await send('a2', { labels: { kind: 'a' } });
      await release();
      await query(`UPDATE alert SET judged_at = judged_at - interval '1 minute'`);
      await judgeHeldAlerts(store, 10);
      const open = [await row('a2'), await row('b')].filter(({ incident }) => incident !== null);
      expect(open.length).toBeGreaterThan(0);
    }),
  );

  it(
    'is held by one that is silenced, not by one that `after` or another inhibition holds',
    withInhibition(async ({ document, send, store }) => {
      await document('chain', { when: { kind: 'muted' }, mutes: { kind: 'leaf' }, equal: [] });
      await send('dc', { severity: 'critical', labels: { alertname: 'Down', dc: 'eu1' } });
      expect(await send('muted', { labels: { dc: 'eu1', kind: 'muted' } })).toBeNull();
      expect(await send('leaf', { severity: 'critical', labels: { kind: 'leaf' } })).not.toBeNull();

      const silenced = await store.silences.add(
        { matchers: [{ field: 'labels.kind', op: '=', value: 'known' }], until: new Date(Date.now() + 3_600_000).toISOString(), everything: false, untilClear: false, teams: null, owner: null, reason: 'known', incident: null }, // prettier-ignore
        { isManager: true, teams: [], actor: 'ana', person: 'ana' },
      );
      expect(silenced.kind).toBe('accepted');
      await document('known', { when: { kind: 'known' }, mutes: { kind: 'follows' }, equal: [] });
      expect(await send('known', { severity: 'critical', labels: { kind: 'known' } })).toBeNull();
      expect(await send('follows', { severity: 'critical', labels: { kind: 'follows' } })).toBeNull();
    }),
  );

  it(
    'and a drill: its alerts hold nothing back, and nothing holds them',
    withInhibition(async ({ store, document, send, query }) => {
      await document('drilled', { when: { drilled: 'yes' }, mutes: { kind: 'x' }, equal: [] });
      const drill = '00000000-0000-4000-8000-000000000001';
      await query(
        `INSERT INTO drill_run (id, drill, revision, spec, state, started_by, started_at)
         VALUES ($1, 'd', 1, '{}', 'running', 'ana', tocsin_now())`,
        [drill],
      );
      const [first] = await store.intake.ingest({
        source: 'drill',
        spec: { format: 'generic', service: 'checkout-db' },
        drill,
        signals: [{ action: 'trigger', dedupKey: 'd', title: 'Drilled', severity: 'critical', labels: { drilled: 'yes' }, links: [], occurredAt: null, detail: null }], // prettier-ignore
        raw: null,
      });
      expect(first?.incident).not.toBeNull();
      expect(await query('SELECT * FROM inhibiting_alert')).toEqual([]);
      expect(await send('x', { labels: { kind: 'x' } })).not.toBeNull();
    }),
  );
});
