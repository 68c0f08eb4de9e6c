/** The red bar names a watchdog that has fallen silent, for as long as it is expected to speak. */
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../../config/environment.js';
import { beat } from '../../db/heartbeats.js';
import { createStore } from '../../db/store.js';
import { reportWatchdog, type WatchdogName } from '../../db/watchdogs.js';
import { withDatabase } from '../../test/harness/database.js';
import { SystemService } from './system.service.js';

const all: WatchdogName[] = ['auditor', 'canary', 'heartbeat', 'reconcile'];

/** Every process is there, and every watchdog said that all is well. */
async function withSystem(
  env: Record<string, string>,
  act: (bar: () => Promise<string[]>, dataSource: DataSource) => Promise<void>,
): Promise<void> {
  await withDatabase(async (dataSource, url) => {
    const config = loadConfig({
      DATABASE_URL: url,
      TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
      TOCSIN_ADMIN_TOKEN: 'an-admin-token-0123456789abcdef01',
      ...env,
    });
    await beat(dataSource, 'worker', { temporal: true });
    await beat(dataSource, 'pager', {});
    for (const name of all) await reportWatchdog(dataSource, { name, ok: true, text: 'well' });
    const system = new SystemService(createStore(dataSource, config.secretKey), config);
    const bar = async () => (await system.degraded()).map((line) => line.split(':')[0] ?? '');
    expect(await bar()).toEqual([]);
    await act(bar, dataSource);
  });
}

const silence = (dataSource: DataSource, names: WatchdogName[]): Promise<unknown> =>
  dataSource.query(`UPDATE watchdog SET at = at - interval '6 minutes' WHERE name = ANY ($1)`, [names]);

describe('a watchdog that has fallen silent', () => {
  it('is named, and the ping that follows the canary is not named beside it', () =>
    withSystem({}, async (bar, dataSource) => {
      await silence(dataSource, ['heartbeat']);
      expect(await bar()).toEqual(['heartbeat']);
      await silence(dataSource, all);
      expect(await bar()).toEqual(['auditor', 'canary', 'reconcile']);
    }));

  it('is not missed where it is switched off, or speaks less often', () =>
    withSystem({ TOCSIN_CANARY: 'off' }, async (bar, dataSource) => {
      await silence(dataSource, ['canary', 'heartbeat']);
      expect(await bar()).toEqual([]);
    }));

  it('is not named beside its process', () =>
    withSystem({}, async (bar, dataSource) => {
      await silence(dataSource, all);
      await dataSource.query(`DELETE FROM heartbeat WHERE process = 'pager'`);
      expect(await bar()).toEqual(['pager', 'reconcile']);
    }));
});
