/** Due work of digests on a real database whose clock is moved: opening, reviewers, reminders, resuming. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { createStore, type Store } from '../connection/store.js';
import { databaseTime } from '../connection/database-time.js';
import { openIncident } from '../incident/open-incident.js';
import { recordingIncident } from '../testing/review-fixture.js';
import { getDigest } from './digest-view.js';

async function begun(dataSource: DataSource): Promise<Store> {
  await recordingIncident(dataSource);
  return createStore(dataSource, randomBytes(32));
}

/** Resolved P5 incidents, each by this person. */
async function resolved(store: Store, count: number, by = 'bo'): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const { id } = await store.dataSource.transaction(async (tx) =>
      openIncident(tx, {
        title: `Blip ${index}`,
        service: 'checkout-db',
        severity: 'info',
        priority: 'P5',
        priorityReasons: [],
        drill: null,
        alert: null,
        actor: 'source:prometheus',
        now: await databaseTime(tx),
        snapshot: await store.snapshots.latest(tx),
      }),
    );
    await store.recorder.record({
      incidentId: id,
      actor: by,
      command: { type: 'resolve', comment: null, because: 'person' },
    });
    ids.push(id);
  }
  return ids;
}

/** Moves the clock of the record; new connections see it. */
async function shift(dataSource: DataSource, days: number): Promise<void> {
  const rows: { name: string }[] = await dataSource.query('SELECT quote_ident(current_database()) AS name');
  await dataSource.query(`ALTER DATABASE ${rows[0]?.name ?? ''} SET tocsin.clock_shift = '${days} days'`);
  await dataSource.destroy();
  await dataSource.initialize();
}

const read = async (store: Store, name = 'D-1') => {
  const digest = await getDigest(store.dataSource, name, await databaseTime(store.dataSource));
  if (digest === null) throw new Error(`there is no ${name}`);
  return digest;
};

const change = async (store: Store, kind: string, name: string, spec: object | null): Promise<void> => {
  await store.dataSource.query(
    `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ($1, $2, 2, $3, 'test', tocsin_now())`,
    [kind, name, spec === null ? null : JSON.stringify(spec)],
  );
  await store.dataSource.query('UPDATE config_head SET version = version + 1');
};

const reminders = (store: Store): Promise<{ data: { people: string[] } }[]> =>
  store.dataSource.query(`SELECT data FROM audit_entry WHERE action = 'digest.remind' ORDER BY id`);

describe('due work of digests', () => {
  it('opens one digest of a team, however many sweep at once, after a week or with the twentieth', () =>
    withDatabase(async (dataSource) => {
      const store = await begun(dataSource);
      await resolved(store, 2);
      await store.digestSweep.sweep();
      expect(await dataSource.query('SELECT 1 FROM digest')).toEqual([]);
      await shift(dataSource, 8);
      await Promise.all([1, 2, 3, 4].map(() => store.digestSweep.sweep()));
      expect(await dataSource.query('SELECT team, status FROM digest')).toEqual([
        { team: 'checkout', status: 'open' },
      ]);
      expect(await read(store)).toMatchObject({ reviewer: 'ana', items: [{ n: 1 }, { n: 2 }] });
      // What is resolved meanwhile joins the open one.
      await resolved(store, 1);
      await store.digestSweep.sweep();
      expect((await read(store)).items).toHaveLength(3);
    }));

  it('asks somebody else when the reviewer is deleted, and reminds the managers and admins of an overdue one', () =>
    withDatabase(async (dataSource) => {
      const store = await begun(dataSource);
      await resolved(store, 20);
      await store.digestSweep.sweep();
      expect(await read(store)).toMatchObject({ reviewer: 'ana', isOverdue: false });
      await change(store, 'Person', 'ana', null);
      await store.digestSweep.sweep();
      expect(await read(store)).toMatchObject({ reviewer: 'cleo' });
      await store.digestSweep.sweep();
      expect(await reminders(store)).toEqual([]);
      for (const days of [11, 12, 13]) {
        await shift(dataSource, days);
        await store.digestSweep.sweep();
        await store.digestSweep.sweep();
      }
      const told = await reminders(store);
      expect(told.map(({ data }) => data.people)).toEqual(
        expect.arrayContaining([['cleo'], expect.arrayContaining(['cleo', 'root'])]),
      );
      expect(await read(store)).toMatchObject({ isOverdue: true, reminders: told.length });
    }));

  it('goes to an admin, and says so, when the whole team worked all of them', () =>
    withDatabase(async (dataSource) => {
      const store = await begun(dataSource);
      await change(store, 'Team', 'checkout', {
        displayName: 'Checkout',
        discipline: 'development',
        timezone: 'UTC',
        members: ['bo'],
        managers: ['bo'],
      });
      await resolved(store, 20);
      await store.digestSweep.sweep();
      expect(await read(store)).toMatchObject({
        reviewer: 'root',
        isEscalated: true,
        because: expect.stringContaining('Nobody in team Checkout'),
      });
      const approval = { digest: 'D-1', person: 'bo', sentence: 'mine', upTo: 20 };
      expect(await store.digests.approve(approval)).toMatchObject({ kind: 'refused', code: 'worked_all' });
    }));

  it('finishes an approval that stopped half way, and closes no incident twice', () =>
    withDatabase(async (dataSource) => {
      const store = await begun(dataSource);
      await resolved(store, 20);
      await store.digestSweep.sweep();
      const approval = { digest: 'D-1', person: 'ana', sentence: 'Known noise.', upTo: 20 };
      // The process ends after the commit of the approval.
      await dataSource.transaction((tx) => store.digests.approveIn(tx, approval));
      expect((await read(store)).status).toBe('approving');
      const left = await store.digestSweep.sweep();
      expect(left).toEqual(['D-1']);
      await Promise.all([store.digests.finish('D-1'), store.digests.finish('D-1')]);
      expect((await read(store)).items.every(({ state }) => state === 'approved')).toBe(true);
      const closings: unknown[] = await dataSource.query(
        `SELECT 1 FROM incident_event WHERE kind = 'closed'`,
      );
      expect(closings).toHaveLength(20);
      expect(await store.digests.approve(approval)).toMatchObject({ kind: 'unchanged' });
      await store.digestSweep.sweep();
      expect(await dataSource.query('SELECT id FROM digest')).toHaveLength(1);
    }));

  it('approves nothing that came to the list after it was read', () =>
    withDatabase(async (dataSource) => {
      const store = await begun(dataSource);
      await resolved(store, 20);
      await store.digestSweep.sweep();
      const { upTo } = await read(store);
      const [late] = await resolved(store, 1);
      await store.digestSweep.sweep();
      await store.digests.approve({ digest: 'D-1', person: 'ana', sentence: 'Known noise.', upTo });
      const { items, status } = await read(store);
      expect(status).toBe('approved');
      expect(items.at(-1)).toMatchObject({
        state: 'left_out',
        reason: expect.stringContaining('next digest'),
      });
      const rows: { status: string }[] = await dataSource.query('SELECT status FROM incident WHERE id = $1', [
        late,
      ]);
      expect(rows).toEqual([{ status: 'resolved' }]);
    }));
});
