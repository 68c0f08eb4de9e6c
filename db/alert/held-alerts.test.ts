/** Alerts that a stage holds, on a real record: stored, visible, judged again. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { AlertSignal } from '../../domain/alert/signal.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore } from '../connection/store.js';
import { recordInvariants } from '../invariants/record.js';
import { pagedFixture } from '../testing/paged-fixture.js';
import { getAlert } from './one-alert.js';
import { judgeHeldAlerts, releaseHeldAlerts } from './held-alerts.js';
import { releaseSilenced } from './silence-upkeep.js';

interface Row {
  id: string;
  status: string;
  count: string;
  incident_id: string | null;
  held_by: string | null;
}

const withAfter = (play: (fixture: Awaited<ReturnType<typeof fixtureOn>>) => Promise<void>) => () =>
  withDatabase(async (dataSource) => {
    const fixture = await fixtureOn(dataSource);
    await play(fixture);
    const [broken] = recordInvariants;
    expect(await fixture.query(broken?.sql ?? '')).toEqual([]);
  });

async function fixtureOn(dataSource: Parameters<Parameters<typeof withDatabase>[0]>[0]) {
  const store = createStore(dataSource, randomBytes(32));
  const { query } = await pagedFixture(dataSource, store);
  const setAfter = async (after: { count: number; within: string } | undefined) => {
    await query(
      `INSERT INTO config_object (kind, name, revision, spec, author, at)
       SELECT 'Service', 'checkout-db', max(revision) + 1,
              (SELECT spec FROM config_object WHERE kind = 'Service' AND name = 'checkout-db' ORDER BY revision LIMIT 1) || $1::jsonb,
              'test', tocsin_now()
         FROM config_object WHERE kind = 'Service' AND name = 'checkout-db'`,
      [JSON.stringify(after === undefined ? {} : { after })],
    );
    await query('UPDATE config_head SET version = version + 1');
  };
  await setAfter({ count: 3, within: '10m' });
  const send = async (fields: Partial<AlertSignal> = {}, times = 1) => {
    const signal: AlertSignal = {
      action: 'trigger',
      dedupKey: 'probe',
      title: 'Probe failed',
      severity: 'critical',
      labels: {},
      links: [],
      occurredAt: null,
      detail: null,
      ...fields,
    };
    const [first] = await store.intake.ingest({
      source: 'monitor',
      spec: { format: 'generic', service: 'checkout-db' },
      signals: Array.from({ length: times }, () => signal),
      raw: null,
    });
    return first?.incident ?? null;
  };
  const alert = async (): Promise<Row> => {
    const rows: Row[] = await query('SELECT * FROM alert ORDER BY first_at DESC LIMIT 1');
    const [row] = rows;
    if (row === undefined) throw new Error('no alert');
    return row;
  };
  const why = async (): Promise<string> =>
    ((await getAlert(dataSource, (await alert()).id))?.reasons ?? []).map(({ text }) => text).join('; ');
  return { store, query, send, alert, why, setAfter };
}

describe('an alert that is held', () => {
  it(
    'is stored without an incident, says why, and opens its incident with the message that was wanted',
    withAfter(async ({ send, alert, why }) => {
      expect(await send()).toBeNull();
      expect(await alert()).toMatchObject({ status: 'open', incident_id: null, held_by: 'after' });
      expect(await why()).toContain('it pages when it is told 3 times within 10m');
      expect(await send()).toBeNull();
      const incident = await send();
      expect(incident).not.toBeNull();
      expect(await alert()).toMatchObject({
        status: 'open',
        count: '3',
        incident_id: incident,
        held_by: null,
      });
      expect(await why()).toContain('opened an incident');
    }),
  );

  it(
    'counts the messages of a key that came and went (flapping), and those of one body',
    withAfter(async ({ send, alert }) => {
      expect(await send()).toBeNull();
      await send({ action: 'resolve' });
      expect(await alert()).toMatchObject({ status: 'closed', incident_id: null });
      expect(await send({}, 2)).not.toBeNull();
    }),
  );

  it(
    'is judged again when the document changes, without another message',
    withAfter(async ({ store, send, alert, setAfter, query }) => {
      await send();
      expect(await judgeHeldAlerts(store, 10)).toBe(0);
      await query(`UPDATE alert SET judged_at = judged_at - interval '1 minute'`);
      expect(await judgeHeldAlerts(store, 10)).toBe(1);
      expect(await alert()).toMatchObject({ incident_id: null, held_by: 'after' });
      await query(`UPDATE alert SET judged_at = judged_at - interval '1 minute'`);
      await setAfter(undefined);
      await judgeHeldAlerts(store, 10);
      expect((await alert()).incident_id).not.toBeNull();
    }),
  );

  it('is released although another one beside it cannot be judged, which is told', () =>
    withDatabase(async (dataSource) => {
      const { store, send, query, setAfter } = await fixtureOn(dataSource);
      await send({ dedupKey: 'a' });
      await send({ dedupKey: 'broken' });
      await send({ dedupKey: 'z' });
      await query(`UPDATE alert SET detail = 'null', newest = NULL WHERE dedup_key = 'broken'`);
      await setAfter(undefined);
      const held = async () =>
        (
          (await query(`SELECT dedup_key AS key FROM alert WHERE incident_id IS NULL`)) as { key: string }[]
        ).map(({ key }) => key);
      await query(`UPDATE alert SET held_by = 'silence/1', judged_at = judged_at - interval '1 minute'`);
      await expect(releaseSilenced(store)).rejects.toThrow('could not be released');
      await query(`UPDATE alert SET held_until = tocsin_now(), judged_at = judged_at - interval '1 minute'`);
      expect(await held()).toEqual(['broken']);
      await expect(judgeHeldAlerts(store, 10)).rejects.toThrow('could not be judged');
      expect(await held()).toEqual(['broken']);
    }));

  it(
    'is released by the end of its holder, once, and only that holder',
    withAfter(async ({ store, send, alert, query }) => {
      await send();
      await query(`UPDATE alert SET held_by = 'silence/1', judged_at = judged_at - interval '1 second'`);
      expect(await releaseHeldAlerts(store, 'silence/2')).toBe(0);
      expect(await releaseHeldAlerts(store, 'silence/1')).toBe(1);
      // The next stage of the chain may still hold it, and says so.
      expect(await alert()).toMatchObject({ incident_id: null, held_by: 'after' });
      expect(await releaseHeldAlerts(store, 'silence/1')).toBe(0);
    }),
  );

  it(
    'that ended while it was held opens nothing when its holder ends',
    withAfter(async ({ store, send, alert, query }) => {
      await send();
      await query(`UPDATE alert SET held_by = 'silence/1', judged_at = judged_at - interval '1 second'`);
      await send({ action: 'resolve' });
      expect(await releaseHeldAlerts(store, 'silence/1')).toBe(0);
      expect(await alert()).toMatchObject({ status: 'closed', incident_id: null });
    }),
  );
});
