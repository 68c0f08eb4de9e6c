/**
 * One PostgreSQL and one Temporal server for a whole test run; each suite has a database and a namespace of its own.
 * Started by Jest's global set-up; the addresses are passed in the environment.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { admitAppRole } from '../../db/connection/app-role.js';
import { createDataSource, migrate } from '../../db/connection/data-source.js';
import { startPostgres } from '../../embedded/postgres.js';
import { startTemporal } from '../../embedded/temporal.js';

export const TEMPLATE = 'tocsin_template';
/** Role of api, worker and pager, as in production; the suites' own SQL runs as the owner. */
export const APP_ROLE = { name: 'tocsin_app', password: 'of the tests' };
/** Maximum number of suites that need a namespace in one run. */
export const NAMESPACES = 56;

export const namespaceOf = (n: number): string => `suite-${String(n).padStart(2, '0')}`;

export interface Servers {
  env: Record<string, string>;
  stop(): Promise<void>;
}

export async function startServers(): Promise<Servers> {
  const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-test-'));
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir, isDurable: false }),
    startTemporal({
      dbFile: null,
      namespaces: Array.from({ length: NAMESPACES }, (_, n) => namespaceOf(n + 1)),
    }),
  ]);
  const template = createDataSource({
    url: await postgres.createDatabase(TEMPLATE),
    name: 'template',
  });
  await template.initialize();
  await migrate(template);
  // Roles belong to the server, grants to the template: every copy admits this role.
  await admitAppRole(template, APP_ROLE);
  // Copies of a template include its sequences; the one below numbers the suites of this run.
  await template.destroy();
  const admin = createDataSource({ url: postgres.url, name: 'admin' });
  await admin.initialize();
  await admin.query('CREATE SEQUENCE suite');
  await admin.query('CREATE SEQUENCE namespace');
  await admin.destroy();
  return {
    env: { TOCSIN_TEST_POSTGRES: postgres.url, TOCSIN_TEST_TEMPORAL: temporal.address },
    async stop() {
      await Promise.all([temporal.stop(), postgres.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
