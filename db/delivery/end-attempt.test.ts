/** Tests of the SQL at the end of an attempt; domain/delivery/settle.test.ts tests the decisions. */
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import * as decided from '../../domain/delivery/settle.js';
import { accepted, withLedger, type LedgerFixture } from '../testing/ledger-fixture.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { endAttempt } from './end-attempt.js';

const leasedPage = async (fixture: LedgerFixture): Promise<LeasedDelivery> => {
  const [incident] = await fixture.incidents(1);
  const [leased] = incident === undefined ? [] : await fixture.plan(incident);
  if (leased === undefined) throw new Error('nothing was due');
  return leased;
};

/** Runs `meanwhile` once, between reading the row and writing the changes. */
const interrupted = (db: DataSource, meanwhile: string, values: unknown[]): Pick<DataSource, 'query'> => {
  let statements = 0;
  return {
    query: async (sql: string, parameters?: unknown[]) => {
      statements += 1;
      if (statements === 2) await db.query(meanwhile, values);
      return db.query(sql, parameters);
    },
  };
};

describe('the end of an attempt', () => {
  it.each<[string, string, unknown]>([
    ['a receipt', `UPDATE delivery SET receipt = 'read' WHERE id = $1`, { state: 'delivered', due: false }],
    [
      'an acknowledgement',
      `UPDATE delivery SET reason = 'acked', due_at = NULL WHERE id = $1`,
      { state: 'failed', due: false },
    ],
  ])('is decided again when %s changed the row meanwhile', (_what, meanwhile, expected) =>
    withLedger(async (fixture, db) => {
      const leased = await leasedPage(fixture);
      const attempt = { ...leased, number: leased.incident.number, listed: [] };
      const times = { leaseMs: 30_000, confirmsWithinMs: null };
      const end = {
        delivery: leased.id,
        n: 1,
        outcome: 'ambiguous' as const,
        provider: 'smtp',
        providerId: null,
        error: 'timed out',
      };
      await endAttempt(interrupted(db, meanwhile, [leased.id]), end, (row) =>
        decided.settle(row, attempt, { kind: 'ambiguous' }, times),
      );
      const rows: unknown[] = await fixture.query(
        'SELECT state, due_at IS NOT NULL AS due FROM delivery WHERE id = $1',
        [leased.id],
      );
      expect(rows).toEqual([expected]);
    }),
  );

  it('is written whatever the provider says: an error that is cut within a character', () =>
    withLedger(async (fixture) => {
      const leased = await leasedPage(fixture);
      await fixture.store.ledger.settle(leased, {
        kind: 'failed',
        provider: 'smtp',
        error: `${'x'.repeat(999)}😀`,
        permanent: false,
      });
      expect(await fixture.query('SELECT state FROM delivery WHERE id = $1', [leased.id])).toEqual([
        { state: 'failed' },
      ]);
    }));

  it('takes two statements', () =>
    withLedger(async (fixture, db) => {
      const leased = await leasedPage(fixture);
      let statements = 0;
      const counting: Pick<DataSource, 'query'> = {
        query: (sql: string, parameters?: unknown[]) => {
          statements += 1;
          return db.query(sql, parameters);
        },
      };
      const attempt = { ...leased, number: leased.incident.number, listed: [] };
      const end = {
        delivery: leased.id,
        n: 1,
        outcome: 'accepted',
        provider: 'smtp',
        providerId: null,
        error: null,
      } as const;
      await endAttempt(counting, end, (row) =>
        decided.settle(row, attempt, accepted, { leaseMs: 30_000, confirmsWithinMs: null }),
      );
      expect(statements).toBe(2);
    }));
});
