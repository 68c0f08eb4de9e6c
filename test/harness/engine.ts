/**
 * The embedded engine as `npm start -- --empty` runs it, in a folder of its own, with processes that tests may kill.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../embedded/ports.js';
import { prepareSettings } from '../../embedded/settings.js';
import { readState, type EmbeddedState } from '../../embedded/state-file.js';
import { startSupervisor } from '../../embedded/supervisor.js';
import { createApi, type Api } from './api.js';
import { eventually } from './eventually.js';
import { openSql, type Sql } from './sql.js';
import { dist } from './tocsin.js';

export type EnginePart = 'postgres' | 'temporal' | 'api' | 'worker' | 'pager';

export interface Engine extends Api {
  readonly url: string;
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly secretKey: string;
  /** kill -9 by pid, as the kernel does when memory runs out. */
  kill(part: EnginePart): void;
  /** SIGSTOP: the process exists and does nothing until it is killed. */
  freeze(part: EnginePart): void;
  /** Resolves when `/readyz` reports that a page would be sent. */
  ready(): Promise<void>;
  /** Resolves when the supervisor has restarted the process and all is well. */
  recovered(part: EnginePart): Promise<void>;
  end(): Promise<void>;
}

export async function startEngine(env: Record<string, string> = {}): Promise<Engine> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-engine-'));
  const own = {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    PORT: String(await freePort()),
    TOCSIN_EGRESS_ALLOW: '127.0.0.0/8,::1/128',
    TOCSIN_EGRESS_ALLOW_CONTACTS: '127.0.0.0/8,::1/128',
    TOCSIN_LOG_LEVEL: 'info',
    TOCSIN_CANARY: 'off',
    ...env,
  };
  const settings = await prepareSettings(own, dataDir, () => {});
  // The bundle of this run, which starts in half the time; a killed process starts again and again here.
  const appsDir = process.env['TOCSIN_TEST_APPS'] ?? dist;
  const supervisor = await startSupervisor({ settings, env: own, appsDir, isPractice: false });
  const sql = openSql(supervisor.state.databaseUrl);
  const killed = new Map<EnginePart, number>();
  const pidOf = (part: EnginePart): number => {
    const state: Partial<EmbeddedState> | null = readState(dataDir);
    const pid = state?.processes?.[part]?.pid;
    if (pid === undefined) throw new Error(`${part} does not run`);
    return pid;
  };
  const isReady = async (): Promise<boolean> => (await fetch(new URL('/readyz', settings.apiUrl))).ok;
  const ready = async (): Promise<void> => {
    await eventually(isReady, { what: 'readiness', timeoutMs: 60_000 });
  };
  return {
    ...createApi(settings.apiUrl, settings.adminToken),
    url: settings.apiUrl,
    databaseUrl: supervisor.state.databaseUrl,
    sql,
    secretKey: settings.secretKey,
    kill(part) {
      const pid = pidOf(part);
      killed.set(part, pid);
      process.kill(pid, 'SIGKILL');
    },
    freeze: (part) => void process.kill(pidOf(part), 'SIGSTOP'),
    ready,
    async recovered(part) {
      await eventually(() => pidOf(part) !== killed.get(part), { what: `${part} again`, timeoutMs: 60_000 });
      await ready();
    },
    async end() {
      await sql.close();
      await supervisor.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
