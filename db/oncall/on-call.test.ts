/** Overrides, swaps and edits of schedules on a real PostgreSQL, with concurrent requests. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { resolveTargets } from '../../domain/oncall/targets.js';
import { withDatabase } from '../../test/harness/database.js';
import { midTurn } from '../../test/harness/mid-shift.js';
import { asOf, readHistory } from './schedule-times.js';
import { createStore, type Store } from '../connection/store.js';
import { recordingIncident } from '../testing/review-fixture.js';

const layers = (people: string[]) => [{ name: 'weekly', people, rotation: midTurn(1) }];
const hours = (n: number): string => new Date(Date.now() + n * 3_600_000).toISOString();

interface OnCall {
  store: Store;
  dataSource: DataSource;
  /** A second process on the same database, with a snapshot of its own. */
  other: Store;
  /** Applies a revision. */
  write: (people: string[], more?: object) => Promise<void>;
  paged: (store: Store, at?: string) => Promise<string[]>;
}

const withSchedule = (work: (onCall: OnCall) => Promise<void>): Promise<void> =>
  withDatabase(async (dataSource) => {
    await recordingIncident(dataSource);
    const [store, other] = [randomBytes(32), randomBytes(32)].map((key) => createStore(dataSource, key));
    if (store === undefined || other === undefined) throw new Error('two stores are needed');
    let revision = 0;
    const write = async (people: string[], more: object = {}): Promise<void> => {
      const spec = { team: 'checkout', timezone: 'UTC', layers: layers(people), ...more };
      await dataSource.query(
        `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ('Schedule', 'primary', $1, $2, 'test', tocsin_now())`,
        [++revision, JSON.stringify(spec)],
      );
      await dataSource.query('UPDATE config_head SET version = version + 1');
    };
    await write(['ana']);
    await work({
      store,
      other,
      dataSource,
      write,
      async paged(one, at = new Date().toISOString()) {
        const snapshot = await one.snapshots.latest(dataSource);
        return resolveTargets([{ schedule: 'primary' }], snapshot, at).people.map(({ person }) => person);
      },
    });
  });

const mayCancel = () => null;
const bo = { person: 'bo', from: hours(-1), to: hours(4), reason: null };

describe('overrides in the record', () => {
  it('are paged by every process at once, and end with their cancelling', () =>
    withSchedule(async ({ store, other, paged }) => {
      expect(await paged(other)).toEqual(['ana']);
      const made = await store.overrides.add('primary', bo, 'bo');
      if (made.kind !== 'accepted') throw new Error(JSON.stringify(made));
      expect([await paged(store), await paged(other)]).toEqual([['bo'], ['bo']]);
      expect(await paged(other, hours(5))).toEqual(['ana']);
      const [first, second] = await Promise.all([
        store.overrides.cancel('primary', made.override.id, 'cleo', mayCancel),
        other.overrides.cancel('primary', made.override.id, 'bo', mayCancel),
      ]);
      expect([first.kind, second.kind].toSorted()).toEqual(['accepted', 'refused']);
      expect(await paged(other)).toEqual(['ana']);
      expect(await store.overrides.list('primary', { all: false })).toEqual([]);
      expect(await store.overrides.list('primary', { all: true })).toMatchObject([{ person: 'bo' }]);
    }));

  it('of two that overlap the later wins, whenever they begin', () =>
    withSchedule(async ({ store, paged }) => {
      await store.overrides.add('primary', { ...bo, from: hours(1), to: hours(9) }, 'bo');
      await store.overrides.add('primary', { ...bo, person: 'cleo', from: hours(3), to: hours(4) }, 'cleo');
      expect(await paged(store, hours(2))).toEqual(['bo']);
      expect(await paged(store, hours(3.5))).toEqual(['cleo']);
      expect(await paged(store, hours(5))).toEqual(['bo']);
    }));

  it('one cancelled before it began leaves no trace in the shifts; refusals leave none at all', () =>
    withSchedule(async ({ store, dataSource }) => {
      const made = await store.overrides.add('primary', { ...bo, from: hours(1) }, 'bo');
      if (made.kind !== 'accepted') throw new Error(made.kind);
      await store.overrides.cancel('primary', made.override.id, 'bo', mayCancel);
      expect(
        (await readHistory(dataSource, 'primary', { from: hours(-9), to: hours(9) }))?.overrides,
      ).toEqual([]);
      const { length: before } = await dataSource.query('SELECT 1 FROM audit_entry');
      expect(await store.overrides.add('primary', { ...bo, person: 'eve' }, 'bo')).toMatchObject({
        kind: 'refused',
        code: 'unknown_person',
      });
      expect(await store.overrides.add('nothing', bo, 'bo')).toEqual({ kind: 'not_found' });
      const { length: after } = await dataSource.query('SELECT 1 FROM audit_entry');
      expect(after).toBe(before);
    }));
});

describe('very many overrides', () => {
  it('are refused, also when each was cancelled at once', () =>
    withSchedule(async ({ store, dataSource }) => {
      await dataSource.query(
        `INSERT INTO schedule_override (id, schedule, person, from_at, to_at, created_by, created_at, cancelled_by, cancelled_at)
         SELECT gen_random_uuid(), 'primary', 'bo', $1, $2, 'bo', $1, 'bo', $3 FROM generate_series(1, 500)`,
        [hours(-2), hours(9), hours(-1)],
      );
      expect(await store.overrides.add('primary', bo, 'bo')).toMatchObject({ code: 'too_many_overrides' });
    }));
});

describe('an instant that is long past', () => {
  it('has the overrides and the revisions of then, as the shifts of then have', () =>
    withSchedule(async ({ store, dataSource, write }) => {
      const then = hours(-100 * 24);
      await dataSource.query(
        `INSERT INTO schedule_override (id, schedule, person, from_at, to_at, created_by, created_at)
         VALUES (gen_random_uuid(), 'primary', 'bo', $1, $2, 'bo', $1)`,
        [hours(-101 * 24), hours(-99 * 24)],
      );
      await dataSource.query(`UPDATE config_object SET at = $1 WHERE kind = 'Schedule'`, [hours(-200 * 24)]);
      for (let n = 0; n < 103; n++) await write(['cleo']);
      const snapshot = await store.snapshots.latest(dataSource);
      const at = async (instant: string) =>
        resolveTargets(
          [{ schedule: 'primary' }],
          await asOf(dataSource, snapshot, instant),
          instant,
        ).people.map(({ person }) => person);
      expect([await at(then), await at(hours(-98 * 24)), await at(hours(1))]).toEqual([
        ['bo'],
        ['ana'],
        ['cleo'],
      ]);
    }));
});

describe('requests for cover in the record', () => {
  it('are taken by one, however many accept in one moment', () =>
    withSchedule(async ({ store, other, dataSource, write, paged }) => {
      await write(['ana', 'bo', 'cleo']);
      const [holder = ''] = await paged(store);
      const others = ['ana', 'bo', 'cleo'].filter((one) => one !== holder);
      const asked = {
        by: holder,
        to: null,
        shift: { from: hours(0), to: hours(2) },
        inReturn: null,
        reason: null,
      };
      const outcome = await store.swaps.ask('primary', asked, { actor: holder, link: 'https://x/on-call' });
      if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
      const { id } = outcome.swap;
      const answers = await Promise.all(
        [store, other, store, other].map((one, index) =>
          one.swaps.accept('primary', id, others[index % 2] ?? '', others[index % 2] ?? ''),
        ),
      );
      expect(answers.map(({ kind }) => kind).toSorted()).toEqual([
        'accepted',
        'refused',
        'refused',
        'refused',
      ]);
      const [swap] = await store.swaps.list('primary', { all: true });
      expect(await paged(other)).toEqual([swap?.decidedBy]);
      const audit = await dataSource.query(
        `SELECT action FROM audit_entry WHERE action LIKE 'swap.%' ORDER BY id`,
      );
      expect(audit).toEqual([{ action: 'swap.ask' }, { action: 'swap.accepted' }]);
      expect(await store.swaps.open()).toEqual([]);
    }));
});

describe('edits in the record', () => {
  it('count from their date in every process, and the past stays as it was', () =>
    withSchedule(async ({ store, other, dataSource, write, paged }) => {
      const edited = new Date().toISOString();
      await write(['bo'], { from: hours(24) });
      expect(await paged(store)).toEqual(['ana']);
      expect(await paged(other, hours(25))).toEqual(['bo']);
      await write(['cleo'], { from: hours(48) });
      expect(await paged(other, hours(25))).toEqual(['bo']);
      expect(await paged(other, hours(49))).toEqual(['cleo']);
      await write(['ana', 'bo']);
      expect(await paged(store, hours(49))).not.toContain('cleo');
      expect(await paged(store, edited)).toEqual(['ana']);
      const history = await readHistory(dataSource, 'primary', { from: hours(-9), to: hours(99) });
      expect(history?.revisions.map(({ spec }) => spec.layers[0]?.people)).toEqual([['ana'], ['ana', 'bo']]);
    }));
});
