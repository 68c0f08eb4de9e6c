/** Silences on a real record: what they hold, and what their end releases. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore } from '../connection/store.js';
import { recordInvariants } from '../invariants/record.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { judgeHeldAlerts } from './held-alerts.js';
import type { NewSilence, SilencedBy } from './silence-store.js';
import { endCleared, releaseSilenced, remindOwners } from './silence-upkeep.js';

const manager: SilencedBy = { isManager: true, teams: [], actor: 'ana', person: 'ana' };
const inHours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString();

const withSilences = (play: (fixture: Awaited<ReturnType<typeof fixtureOn>>) => Promise<void>) => () =>
  withDatabase(async (dataSource) => {
    const fixture = await fixtureOn(dataSource);
    await play(fixture);
    for (const { sql } of recordInvariants.slice(0, 1)) expect(await fixture.query(sql)).toEqual([]);
  });

async function fixtureOn(dataSource: Parameters<Parameters<typeof withDatabase>[0]>[0]) {
  const store = createStore(dataSource, randomBytes(32));
  const { query } = await pagedFixture(dataSource, store);
  const silence = async (asked: Partial<NewSilence> = {}, by: SilencedBy = manager): Promise<string> => {
    const outcome = await store.silences.add(
      {
        matchers: [{ field: 'labels.env', op: '=', value: 'staging' }],
        until: inHours(4),
        everything: false,
        untilClear: false,
        teams: null,
        owner: by.person,
        reason: 'the move of the database',
        incident: null,
        ...asked,
      },
      by,
    );
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.silence.id;
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
          severity: 'critical',
          labels: { env: 'staging' },
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
  const incidentOf = async (dedupKey: string): Promise<string | null> => {
    const rows: { incident: string | null }[] = await query(
      `SELECT incident_id AS incident FROM alert WHERE dedup_key = $1 ORDER BY first_at DESC LIMIT 1`,
      [dedupKey],
    );
    return rows[0]?.incident ?? null;
  };
  const heldBy = async (dedupKey: string): Promise<string | null> => {
    const rows: { held_by: string | null }[] = await query(
      `SELECT held_by FROM alert WHERE dedup_key = $1 AND status = 'open'`,
      [dedupKey],
    );
    return rows[0]?.held_by ?? null;
  };
  const noMoreAlerts = () =>
    query(`UPDATE alert SET judged_at = judged_at - interval '1 second' WHERE held_by IS NOT NULL`);
  const release = async (): Promise<number> => {
    await noMoreAlerts();
    return releaseSilenced(store);
  };
  /** As if its time had passed. */
  const over = async (id: string): Promise<void> => {
    await query(
      `UPDATE silence SET created_at = created_at - interval '5 hours', until_at = tocsin_now() WHERE id = $1`,
      [id],
    );
    await query('UPDATE config_head SET live = live + 1');
  };
  return { dataSource, store, query, silence, send, incidentOf, heldBy, release, over };
}

describe('a silence', () => {
  it(
    'holds what matches: stored, open, without an incident; what does not match takes its way',
    withSilences(async ({ silence, send, heldBy }) => {
      const id = await silence();
      expect(await send('a')).toBeNull();
      expect(await heldBy('a')).toBe(`silence/${id}`);
      expect(await send('b', { labels: { env: 'prod' } })).not.toBeNull();
      expect(await send('c', { labels: {} })).not.toBeNull();
    }),
  );

  it(
    'that is ended releases what still fires as one group, once, and nothing else',
    withSilences(async ({ store, silence, send, incidentOf, release, query }) => {
      const id = await silence();
      for (const key of ['a', 'b', 'c']) await send(key);
      await send('b', { action: 'resolve' });
      expect(await release()).toBe(0);
      expect(await store.silences.end(id, manager)).toMatchObject({
        kind: 'accepted',
        silence: { held: 2, isInForce: false },
      });
      expect(await release()).toBe(2);
      const incident = await incidentOf('a');
      expect(incident).not.toBeNull();
      expect(await incidentOf('c')).toBe(incident);
      expect(await incidentOf('b')).toBeNull();
      expect(await release()).toBe(0);
      expect(await query('SELECT id FROM incident')).toHaveLength(1);
    }),
  );

  it(
    'releases one group for each service, because each pages its own team',
    withSilences(async ({ silence, send, incidentOf, release, over }) => {
      const id = await silence();
      await send('a');
      await send('b', {}, 'payments');
      await send('c');
      await over(id);
      await release();
      const [a, b, c] = [await incidentOf('a'), await incidentOf('b'), await incidentOf('c')];
      expect(a).toBe(c);
      expect(b).not.toBeNull();
      expect(b).not.toBe(a);
    }),
  );

  it(
    'that ran out while no worker was up is found afterwards; the sweep of held alerts finds it too',
    withSilences(async ({ store, silence, send, incidentOf, over, query }) => {
      const id = await silence();
      await send('a');
      await send('b');
      await over(id);
      await query(`UPDATE alert SET held_until = tocsin_now()`);
      await judgeHeldAlerts(store, 10);
      expect(await incidentOf('a')).not.toBeNull();
      expect(await incidentOf('b')).toBe(await incidentOf('a'));
    }),
  );

  it(
    'of two that match, the end of one releases nothing',
    withSilences(async ({ store, silence, send, heldBy, release }) => {
      const short = await silence({ until: inHours(1) });
      const long = await silence({ until: inHours(2) });
      await send('a');
      expect(await heldBy('a')).toBe(`silence/${long}`);
      await store.silences.end(long, manager);
      await release();
      expect(await heldBy('a')).toBe(`silence/${short}`);
      await store.silences.end(short, manager);
      await release();
      expect(await heldBy('a')).toBeNull();
    }),
  );

  it(
    'lets an alert go that no longer matches, for example because it got worse',
    withSilences(async ({ silence, send }) => {
      await silence({ matchers: [{ field: 'severity', op: '=', value: 'warning' }] });
      expect(await send('a', { severity: 'warning' })).toBeNull();
      expect(await send('a', { severity: 'warning' })).toBeNull();
      expect(await send('a', { severity: 'critical' })).not.toBeNull();
    }),
  );

  it(
    'does not touch what has an incident already: it goes on',
    withSilences(async ({ silence, send }) => {
      const incident = await send('a');
      await silence();
      expect(await send('a')).toBe(incident);
    }),
  );

  it(
    'made while alerts come in: each alert is held or has an incident, and the end leaves none behind',
    withSilences(async ({ store, silence, send, release, query }) => {
      const keys = Array.from({ length: 12 }, (_, n) => `k${n}`);
      const [, id] = await Promise.all([Promise.all(keys.slice(0, 6).map((key) => send(key))), silence()]);
      await Promise.all([store.silences.end(id, manager), ...keys.slice(6).map((key) => send(key))]);
      await release();
      const open: { n: number }[] = await query(
        `SELECT count(*)::int AS n FROM alert WHERE status = 'open' AND incident_id IS NOT NULL`,
      );
      expect(open[0]?.n).toBe(12);
    }),
  );

  it(
    'pressed twice is one silence; ended twice is refused with who ended it',
    withSilences(async ({ store, silence, query }) => {
      const id = '11111111-1111-4111-8111-111111111111';
      expect(await silence({ id })).toBe(id);
      expect(await silence({ id })).toBe(id);
      expect(await query('SELECT id FROM silence')).toHaveLength(1);
      await store.silences.end(id, manager);
      expect(await store.silences.end(id, manager)).toMatchObject({
        kind: 'refused',
        code: 'silence_over',
        detail: expect.stringContaining('ana ended it'),
      });
      const stranger: SilencedBy = { isManager: false, teams: ['other'], actor: 'bo', person: 'bo' };
      expect(await store.silences.change(await silence(), { until: inHours(1) }, stranger)).toMatchObject({
        code: 'not_yours',
      });
    }),
  );

  it(
    'until its alerts clear ends when their source says so, also after a person closed them',
    withSilences(async ({ dataSource, store, silence, send, query }) => {
      await send('a', { labels: {} });
      await send('b', { labels: {} });
      const matchers = (['source', 'dedupKey'] as const).map((field) => ({
        field,
        op: '=' as const,
        value: field === 'source' ? 'prometheus' : ['a', 'b'],
      }));
      await silence({ matchers, untilClear: true });
      await query(
        `UPDATE alert SET status = 'closed', closed_at = tocsin_now(), closed_by = 'ana' WHERE dedup_key = 'a'`,
      );
      expect(await endCleared(dataSource, store.snapshots)).toBe(0);
      await send('b', { action: 'resolve' });
      expect(await endCleared(dataSource, store.snapshots)).toBe(0);
      await query(`INSERT INTO dropped_signal (id, at, source, dedup_key, action, reason)
                   VALUES (gen_random_uuid(), tocsin_now(), 'prometheus', 'a', 'resolve', 'over')`);
      expect(await endCleared(dataSource, store.snapshots)).toBe(0);
      // One that fires again a moment later is still the one that is silenced (alertmanager#1057).
      expect(await send('b', { labels: {} })).toBeNull();
      await send('b', { action: 'resolve' });
      expect(await endCleared(dataSource, store.snapshots)).toBe(0);
      await query(`UPDATE alert SET closed_at = closed_at - interval '6 minutes'`);
      await query(`UPDATE dropped_signal SET at = at - interval '6 minutes'`);
      expect(await endCleared(dataSource, store.snapshots)).toBe(1);
      expect(await store.silences.inForce()).toEqual([]);
    }),
  );

  it(
    'brings itself to the mind of its owner once for each end; without the owner, of the team',
    withSilences(async ({ dataSource, store, silence, query }) => {
      const messages = store.contactMessages;
      const remind = () => remindOwners({ dataSource, snapshots: store.snapshots, messages });
      const told = (): Promise<{ person: string; text: string }[]> =>
        query(
          `SELECT person, notice->>'text' AS text FROM contact_message WHERE kind = 'notice' ORDER BY created_at`,
        );
      const id = await silence();
      const gone = await silence({ teams: ['checkout'], owner: 'gone' });
      expect(await remind()).toBe(0);
      await query('UPDATE silence SET remind_at = tocsin_now() WHERE id = $1', [id]);
      expect([await remind(), await remind()]).toEqual([1, 0]);
      expect(await told()).toMatchObject([
        { person: 'ana', text: expect.stringMatching(/^Your silence ends at/) },
      ]);
      await query('UPDATE silence SET remind_at = tocsin_now() WHERE id = $1', [gone]);
      await remind();
      expect((await told())[1]).toMatchObject({
        person: 'ana',
        text: expect.stringContaining('The silence of gone'),
      });
    }),
  );
});

it('the end of a silence releases exactly what still fires (any order of messages)', async () => {
  const key = fc.constantFrom('a', 'b', 'c');
  const env = fc.constantFrom('staging', 'prod');
  const message = fc.record({
    key,
    env,
    action: fc.constantFrom<'trigger' | 'resolve'>('trigger', 'resolve'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 8 }), (messages) =>
      withSilences(async ({ store, silence, send, release, query }) => {
        const id = await silence();
        const fires = new Set<string>();
        for (const { key: one, env: of, action } of messages) {
          await send(`${one}-${of}`, { action, labels: { env: of } });
          if (action === 'trigger') fires.add(`${one}-${of}`);
          else fires.delete(`${one}-${of}`);
        }
        await store.silences.end(id, manager);
        const released = [...fires].filter((one) => one.endsWith('staging'));
        expect(await release()).toBe(released.length);
        const open: { key: string }[] = await query(
          `SELECT dedup_key AS key FROM alert WHERE status = 'open' AND incident_id IS NOT NULL ORDER BY 1`,
        );
        expect(open.map((one) => one.key)).toEqual([...fires].toSorted());
        const groups: unknown[] = await query(
          `SELECT DISTINCT incident_id FROM alert WHERE released_by IS NOT NULL`,
        );
        expect(groups).toHaveLength(Math.min(1, released.length));
      })(),
    ),
    { numRuns: 8 },
  );
}, 120_000);

describe('a maintenance window', () => {
  const window = (services: string[]) => ({
    services,
    times: { kind: 'once' as const, from: inHours(-1), to: inHours(1) },
    reason: 'new disks',
    owner: 'ana',
  });

  it(
    'holds alerts for its services and their dependents, and its end releases them, one group for each service',
    withSilences(async ({ store, send, heldBy, incidentOf, release, query }) => {
      await query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at)
         SELECT 'Service', 'storefront', 1, spec || '{"dependsOn": ["checkout-db"]}', 'test', tocsin_now()
           FROM config_object WHERE kind = 'Service' AND name = 'checkout-db' ORDER BY revision DESC LIMIT 1`,
      );
      await query('UPDATE config_head SET version = version + 1');
      const made = await store.maintenance.add(window(['checkout-db']), manager);
      if (made.kind !== 'accepted') throw new Error(JSON.stringify(made));
      const { id } = made.window;
      for (const key of ['a', 'b']) expect(await send(key)).toBeNull();
      expect(await send('c', {}, 'storefront')).toBeNull();
      expect(await heldBy('c')).toBe(`maintenance/${id}`);
      expect(await send('d', {}, 'payments')).not.toBeNull();
      expect(await release()).toBe(0);
      expect(await store.maintenance.end(id, manager)).toMatchObject({ window: { state: 'over', held: 3 } });
      expect(await release()).toBe(3);
      expect(await incidentOf('a')).toBe(await incidentOf('b'));
      expect(await incidentOf('c')).not.toBe(await incidentOf('a'));
      expect(await store.maintenance.end(id, manager)).toMatchObject({ code: 'window_over' });
    }),
  );

  it(
    'that ran out releases what it held, and is no matter for who does not own the service',
    withSilences(async ({ store, send, incidentOf, query }) => {
      const stranger: SilencedBy = { isManager: false, teams: ['other'], actor: 'bo', person: 'bo' };
      expect(await store.maintenance.add(window(['checkout-db']), stranger)).toMatchObject({
        code: 'not_yours',
      });
      expect(await store.maintenance.add(window(['nowhere']), manager)).toMatchObject({
        code: 'unknown_service',
      });
      await store.maintenance.add(window(['checkout-db']), manager);
      await send('a');
      await query(`UPDATE maintenance_window SET last_to = tocsin_now(),
        spans = jsonb_build_array(jsonb_build_object('from', '2026-01-01T00:00:00.000Z', 'to', '2026-01-01T01:00:00.000Z'))`);
      await query('UPDATE config_head SET live = live + 1');
      await query(`UPDATE alert SET held_until = tocsin_now(), judged_at = judged_at - interval '1 second'`);
      expect(await releaseSilenced(store)).toBe(1);
      expect(await incidentOf('a')).not.toBeNull();
    }),
  );
});
