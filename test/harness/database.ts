/** A migrated, empty database for one suite (or one test), on the run's PostgreSQL. */
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../db/connection/data-source.js';
import { APP_ROLE, namespaceOf, NAMESPACES, TEMPLATE } from './servers.js';

export interface TestDatabase {
  /** URL of the owner. */
  url: string;
  /** URL of the role of api, worker and pager. */
  appUrl: string;
  drop(): Promise<void>;
}

const adminUrl = (): string => {
  const url = process.env['TOCSIN_TEST_POSTGRES'];
  if (url === undefined) throw new Error('No PostgreSQL for tests: run them with npm test, which starts one');
  return url;
};

async function next(sequence: 'suite' | 'namespace'): Promise<number> {
  const [row] = await asAdmin<{ n: string }>(`SELECT nextval('${sequence}') AS n`);
  return Number(row?.n);
}

/**
 * A Temporal namespace that no other suite of this run has: its task queues and workflow ids belong to this suite
 * alone.
 */
export async function takeNamespace(): Promise<string> {
  const n = await next('namespace');
  if (n > NAMESPACES)
    throw new Error(`more than ${NAMESPACES} suites want a namespace; raise NAMESPACES in servers.ts`);
  return namespaceOf(n);
}

/** Copies files; the default strategy writes every page to the WAL first, which costs 17 times as much here. */
const copyOf = (template: string, name: string): string =>
  `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY FILE_COPY`;

export async function createDatabase(): Promise<TestDatabase> {
  const name = `suite_${await next('suite')}`;
  await asAdmin(copyOf(TEMPLATE, name));
  const url = new URL(adminUrl());
  url.pathname = `/${name}`;
  const appUrl = new URL(url);
  appUrl.username = APP_ROLE.name;
  appUrl.password = APP_ROLE.password;
  return {
    url: url.href,
    appUrl: appUrl.href,
    drop: async () => void (await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)),
  };
}

export interface DatabaseCopy {
  /** Restores the database to the state of the copy. */
  putBack(): Promise<void>;
  drop(): Promise<void>;
}

/** Copies a database to which no client is connected. */
export async function copyDatabase(url: string): Promise<DatabaseCopy> {
  const name = new URL(url).pathname.slice(1);
  const copy = `${name}_copy`;
  await asAdmin(copyOf(name, copy));
  return {
    async putBack() {
      await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
      await asAdmin(copyOf(copy, name));
    },
    drop: async () => void (await asAdmin(`DROP DATABASE IF EXISTS ${copy} WITH (FORCE)`)),
  };
}

/** Runs `work` on a fresh database and drops it afterwards. */
export async function withDatabase<T>(work: (dataSource: DataSource, url: string) => Promise<T>): Promise<T> {
  const database = await createDatabase();
  const dataSource = createDataSource({ url: database.url, name: 'test', poolSize: 8 });
  await dataSource.initialize();
  try {
    return await work(dataSource, database.url);
  } finally {
    await dataSource.destroy();
    await database.drop();
  }
}

async function asAdmin<Row extends object>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: adminUrl() });
  await client.connect();
  try {
    // Two suites may copy the template at the same instant; PostgreSQL refuses the second while the first reads it.
    for (let attempt = 1; ; attempt++) {
      try {
        return (await client.query(sql)).rows as Row[];
      } catch (error) {
        const busy = error instanceof pg.DatabaseError && error.code === '55006' && attempt < 50;
        if (!busy) throw error;
        await client.query('SELECT pg_sleep(0.05)');
      }
    }
  } finally {
    await client.end();
  }
}
