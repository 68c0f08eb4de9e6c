/**
 * Migrates the schema as its owner and grants access to the role of `DATABASE_URL`. Runs once before the other programs start,
 * with `DATABASE_OWNER_URL`, which no long-running process needs. Without it the owner is `DATABASE_URL`.
 */
import { ConfigError, loadConfig } from '../config/environment.js';
import { admitAppRole } from '../db/connection/app-role.js';
import { createDataSource, migrate } from '../db/connection/data-source.js';

async function run(): Promise<void> {
  const config = loadConfig(process.env);
  const ownerUrl = config.databaseOwnerUrl ?? config.databaseUrl;
  const owner = createDataSource({ url: ownerUrl, name: 'migrate', poolSize: 2 });
  await owner.initialize();
  try {
    await migrate(owner, async () => {
      const { username, password } = new URL(config.databaseUrl);
      const name = decodeURIComponent(username);
      if (name !== decodeURIComponent(new URL(ownerUrl).username))
        await admitAppRole(owner, { name, password: decodeURIComponent(password) });
    });
  } finally {
    await owner.destroy();
  }
}

run().catch((error: unknown) => {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : `The schema could not be brought up to date: ${error instanceof Error ? error.message : String(error)}`}\n`,
  );
  process.exit(1);
});
