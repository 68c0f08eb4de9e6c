/** The environment of a running embedded installation, as its supervisor stored it. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readEmbeddedState } from '../../config/embedded-state.js';

/** Existing variables stay; without `DATABASE_URL` the running installation of `dataDir` is used. */
export function applyEmbedded(env: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  if ((env['DATABASE_URL'] ?? '') !== '') return env;
  const state = readEmbeddedState(resolve(dataDir)) ?? {};
  const text = (name: string): string => {
    const value = state[name];
    return typeof value === 'string' ? value : '';
  };
  if (text('databaseUrl') === '') {
    process.stderr.write(
      `DATABASE_URL is not set and nothing runs in ${dataDir}: set DATABASE_URL and TEMPORAL_ADDRESS, or name the folder with --data-dir\n`,
    );
    process.exit(2);
  }
  const found = {
    DATABASE_URL: text('databaseUrl'),
    TEMPORAL_ADDRESS: text('temporalAddress'),
    TEMPORAL_NAMESPACE: text('temporalNamespace'),
    // The payloads of workflows are sealed with this key.
    TOCSIN_SECRET_KEY:
      env['TOCSIN_SECRET_KEY'] ?? readFileSync(join(resolve(dataDir), 'secret.key'), 'utf8').trim(),
  };
  // The Temporal SDK reads its address from the process's own environment.
  Object.assign(process.env, found);
  return { ...env, ...found };
}
