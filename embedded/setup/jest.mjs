/** Runs Jest in a process of its own, and ends the suites in it that do not end by themselves. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { at, cache, root } from './paths.mjs';
import { watchSuites } from './suite-watch.mjs';

/** Four times as long as the longest suite takes beside others. */
const LIMIT_MS = 600_000;

/** Returns the exit code. */
export async function runJest(args, { limitMs = LIMIT_MS } = {}) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'suites-'));
  const nodeOptions = [
    process.env.NODE_OPTIONS,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
  ];
  const child = spawn(process.execPath, [at('node_modules', 'jest', 'bin', 'jest.js'), ...args], {
    cwd: root,
    // --json uses stdout; people read stderr, and the file has the same content.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...process.env,
      NODE_OPTIONS: nodeOptions.filter(Boolean).join(' '),
      TOCSIN_TEST_SUITES: folder,
    },
  });
  // Ctrl-C reaches Jest directly; this process waits for its end, so that servers are stopped.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const say = (text) => process.stderr.write(`\n✗ ${text}\n`);
  // Somebody who watches or debugs may take any time.
  const isOpen = args.some((arg) => /^--(watch|inspect)/.test(arg));
  const stopWatch = isOpen ? () => {} : watchSuites({ folder, pid: child.pid, limitMs, root, say });
  const code = await new Promise((resolve) => child.on('close', (exit) => resolve(exit ?? 1)));
  stopWatch();
  rmSync(folder, { recursive: true, force: true });
  return code;
}
