/** Runs `tocsin-reconcile` like an operator, on the record and the Temporal of one test. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { dist, programOf, secretKey, type Tocsin } from './tocsin.js';

/** Exit code and output lines. */
export async function reconcile(
  { databaseUrl, histories }: Tocsin,
  temporalAddress: string,
  ...args: string[]
): Promise<{ code: number; out: string }> {
  const { options } = await histories.client();
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: options.namespace,
    TEMPORAL_CONFIG_FILE: join(dist, 'no-profile.toml'),
    TOCSIN_SECRET_KEY: secretKey,
  };
  return promisify(execFile)(process.execPath, [...programOf('worker/reconcile'), ...args], { env }).then(
    ({ stdout }) => ({ code: 0, out: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      out: error.stdout + error.stderr,
    }),
  );
}
