/** The one connection pool of a process. Migrations run under an advisory lock, so several processes may start together. */
import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { migrations } from '../migrations/index.js';
import { entities } from './entities/index.js';
import { PreparingClient } from './preparing-client.js';

export interface DatabaseOptions {
  url: string;
  /** Shown in pg_stat_activity; also names the sender in the ledger. */
  name: string;
  poolSize?: number;
  onIdleError?: (error: Error) => void;
}

export function createDataSource({ url, name, poolSize = 8, onIdleError }: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url,
    applicationName: `tocsin-${name}`,
    poolSize,
    entities,
    migrations,
    migrationsTransactionMode: 'each',
    // An idle client ended by the server must not end the process: the next query opens a new one.
    poolErrorHandler: (error: Error) => onIdleError?.(error),
    extra: {
      Client: PreparingClient,
      connectionTimeoutMillis: 5_000,
      // The next alert may be hours away: it should find a connection whose statements are prepared.
      idleTimeoutMillis: 300_000,
      statement_timeout: 30_000,
      keepAlive: true,
    },
  });
}

const MIGRATION_LOCK = 7_205_759_403;

export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
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

/** Connects and waits until the api's migrations have run. Everything but the api starts like this. */
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
