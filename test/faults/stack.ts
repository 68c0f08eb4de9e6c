/**
 * The whole product with proxies in front of PostgreSQL and Temporal, and each process killable: PostgreSQL,
 * Temporal, api, worker and pager, started once and used for many cases. Leases and patience are short, so that no
 * case waits for half a minute.
 */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWebhookChannel } from '../../integrations/webhook/send/webhook.js';
import { type Sender } from '../../dispatch/send-delivery.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { createStore, type Store } from '../../db/connection/store.js';
import { createEgress } from '../../egress/egress.js';
import { startChild } from '../../embedded/child.js';
import { freePort } from '../../embedded/ports.js';
import { startPostgres } from '../../embedded/postgres.js';
import { isHealthy } from '../../embedded/probe.js';
import { startTemporal } from '../../embedded/temporal.js';
import { createApi, type Api } from '../harness/api.js';
import { eventually } from '../harness/eventually.js';
import { openHistories, type Histories } from '../harness/histories.js';
import { openSql, type Sql } from '../harness/sql.js';
import { dist } from '../harness/tocsin.js';
import { startPauses, type Pauses } from './pauses.js';
import { startProvider, type Provider } from './provider.js';
import { startTcpProxy, type TcpProxy } from './proxy/tcp-proxy.js';
import { organisation } from './slots.js';

export type Part = 'api' | 'worker' | 'pager' | 'temporal' | 'postgres';
export type Line = 'temporal' | 'postgres';

export const LEASE_MS = 3_000;

export interface Stack extends Api {
  readonly pauses: Pauses;
  readonly provider: Provider;
  readonly lines: Record<Line, TcpProxy>;
  /** Queries bypass the proxies. */
  readonly sql: Sql;
  readonly histories: Histories;
  /** A second process that does the same work at the same time, as a repeated activity does. */
  readonly second: { store: Store; sender: Sender };
  /** Port of the api, for a connection of one's own. */
  readonly apiPort: number;
  kill(part: Part): Promise<void>;
  stop(part: Part): Promise<void>;
  goOn(part: Part): void;
  end(): Promise<void>;
}

const restart = { firstMs: 50, capMs: 200 };
/** A run continues as new after this many events, instead of 4,096. */
const HISTORY = 60;

/**
 * `build`: a folder like `dist/`; default this build. It is copied, because processes restart long after a next
 * build.
 */
export async function startStack({ build = dist }: { build?: string } = {}): Promise<Stack> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-faults-'));
  // Below the project, where the modules are found.
  const cache = join(dist, '..', '.cache');
  mkdirSync(cache, { recursive: true });
  const apps = mkdtempSync(join(cache, 'faults-'));
  const closers: (() => unknown)[] = [
    () => rmSync(dataDir, { recursive: true, force: true }),
    () => rmSync(apps, { recursive: true, force: true }),
  ];
  const keep = <T>(started: T, close: (started: T) => unknown): T => {
    closers.push(() => close(started));
    return started;
  };
  const end = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    const [postgres, temporal] = await Promise.all([
      startPostgres({ dataDir, restart }).then((one) => keep(one, () => one.stop())),
      startTemporal({
        dbFile: join(dataDir, 'temporal', 'temporal.db'),
        namespaces: ['default'],
        settings: { 'limit.historyCount.suggestContinueAsNew': HISTORY },
        restart,
      }).then((one) => keep(one, () => one.stop())),
    ]);
    cpSync(build, apps, { recursive: true });
    const pauses = keep(await startPauses(join(dataDir, 'pause.sock')), (one) => one.close());
    const provider = keep(await startProvider(), (one) => one.close());
    const ports = { api: await freePort(), worker: await freePort(), pager: await freePort() };
    const line = async (port: number) => keep(await startTcpProxy({ port }), (one) => one.close());
    const lines = {
      temporal: await line(temporal.port),
      postgres: await line(postgres.port),
    };
    const databaseUrl = new URL(postgres.url);
    databaseUrl.port = String(lines.postgres.port);
    const secretKey = randomBytes(32).toString('base64url');
    const adminToken = randomBytes(32).toString('base64url');
    const url = `http://127.0.0.1:${ports.api}`;
    const env = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      NODE_ENV: 'test',
      MALLOC_ARENA_MAX: '2',
      DATABASE_URL: databaseUrl.href,
      TEMPORAL_ADDRESS: `127.0.0.1:${lines.temporal.port}`,
      TEMPORAL_NAMESPACE: 'default',
      TEMPORAL_CONFIG_FILE: join(dataDir, 'no-profile.toml'),
      TOCSIN_SECRET_KEY: secretKey,
      TOCSIN_ADMIN_TOKEN: adminToken,
      TOCSIN_URL: url,
      TOCSIN_EGRESS_ALLOW: '127.0.0.0/8',
      TOCSIN_EGRESS_ALLOW_CONTACTS: '127.0.0.0/8',
      TOCSIN_LOG_LEVEL: process.env['TOCSIN_LOG_LEVEL'] ?? 'warn',
      TOCSIN_LEASE: `${LEASE_MS / 1000}s`,
      TOCSIN_PAGER_LATE: '3s',
      TOCSIN_CANARY: 'off',
      TOCSIN_PAUSE_SOCKET: pauses.socketPath,
      PORT: String(ports.api),
      TOCSIN_WORKER_PORT: String(ports.worker),
      TOCSIN_PAGER_PORT: String(ports.pager),
    };
    const app = async (name: 'api' | 'worker' | 'pager') =>
      keep(
        await startChild({
          name,
          command: process.execPath,
          args: ['--enable-source-maps', '--max-semi-space-size=4', join(apps, name, 'main.js')],
          env,
          logFile:
            process.env['FAULTS_LOGS'] === undefined ? null : join(process.env['FAULTS_LOGS'], `${name}.log`),
          isReady: () => isHealthy(`http://127.0.0.1:${ports[name]}/healthz`),
          readyTimeoutMs: 60_000,
          stopSignal: 'SIGTERM',
          stopTimeoutMs: 15_000,
          restart,
        }),
        (one) => one.stop(),
      );
    const sql = keep(openSql(postgres.url), (one) => one.close());
    const histories = keep(
      openHistories({ address: temporal.address, namespace: 'default' }, secretKey),
      (one) => one.close(),
    );
    const [api, worker, pager] = await Promise.all([app('api'), app('worker'), app('pager')]);
    const running = { postgres, temporal, api, worker, pager };
    const pidOf = (part: Part): Promise<number> =>
      eventually(() => running[part].pid, { what: `${part} running`, timeoutMs: 60_000 });
    const dataSource = createDataSource({ url: postgres.url, name: 'twin', poolSize: 24 });
    await dataSource.initialize();
    keep(dataSource, (one) => one.destroy());
    const egress = keep(createEgress({ allow: ['127.0.0.0/8'] }), (one) => one.close());
    const store = createStore(dataSource, Buffer.from(secretKey), { leaseMs: LEASE_MS });
    const stack: Stack = {
      ...createApi(url, adminToken),
      apiPort: ports.api,
      pauses,
      provider,
      lines,
      sql,
      histories,
      second: {
        store,
        sender: {
          ledger: store.ledger,
          channels: new Map([['webhook', createWebhookChannel(egress)]]),
          publicUrl: url,
          leaseMs: LEASE_MS,
        },
      },
      kill: async (part) => void process.kill(await pidOf(part), 'SIGKILL'),
      async stop(part) {
        process.kill(await pidOf(part), 'SIGSTOP');
      },
      goOn(part) {
        const { pid } = running[part];
        if (pid !== null) process.kill(pid, 'SIGCONT');
      },
      end,
    };
    await eventually(() => isHealthy(`${url}/readyz`), { what: 'readiness', timeoutMs: 60_000 });
    await eventually(
      async () => {
        const { status, text } = await stack.call('POST', '/api/v1/config/apply', organisation(provider.url));
        return status === 200 || Promise.reject(new Error(text.slice(0, 1_000)));
      },
      { what: 'the organisation to be applied', timeoutMs: 90_000 },
    );
    return stack;
  } catch (error) {
    await end();
    throw error;
  }
}
