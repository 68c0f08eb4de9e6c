/**
 * The break-glass pager starts where loading any Temporal package ends the process (docs/reliability.md, Break-glass
 * pager and watchdogs).
 */
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { startChild } from '../../embedded/child.js';
import { freePort } from '../../embedded/ports.js';
import { isHealthy } from '../../embedded/probe.js';
import { createLogs } from '../harness/logs.js';
import { dist } from '../harness/tocsin.js';

/** Inspects every module resolved by `import` and `require`; runs before the process's own code. */
const sentry = `
import Module, { register } from 'node:module';
const look = (found) => {
  if (/[\\\\/]@temporalio[\\\\/]/.test(found)) throw new Error('Temporal is loaded: ' + found);
};
const load = Module._load;
Module._load = (request, parent, isMain) => (look('/' + request + '/'), load(request, parent, isMain));
register('data:text/javascript,' + encodeURIComponent(
  'const look = ' + look + '; export const resolve = async (name, context, next) => {' +
  ' const found = await next(name, context); look(found.url); return found; };'));
`;
const asUrl = (source: string): string => `data:text/javascript,${encodeURIComponent(source)}`;

const start = async (file: string): Promise<{ ready: boolean; said: string }> => {
  const [port, nowhere] = [await freePort(), await freePort()];
  const logs = createLogs();
  try {
    const child = await startChild({
      name: 'alone',
      command: process.execPath,
      args: ['--import', asUrl(sentry), file],
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: `postgres://127.0.0.1:${nowhere}/tocsin`,
        TOCSIN_SECRET_KEY: 'a root key for this test, as long as it must be',
        TOCSIN_PAGER_PORT: String(port),
        TOCSIN_WORKER_PORT: String(port),
      },
      logFile: null,
      onLine: logs.taker('alone'),
      isReady: () => isHealthy(`http://127.0.0.1:${port}/healthz`),
      readyTimeoutMs: 20_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 10_000,
      restart: null,
    });
    await child.stop();
    return { ready: true, said: logs.of('alone') };
  } catch {
    return { ready: false, said: logs.of('alone') };
  }
};

it('the pager runs without any Temporal package', async () => {
  const { ready, said } = await start(join(dist, 'pager', 'main.js'));
  expect(said).not.toContain('Temporal is loaded');
  expect(ready).toBe(true);
});

it('and the worker, which needs one, would be caught', async () => {
  const { ready, said } = await start(join(dist, 'worker', 'main.js'));
  expect(said).toContain('Temporal is loaded');
  expect(ready).toBe(false);
});
