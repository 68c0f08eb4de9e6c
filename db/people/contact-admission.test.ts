/** Codes and test pages within the rate limits of their providers, beside pages. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { LimitsByChannel } from '../../domain/delivery/decide-admission.js';
import { withDatabase } from '../../test/harness/database.js';
import { createStore, type Store } from '../connection/store.js';
import { pagedFixture } from '../testing/paged-fixture.js';

const secretKey = randomBytes(32);
const limitsBy: LimitsByChannel = (channel) =>
  channel === 'voice' ? { perSecond: 1, perAddressPerMinute: 6 } : undefined;

interface Admitted {
  store: Store;
  db: DataSource;
  plan: (kind: 'code' | 'test', address: string, channel?: string) => Promise<unknown>;
  /** Two workers take at the same time. */
  take: () => Promise<string[]>;
  /** Moves the record's clock forward. */
  wait: (ms: number) => Promise<void>;
}

const withStack = (work: (admission: Admitted) => Promise<void>) =>
  withDatabase(async (db) => {
    const store = createStore(db, secretKey);
    const workers = [store, createStore(db, secretKey)];
    for (const worker of workers) worker.contactMessages.setLimits(limitsBy);
    await work({
      store,
      db,
      plan: (kind, address, channel = 'voice') =>
        store.contactMessages.plan(db.manager, {
          person: 'ana',
          contact: 'phone',
          channel,
          address,
          requestedBy: 'tocsin',
          code: kind === 'code' ? '123456' : null,
        }),
      take: async () =>
        (await Promise.all(workers.map(({ contactMessages }) => contactMessages.take(10))))
          .flat()
          .map(({ kind, address }) => `${kind} to ${address}`),
      wait: async (ms) => {
        await db.query(`UPDATE contact_message SET due_at = due_at - $1 * interval '1 millisecond'`, [ms]);
        await db.query(`UPDATE sending_rate SET free_at = free_at - $1 * interval '1 millisecond'`, [ms]);
      },
    });
  });

const NUMBERS = ['+49301', '+49302', '+49303', '+49304'];

describe('codes and test pages', () => {
  it('ring no faster than the provider takes calls, and each of them rings', () =>
    withStack(async ({ plan, take, wait, db }) => {
      for (const number of NUMBERS) await plan('test', number);
      const stepRef = await take();
      expect(stepRef).toHaveLength(1);
      expect(await take()).toEqual([]);
      expect(await db.query(`SELECT DISTINCT held FROM contact_message WHERE state = 'planned'`)).toEqual([
        { held: 'held: voice takes 1 messages a second' },
      ]);
      for (let second = 0; second < 20 && stepRef.length < NUMBERS.length; second += 1) {
        await wait(1_000);
        const now = await take();
        expect(now.length).toBeLessThanOrEqual(1);
        stepRef.push(...now);
      }
      expect(stepRef.toSorted()).toEqual(NUMBERS.map((number) => `test to ${number}`));
    }));

  it('go in the order of who waits for them, and one slow provider holds up no other', () =>
    withStack(async ({ plan, take }) => {
      for (let n = 0; n < 12; n += 1) await plan('test', `+49300${n}`);
      await plan('code', '+49309');
      await plan('test', 'ana@example.com', 'email');
      expect((await take()).toSorted()).toEqual(['code to +49309', 'test to ana@example.com']);
    }));

  it('have their turns from the same rows as pages', () =>
    withStack(async ({ db, store, plan, take, wait }) => {
      store.ledger.setLimits(limitsBy);
      const incident = await (await pagedFixture(db, store)).page();
      await db.query(
        `UPDATE delivery SET channel = 'voice', address = '+49301', due_at = tocsin_now() WHERE state = 'planned'`,
      );
      const due = { incidentId: incident.id, sender: 'test', lateMs: 0, limit: 10 };
      expect(await store.ledger.takeDue(due)).toMatchObject([{ channel: 'voice' }]);
      await plan('code', '+49302');
      expect(await take()).toEqual([]);
      await wait(2_000);
      expect(await take()).toEqual(['code to +49302']);
    }));
});
