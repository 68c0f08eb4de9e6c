/** Locates the Temporal CLI without fetching it; `setup/temporal-cli.mjs` fetches it before anything else starts. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * `TEMPORAL_CLI`, then `temporal` on PATH, then the project's cache (`.cache/temporal/bin`, searched from the working
 * folder and from this file upwards). Throws with the three names.
 */
export function findTemporalCli(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['TEMPORAL_CLI'];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named;
    throw new Error(
      `TEMPORAL_CLI: ${named} is not a program; for example TEMPORAL_CLI=/usr/local/bin/temporal`,
    );
  }
  const onPath = (env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, 'temporal'));
  const cached = [process.cwd(), join(import.meta.dirname, '..'), join(import.meta.dirname, '..', '..')].map(
    (root) => join(root, '.cache', 'temporal', 'bin', 'temporal'),
  );
  const found = [...onPath, ...cached].find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    'The Temporal CLI is missing. Ways out: TEMPORAL_CLI=/path/to/temporal, or temporal on PATH, or a copy at ' +
      '.cache/temporal/bin/temporal (npm start and npm test put it there), or a server of your own: TEMPORAL_ADDRESS=host:7233',
  );
}

function isProgram(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
