import { expect, it } from '@jest/globals';
import { Gauge } from 'prom-client';
import { reportWatchdog } from '../../db/health/watchdogs.js';
import { withDatabase } from '../../test/harness/database.js';
import { showWatchdogs } from './watchdog-status.js';

it('a watchdog that has fallen silent, or cannot be read, is shown as not well', () =>
  withDatabase(async (dataSource) => {
    const canaryOk = new Gauge({ name: 'canary', help: 'test', registers: [] });
    const watchdogOk = new Gauge({ name: 'watchdog', help: 'test', labelNames: ['watchdog'], registers: [] });
    const shown = async (canaryEveryMs = 60_000) => {
      await showWatchdogs(dataSource, canaryEveryMs, { canaryOk, watchdogOk }).catch(() => undefined);
      const reports = (await watchdogOk.get()).values.map(({ labels, value }) => [labels.watchdog, value]);
      return { canary: (await canaryOk.get()).values[0]?.value, ...Object.fromEntries(reports) } as unknown;
    };
    expect(await shown()).toEqual({ canary: 0 });
    await reportWatchdog(dataSource, { name: 'canary', ok: true, text: 'paged' });
    await reportWatchdog(dataSource, { name: 'auditor', ok: true, text: 'holds' });
    expect(await shown()).toEqual({ canary: 1, auditor: 1 });
    await dataSource.query(`UPDATE watchdog SET at = at - interval '6 minutes'`);
    expect(await shown()).toEqual({ canary: 0, auditor: 0 });
    // A canary that runs every ten minutes may be silent that long.
    expect(await shown(600_000)).toEqual({ canary: 1, auditor: 0 });
    await dataSource.query('ALTER TABLE watchdog RENAME TO gone');
    expect(await shown(600_000)).toEqual({ canary: 0, auditor: 0 });
  }));
