/**
 * The one connection pool of a process. Migrations run under an advisory lock, so several processes may start
 * together.
 */
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { entities } from '../index.js';
import { PreparingClient } from './preparing-client.js';

export interface DatabaseOptions {
  url: string;
  /** Shown in pg_stat_activity; also names the sender in the ledger. */
  name: string;
  poolSize?: number;
  /**
   * Time that a statement waits for a row lock. Senders set it: they retry by themselves and have other pages to send
   * meanwhile. The api does not: a person's command is better late than refused, so it waits up to the statement
   * timeout, and a stalled lock holder is ended before that.
   */
  lockTimeoutMs?: number;
  /** Only tests set these. */
  idleInTransactionMs?: number;
  answerTimeoutMs?: number;
  onIdleError?: (error: Error) => void;
}

/**
 * A process stalled inside a transaction (stopped, swapped out, cut off) keeps its locks from all others. Longer than
 * the longest intended pause: the relay waits 5 s for Temporal while it holds its advisory lock.
 */
const IDLE_IN_TRANSACTION_MS = 15_000;
/** For senders: longer than any transaction of the application takes, shorter than a local activity may take. */
export const SENDER_LOCK_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 30_000;
/**
 * Longer than the server's own limit: past it no answer can arrive, and the connection is dropped
 * (`PreparingClient`).
 */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 5_000;
/**
 * The server probes a silent client three times, 10 s apart: the locks of a lost machine are released after a minute.
 */
const SERVER_KEEPALIVE = '-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3';

const POOL_SIZE = 8;

export const poolSizeOf = ({ options }: DataSource): number =>
  options.type === 'postgres' ? (options.poolSize ?? POOL_SIZE) : POOL_SIZE;

export function createDataSource(options: DatabaseOptions): DataSource {
  const { url, name, poolSize = POOL_SIZE, lockTimeoutMs, onIdleError } = options;
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: `tocsin-${name}`,
    poolSize,
    entities,
    migrations,
    migrationsTransactionMode: 'each',
    // The server may end an idle client; that must not end the process, because the next query opens a new
    // connection.
    poolErrorHandler: (error: Error) => onIdleError?.(error),
    extra: {
      Client: PreparingClient,
      connectionTimeoutMillis: 5_000,
      // The next alert may be hours away: it should find a connection whose statements are prepared.
      idleTimeoutMillis: 300_000,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: options.answerTimeoutMs ?? ANSWER_TIMEOUT_MS,
      idle_in_transaction_session_timeout: options.idleInTransactionMs ?? IDLE_IN_TRANSACTION_MS,
      ...(lockTimeoutMs === undefined ? {} : { lock_timeout: lockTimeoutMs }),
      // Detects a lost server on an idle connection.
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      options: SERVER_KEEPALIVE,
    },
  });
}

const MIGRATION_LOCK = 7_205_759_403;

/** `then` runs under the same lock, so that one process at a time grants rights. */
export async function migrate(dataSource: DataSource, then?: () => Promise<void>): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
    await then?.();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}

/** True when this build's newest migration has run. */
export async function schemaIsCurrent(dataSource: DataSource): Promise<boolean> {
  const table: { name: string | null }[] = await dataSource.query(
    "SELECT to_regclass('migrations')::text AS name",
  );
  return table[0]?.name != null && !(await dataSource.showMigrations());
}

const RETRY_MS = 500;

/** Connects and waits until the api's migrations have run. Every process except the api starts with this. */
export async function whenSchemaIsCurrent(
  dataSource: DataSource,
  stopping: AbortSignal,
  onWait: (error: unknown) => void,
): Promise<void> {
  for (let attempt = 0; !stopping.aborted; attempt++) {
    try {
      if (!dataSource.isInitialized) await dataSource.initialize();
      if (await schemaIsCurrent(dataSource)) return;
      if (attempt % 10 === 1) onWait(new Error('the schema is older than this build; the api migrates it'));
    } catch (error) {
      if (attempt % 10 === 0) onWait(error);
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new Error('stopped while waiting for the database');
}
