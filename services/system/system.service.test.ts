/** The red bar names a watchdog that reports no more, while it is expected to report. */
import { describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { loadConfig } from '../../config/environment.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { recordHeartbeat } from '../../db/health/heartbeats.js';
import { reportWatchdog, type WatchdogName } from '../../db/health/watchdogs.js';
import { withDatabase } from '../../test/harness/database.js';
import { SystemService } from './system.service.js';

const all: WatchdogName[] = ['auditor', 'canary', 'heartbeat', 'reconcile'];

/** Every process is up, and every watchdog reported success. */
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
    await recordHeartbeat(dataSource, 'worker', { temporal: true });
    await recordHeartbeat(dataSource, 'pager', {});
    for (const name of all) await reportWatchdog(dataSource, { name, ok: true, text: 'well' });
    const system = new SystemService(dataSource, config, new ConfigSnapshots(config.rootKeys));
    const bar = async () => (await system.degraded()).map((line) => line.split(':')[0] ?? '');
    expect(await bar()).toEqual([]);
    await act(bar, dataSource);
  });
}

const silence = (dataSource: DataSource, names: WatchdogName[]): Promise<unknown> =>
  dataSource.query(`UPDATE watchdog SET at = at - interval '6 minutes' WHERE name = ANY ($1)`, [names]);

describe('a watchdog without reports', () => {
  it('is named, and the heartbeat that depends on the canary is not named beside it', () =>
    withSystem({}, async (bar, dataSource) => {
      await silence(dataSource, ['heartbeat']);
      expect(await bar()).toEqual(['heartbeat']);
      await silence(dataSource, all);
      expect(await bar()).toEqual(['auditor', 'canary', 'reconcile']);
    }));

  it('is not expected where it is off, or reports less often', () =>
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
