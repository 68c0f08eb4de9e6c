/**
 * Tocsin as in production: the built api, worker and pager as separate processes, on this suite's database and
 * Temporal namespace. Tests call them over HTTP, and may stop, kill and restart each one.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startChild, type Child } from '../../embedded/child.js';
import { freePort } from '../../embedded/ports.js';
import { isHealthy } from '../../embedded/probe.js';
import { createApi, type Api } from './api.js';
import { createDatabase, takeNamespace } from './database.js';
import { eventually } from './eventually.js';
import { openHistories, type Histories } from './histories.js';
import { createLogs } from './logs.js';
import { openSql, type Sql } from './sql.js';

export type PartName = 'api' | 'worker' | 'pager';

/** Shared by every test's processes; a receiver needs it to know the signing secrets. */
export const secretKey = 'a root key for stories, as long as it has to be';
const adminToken = 'admin-token-for-stories-as-long-as-it-has-to-be';

export interface Tocsin extends Api {
  readonly url: string;
  readonly databaseUrl: string;
  readonly sql: Sql;
  readonly histories: Histories;
  start(part: PartName): Promise<void>;
  /** Sends SIGTERM and waits for the end. */
  stop(part: PartName): Promise<void>;
  /** SIGKILL. */
  kill(part: PartName): Promise<void>;
  /** Output of a process so far; printed when a test fails. */
  logs(part: PartName): string;
  /** Resolves when `/readyz` reports that a page would be sent. */
  ready(): Promise<void>;
  /** Ends everything and drops the database. */
  end(): Promise<void>;
}

export interface TocsinOptions {
  parts?: readonly PartName[];
  /** Added to every process's environment. */
  env?: Record<string, string>;
  /** Address and namespace of another Temporal server than the run's. */
  temporal?: { address: string; namespace: string };
}

/** The build: next to this file's sources, or around it when the harness itself was built. */
const above = join(import.meta.dirname, '..', '..');
export const dist = existsSync(join(above, 'package.json')) ? join(above, 'dist') : above;

/** The bundle of this run (`bundle-apps.mjs`); without one, as outside Jest, the build itself. */
export function programOf(part: PartName | 'worker/reconcile'): string[] {
  const bundles = process.env['TOCSIN_TEST_APPS'];
  return bundles === undefined
    ? ['--enable-source-maps', join(dist, part, 'main.js')]
    : [join(bundles, part, 'main.js')];
}

/** Resolves when every part answers, and when the whole is ready if worker and pager are among the parts. */
export async function startTocsin(options: TocsinOptions = {}): Promise<Tocsin> {
  const { parts = ['api', 'worker', 'pager'], env = {} } = options;
  const database = await createDatabase();
  const temporal = options.temporal ?? { address: temporalAddress(), namespace: await takeNamespace() };
  const ports = { api: await freePort(), worker: await freePort(), pager: await freePort() };
  const url = `http://127.0.0.1:${ports.api}`;
  const logs = createLogs();
  const children = new Map<PartName, Child>();
  const processEnv = {
    ...inherited(),
    NODE_ENV: 'production',
    DATABASE_URL: database.appUrl,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    // A file that does not exist: tests must not read the machine's own profile.
    TEMPORAL_CONFIG_FILE: join(dist, 'no-profile.toml'),
    TOCSIN_SECRET_KEY: secretKey,
    TOCSIN_ADMIN_TOKEN: adminToken,
    TOCSIN_URL: url,
    // Receivers listen on loopback, which egress refuses unless it is allowed.
    TOCSIN_EGRESS_ALLOW: '127.0.0.0/8,::1/128',
    TOCSIN_EGRESS_ALLOW_CONTACTS: '127.0.0.0/8,::1/128',
    TOCSIN_LOG_LEVEL: 'info',
    // Tests count rows and messages; the canary test turns it on.
    TOCSIN_CANARY: 'off',
    PORT: String(ports.api),
    TOCSIN_WORKER_PORT: String(ports.worker),
    TOCSIN_PAGER_PORT: String(ports.pager),
    ...env,
  };
  const sql = openSql(database.url);
  const histories = openHistories(temporal, processEnv.TOCSIN_SECRET_KEY);
  const tocsin: Tocsin = {
    ...createApi(url, adminToken),
    url,
    databaseUrl: database.url,
    sql,
    histories,
    async start(part) {
      const child = await startChild({
        name: part,
        command: process.execPath,
        args: programOf(part),
        env: processEnv,
        logFile: null,
        onLine: logs.taker(part),
        isReady: () => isHealthy(`http://127.0.0.1:${ports[part]}/healthz`),
        readyTimeoutMs: 60_000,
        stopSignal: 'SIGTERM',
        stopTimeoutMs: 20_000,
        restart: null,
      });
      children.set(part, child);
    },
    async stop(part) {
      await children.get(part)?.stop();
    },
    async kill(part) {
      await children.get(part)?.kill();
    },
    logs: (part) => logs.of(part),
    ready: () =>
      eventually(() => isHealthy(`${url}/readyz`), { what: 'readiness', timeoutMs: 60_000 }).then(() => {}),
    async end() {
      await Promise.all(parts.map((part) => tocsin.stop(part)));
      await histories.close();
      await sql.close();
      await database.drop();
    },
  };
  try {
    // Waits for all, even if one fails: a part that is still starting could not be ended.
    const starts = await Promise.allSettled(parts.map((part) => tocsin.start(part)));
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    if (parts.includes('worker') && parts.includes('pager') && parts.includes('api')) await tocsin.ready();
  } catch (error) {
    await tocsin.end();
    throw error;
  }
  return tocsin;
}

function temporalAddress(): string {
  const address = process.env['TOCSIN_TEST_TEMPORAL'];
  if (address === undefined)
    throw new Error('No Temporal for tests: run them with npm test, which starts one');
  return address;
}

/** Variables of the caller's environment that Node and the system need. */
const inherited = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    ['PATH', 'HOME', 'TMPDIR', 'LANG', 'SystemRoot'].map((name) => [name, process.env[name]]),
  );
