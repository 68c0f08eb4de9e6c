import { randomBytes } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { createDataSource } from '../connection/data-source.js';
import { planReachabilityRound } from './reachability-check.js';
import { createStore } from '../connection/store.js';
import { pagedFixture } from '../testing/paged-fixture.js';

const insert = `INSERT INTO config_object (kind, name, revision, spec, author, at) VALUES ($1, $2, $3, $4, 'test', tocsin_now())`;

interface Fixture {
  write: (kind: string, name: string, spec: object) => Promise<void>;
  /** Number of messages that this many replicas plan together, at that UTC wall time of a far day. */
  roundAt: (day: number, time: string, replicas?: number) => Promise<number>;
  sent: () => Promise<string[]>;
  /** UTC wall times of the waiting messages. */
  due: () => Promise<string[]>;
}

const everyDay = {
  team: 'checkout',
  timezone: 'UTC',
  layers: [
    {
      name: 'main',
      people: ['ana'],
      rotation: { every: 1, unit: 'week', handover: 'mon 09:00', start: '2026-01-05' },
    },
  ],
};
const organisation = (every: string) => ({
  displayName: 'Acme',
  timezone: 'UTC',
  catchAll: [],
  reachability: { every },
});

const withFixture = (work: (fixture: Fixture) => Promise<void>): Promise<void> =>
  withDatabase(async (db, url) => {
    await pagedFixture(db);
    let revision = 10;
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const fixture: Fixture = {
      async write(kind, name, spec) {
        await db.query(insert, [kind, name, ++revision, JSON.stringify(spec)]);
        await db.query('UPDATE config_head SET version = version + 1');
      },
      async roundAt(day, time, replicas = 1) {
        const wanted = midnight + day * 86_400_000 + Date.parse(`1970-01-01T${time}:00Z`);
        const [row] = (await db.query('SELECT current_database() AS name')) as { name: string }[];
        await db.query(
          `ALTER DATABASE ${row?.name} SET tocsin.clock_shift = '${wanted - Date.now()} milliseconds'`,
        );
        const then = createDataSource({ url, name: 'later', poolSize: replicas });
        await then.initialize();
        try {
          return await planTogether(then, replicas);
        } finally {
          await then.destroy();
        }
      },
      async sent() {
        const rows: { text: string }[] = await db.query(
          `SELECT person || ' ' || contact || ' ' || kind AS text FROM contact_message ORDER BY created_at, contact`,
        );
        return rows.map(({ text }) => text);
      },
      async due() {
        const rows: { due_at: Date }[] = await db.query(
          'SELECT due_at FROM contact_message WHERE held IS NOT NULL ORDER BY due_at',
        );
        return rows.map(({ due_at }) => due_at.toISOString().slice(11, 16));
      },
    };
    await fixture.write('Schedule', 'checkout', everyDay);
    await work(fixture);
  });

async function planTogether(db: DataSource, replicas: number): Promise<number> {
  const { snapshots, contactMessages } = createStore(db, randomBytes(32));
  const planned = await Promise.all(
    Array.from({ length: replicas }, () => planReachabilityRound(db, snapshots, contactMessages)),
  );
  return planned.reduce((sum, n) => sum + n);
}

it('whoever is on call gets a test page by each contact their rules use, once in the time, over all replicas', () =>
  withFixture(async ({ write, roundAt, sent }) => {
    expect(await roundAt(1, '12:00')).toBe(0);
    await write('Organisation', 'default', organisation('7d'));
    expect(await roundAt(1, '12:00', 3)).toBe(2);
    expect(await roundAt(1, '12:05')).toBe(0);
    expect((await sent()).toSorted()).toEqual(['ana mail test', 'ana phone test']);
    expect(await roundAt(8, '11:55')).toBe(0);
    expect(await roundAt(8, '12:05')).toBe(2);
  }));

it('is sent in the day of whoever gets it: asked for at night it waits, and no other is planned meanwhile', () =>
  withFixture(async ({ write, roundAt, due }) => {
    await write('Organisation', 'default', organisation('7d'));
    expect(await roundAt(1, '18:00')).toBe(2);
    expect(await due()).toEqual(['10:00', '10:00']);
    for (const time of ['19:00', '23:50']) expect([time, await roundAt(1, time)]).toEqual([time, 0]);
    expect(await roundAt(9, '09:30')).toBe(0);
    expect(await roundAt(9, '10:30')).toBe(2);
  }));

it('asked for more than once a day it is sent at any hour', () =>
  withFixture(async ({ write, roundAt }) => {
    await write('Organisation', 'default', organisation('1h'));
    expect(await roundAt(1, '03:00')).toBe(2);
    expect(await roundAt(1, '03:50')).toBe(0);
    expect(await roundAt(1, '04:10')).toBe(2);
  }));
