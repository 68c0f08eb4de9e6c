/**
 * Compares entities with migrations on a real PostgreSQL: no difference, and every migration can be reverted and run
 * again.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createDataSource, migrate } from '../../db/connection/data-source.js';
import { startPostgres } from '../../embedded/postgres.js';
import { migrations } from '../../migrations/index.js';
import { catalogOf, differences } from './catalog.js';

const dataDir = mkdtempSync(join(tmpdir(), 'tocsin-drift-'));
const postgres = await startPostgres({ dataDir, isDurable: false });
const dataSource = createDataSource({ url: postgres.url, name: 'drift', poolSize: 2 });
const problems: string[] = [];
try {
  await dataSource.initialize();
  await migrate(dataSource);
  const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
  problems.push(...upQueries.map(({ query }) => `the entities want: ${query}`));
  problems.push(...(await differencesInDetail(dataSource)));

  for (const _migration of migrations) await dataSource.undoLastMigration();
  const left: { name: string }[] = await dataSource.query(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S') AND relname !~ '^migrations'
     UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace`,
  );
  problems.push(...left.map(({ name }) => `undoing the migrations leaves ${name} behind`));
  await migrate(dataSource);
} catch (error) {
  problems.push(error instanceof Error ? error.message : String(error));
} finally {
  if (dataSource.isInitialized) await dataSource.destroy();
  await postgres.stop();
  rmSync(dataDir, { recursive: true, force: true });
}
/** Creates the tables a second time, from the entities alone, and compares the two databases. */
async function differencesInDetail(migrated: DataSource): Promise<string[]> {
  const declared = createDataSource({
    url: await postgres.createDatabase('declared'),
    name: 'drift',
    poolSize: 2,
  });
  await declared.initialize();
  try {
    await declared.synchronize();
    const handMade = migrated.entityMetadatas.flatMap(({ tableName, indices }) =>
      indices.filter(({ synchronize }) => !synchronize).map(({ name }) => `index ${tableName}.${name}`),
    );
    return differences(await catalogOf(migrated), await catalogOf(declared), new Set(handMade));
  } finally {
    await declared.destroy();
  }
}

for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
