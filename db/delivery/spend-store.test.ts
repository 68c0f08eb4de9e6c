import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { withDatabase } from '../../test/harness/database.js';
import { paidMessagesToday, SpendStore } from './spend-store.js';

const limits = { countries: [], dailyLimit: 10, dailyLimitPerPerson: 5 };
const counts = async (dataSource: DataSource): Promise<Record<string, number>> =>
  Object.fromEntries((await paidMessagesToday(dataSource)).map(({ what, count }) => [what, count]));

describe('paid messages', () => {
  it('are counted over all and by person, and the last of them are for high urgency', () =>
    withDatabase(async (dataSource) => {
      const spend = new SpendStore(dataSource);
      const ask = (person: string, isUrgent: boolean) => spend.reserve({ person, isUrgent, limits });
      for (let n = 0; n < 4; n += 1) expect(await ask('ana', false)).toEqual({ kind: 'allowed' });
      expect(await ask('ana', false)).toMatchObject({ because: 'daily_limit_per_person' });
      expect(await ask('ana', true)).toEqual({ kind: 'allowed' });
      expect(await ask('ana', true)).toMatchObject({ because: 'daily_limit_per_person' });
      for (let n = 0; n < 3; n += 1) expect(await ask('bo', false)).toEqual({ kind: 'allowed' });
      expect(await ask('bo', false)).toMatchObject({ because: 'daily_limit' });
      await spend.refund('bo');
      expect(await ask('bo', false)).toEqual({ kind: 'allowed' });
      await spend.refused('country');
      expect(await counts(dataSource)).toEqual({
        sent: 8,
        held_back_by_daily_limit_per_person: 2,
        held_back_by_daily_limit: 1,
        held_back_by_country: 1,
      });
    }));

  it('never pass the limit when everybody asks at once', () =>
    withDatabase(async (dataSource) => {
      const spend = new SpendStore(dataSource);
      const asked = Array.from({ length: 30 }, (_, n) =>
        spend.reserve({ person: `p${n % 10}`, isUrgent: true, limits }),
      );
      const decisions = await Promise.all(asked);
      expect(decisions.filter(({ kind }) => kind === 'allowed')).toHaveLength(10);
      expect((await counts(dataSource))['sent']).toBe(10);
    }));

  it('begin anew every day', () =>
    withDatabase(async (dataSource) => {
      const spend = new SpendStore(dataSource);
      await dataSource.query(
        `INSERT INTO paid_message_count VALUES ((tocsin_now() AT TIME ZONE 'UTC')::date - 1, 'all', 10)`,
      );
      expect(await spend.reserve({ person: 'ana', isUrgent: false, limits })).toEqual({ kind: 'allowed' });
      expect(await counts(dataSource)).toEqual({ sent: 1 });
    }));
});
