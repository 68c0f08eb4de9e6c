/** Starts `bare-worker.js` as a child process and returns its address. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { Engine } from './engine.js';

export type Bare = { readonly url: string; readonly pid: number; stop(): Promise<void> };

/** Builds the bundle here, so that webpack's memory does not count for the contestant. */
export async function startBare({ state }: Engine, sinkUrl: string): Promise<Bare> {
  const folder = mkdtempSync(join(state.dataDir, 'bare-'));
  const bundle = join(folder, 'bundle.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(import.meta.dirname, 'bare-workflow.js'),
    logger: silent,
  });
  writeFileSync(bundle, code);
  const child = fork(
    join(import.meta.dirname, 'bare-worker.js'),
    [state.temporalAddress, state.temporalNamespace, bundle, sinkUrl],
    { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: { ...process.env, NODE_ENV: 'production' } },
  );
  const ended = once(child, 'exit');
  const [message]: unknown[] = await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error('the bare worker ended before it was ready'))),
  ]);
  const { port } = message as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const silent = {
  log: () => undefined,
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
