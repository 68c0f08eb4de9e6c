/**
 * The embedded PostgreSQL: a real server from npm, on loopback, with a random password. Also the tests' server, then
 * without waiting for the disk. With `DATABASE_URL` set the supervisor does not use it at all.
 */
import { chmodSync, mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { startChild, type Child, type ChildEvent } from './child.js';
import type { Backoff } from './backoff.js';
import { acquireLock, LockedError, type Lock } from './lock.js';
import { freePort } from './ports.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { clearStalePostmaster, ensureCluster, postgresRole, type Cluster } from './postgres-cluster.js';
import { canReach, findPostgresUser, reachableFolder } from './postgres-user.js';

export type PostgresOptions = {
  /** Contains `postgres/` and `postgres.password`; created when missing. */
  dataDir: string;
  /** Used when free; otherwise any free port. */
  port?: number;
  /** false for tests: no write waits for the disk, and a power cut may lose everything. */
  isDurable?: boolean;
  /** null (the default): a dead server is not restarted. */
  restart?: Backoff | null;
  /** Default `<dataDir>/postgres.log`. */
  logFile?: string;
  onLine?: (line: string) => void;
  onEvent?: (event: ChildEvent) => void;
  /** Gets notices of unusual events (a stale server, a moved data folder). */
  say?: (text: string) => void;
  signal?: AbortSignal;
};

export type RunningPostgres = {
  /** `postgres://tocsin:…@127.0.0.1:<port>/tocsin`; the role may create databases. */
  readonly url: string;
  readonly port: number;
  readonly pid: number | null;
  readonly restarts: number;
  urlOf(database: string): string;
  /** Creates an empty database (or a copy of `template`, to which no client may be connected) and returns its URL. */
  createDatabase(name: string, template?: string): Promise<string>;
  dropDatabase(name: string): Promise<void>;
  stop(): Promise<void>;
  kill(): Promise<void>;
};

/** Starts the server and resolves when the database `tocsin` answers. Throws when a living start uses the folder. */
export async function startPostgres(options: PostgresOptions): Promise<RunningPostgres> {
  const { isDurable = true, say = () => {} } = options;
  const dataDir = prepareDataDir(options.dataDir);
  const lock = lockDataDir(dataDir);
  try {
    const cluster = findCluster(dataDir, say);
    const password = await ensureCluster(cluster, isDurable);
    const port = await freePort(options.port);
    const urlOf = (database: string): string =>
      `postgres://${postgresRole}:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    const child = await startServer(
      { ...options, isDurable, say },
      dataDir,
      cluster,
      port,
      urlOf('postgres'),
    );
    try {
      await ensureDatabase(urlOf('postgres'), 'tocsin');
    } catch (error) {
      await child.stop();
      throw error;
    }
    return runningPostgres(child, lock, port, urlOf);
  } catch (error) {
    lock.release();
    throw error;
  }
}

function runningPostgres(
  child: Child,
  lock: Lock,
  port: number,
  urlOf: (database: string) => string,
): RunningPostgres {
  return {
    url: urlOf('tocsin'),
    port,
    get pid() {
      return child.pid;
    },
    get restarts() {
      return child.restarts;
    },
    urlOf,
    async createDatabase(name, template) {
      const copy = template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(template)}`;
      await query(urlOf('postgres'), `CREATE DATABASE ${pg.escapeIdentifier(name)}${copy}`);
      return urlOf(name);
    },
    async dropDatabase(name) {
      await query(urlOf('postgres'), `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    },
    async stop() {
      await child.stop();
      lock.release();
    },
    async kill() {
      await child.kill();
      lock.release();
    },
  };
}

/** Absolute and without links, because it is compared with PostgreSQL's command line. */
function prepareDataDir(dataDir: string): string {
  mkdirSync(resolve(dataDir), { recursive: true });
  const real = realpathSync(resolve(dataDir));
  // PostgreSQL's user must pass through to its own folder; every secret in here is 0600.
  chmodSync(real, process.getuid?.() === 0 ? 0o711 : 0o700);
  return real;
}

function lockDataDir(dataDir: string): Lock {
  try {
    return acquireLock(join(dataDir, 'postgres.lock'));
  } catch (cause) {
    if (!(cause instanceof LockedError)) throw cause;
    throw new Error(
      `The database in ${dataDir} is already in use by process ${cause.owner.pid}. Stop that one, or name another folder: npm start -- --data-dir …`,
      { cause },
    );
  }
}

function findCluster(dataDir: string, say: (text: string) => void): Cluster {
  const user = findPostgresUser();
  const isReachable = canReach(dataDir, user);
  const home = isReachable ? dataDir : reachableFolder(dataDir);
  if (!isReachable)
    say(`${dataDir} is out of reach for user ${user?.name ?? ''}; the database is kept in ${home}`);
  return {
    folder: join(home, 'postgres'),
    passwordFile: join(dataDir, 'postgres.password'),
    user,
    binaries: findPostgresBinaries(user, () => reachableFolder('programs'), say),
  };
}

function startServer(
  options: PostgresOptions & { isDurable: boolean; say: (text: string) => void },
  dataDir: string,
  cluster: Cluster,
  port: number,
  url: string,
): Promise<Child> {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    lc_messages: 'C',
    ...(options.isDurable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return startChild(
    {
      name: 'postgres',
      command: cluster.binaries.postgres,
      args: [
        '-D',
        cluster.folder,
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
      cwd: '/',
      uid: cluster.user?.uid,
      gid: cluster.user?.gid,
      logFile: options.logFile ?? join(dataDir, 'postgres.log'),
      onLine: options.onLine,
      prepare: () => clearStalePostmaster(cluster, options.say),
      isReady: async () => {
        await query(url, 'SELECT 1');
        return true;
      },
      readyTimeoutMs: 60_000,
      // A fast shutdown: sessions are ended, a checkpoint is written.
      stopSignal: 'SIGINT',
      stopTimeoutMs: 20_000,
      restart: options.restart ?? null,
      signal: options.signal,
    },
    options.onEvent,
  );
}

async function ensureDatabase(url: string, name: string): Promise<void> {
  const rows = await query(url, `SELECT 1 FROM pg_database WHERE datname = ${pg.escapeLiteral(name)}`);
  if (rows === 0) await query(url, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
}

/** One statement on a connection of its own; returns the number of rows. */
async function query(connectionString: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(sql)).rowCount ?? 0;
  } finally {
    await client.end().catch(() => {});
  }
}
