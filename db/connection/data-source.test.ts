/** A stalled lock holder and a silent connection delay other processes only for a bounded time. */
import { describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../test/harness/database.js';
import { createDataSource } from './data-source.js';
import { pagedFixture } from '../testing/paged-fixture.js';

describe('a process that stands still in a transaction', () => {
  it('with the pace of a person locked, does not keep that person from being paged', () =>
    withDatabase(async (dataSource, url) => {
      const fixture = await pagedFixture(dataSource);
      await fixture.page('shop');
      const frozen = createDataSource({ url, name: 'frozen', poolSize: 1, idleInTransactionMs: 300 });
      await frozen.initialize();
      const runner = frozen.createQueryRunner();
      try {
        await runner.startTransaction();
        const locked: unknown[] = await runner.query('SELECT 1 FROM sending_rate FOR UPDATE');
        expect(locked.length).toBeGreaterThan(0);
        // Without the bound this waits until its statement is cancelled, and throws.
        const paged = await fixture.page('checkout-db');
        expect(await fixture.deliveries(paged)).toContainEqual(
          expect.objectContaining({ state: 'accepted' }),
        );
        await expect(runner.query('SELECT 1')).rejects.toThrow();
      } finally {
        await runner.release();
        await frozen.destroy();
      }
    }));

  it('lets a sender give up its turn, and a person wait', () =>
    withDatabase(async (dataSource, url) => {
      await dataSource.query(`INSERT INTO sending_rate (scope) VALUES ('busy')`);
      const look = `SELECT 1 FROM sending_rate WHERE scope = 'busy' FOR UPDATE`;
      const sender = createDataSource({ url, name: 'sender', poolSize: 1, lockTimeoutMs: 50 });
      await sender.initialize();
      try {
        let person: Promise<unknown[]> = Promise.resolve([]);
        await dataSource.transaction(async (tx) => {
          await tx.query(look);
          person = dataSource.query(look);
          await expect(sender.query(look)).rejects.toMatchObject({ code: '55P03' });
        });
        expect(await person).toHaveLength(1);
      } finally {
        await sender.destroy();
      }
    }));
});

it('a connection that does not answer is dropped, and the next statement has one that does', () =>
  withDatabase(async (_dataSource, url) => {
    const patient = createDataSource({ url, name: 'patient', poolSize: 1, answerTimeoutMs: 1_000 });
    await patient.initialize();
    try {
      await expect(patient.query('SELECT pg_sleep(3600)')).rejects.toThrow('Query read timeout');
      expect(await patient.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    } finally {
      await patient.destroy();
    }
  }));

it('every connection says what bounds it', () =>
  withDatabase(async (dataSource) => {
    const rows: unknown[] = await dataSource.query(
      `SELECT name, setting FROM pg_settings
        WHERE name IN ('idle_in_transaction_session_timeout', 'lock_timeout', 'statement_timeout', 'tcp_keepalives_count') ORDER BY name`,
    );
    expect(rows).toEqual([
      { name: 'idle_in_transaction_session_timeout', setting: '15000' },
      { name: 'lock_timeout', setting: '0' },
      { name: 'statement_timeout', setting: '30000' },
      { name: 'tcp_keepalives_count', setting: '3' },
    ]);
  }));
