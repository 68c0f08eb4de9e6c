/** `npm test`: sets up what is missing, runs Jest and prints the result in one line. */
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { at, cache, root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './progress.mjs';
import { printSummary } from './summary.mjs';

const help = `npm test [-- options] [path or pattern …]

  Runs all tests, or those whose path fits a pattern, on a real PostgreSQL and a real Temporal server.
  Options are Jest's: -t NAME (by name), --watch, --verbose, …

  TEMPORAL_CLI   the Temporal CLI to use (else PATH, else .cache/temporal/, else it is fetched)
  CHROME_PATH    the browser to use (else PATH, else the one in @sparticuz/chromium)
`;

await command(async (args) => {
  if (args.includes('--help')) {
    process.stdout.write(help);
    return;
  }
  try {
    await prepare();
  } catch (error) {
    process.once('exit', () => printSummary(0, 1));
    throw error;
  }
  const resultFile = join(cache, `jest-${process.pid}.json`);
  mkdirSync(cache, { recursive: true });
  const code = await jest(args, resultFile);
  const { passed, failed } = countsOf(resultFile, code);
  rmSync(resultFile, { force: true });
  printSummary(passed, failed);
  process.exit(code);
});

function jest(args, resultFile) {
  const isSized = args.some((arg) => /^(-w|-i|--maxWorkers|--runInBand)/.test(arg));
  const all = [
    at('node_modules', 'jest', 'bin', 'jest.js'),
    // More at once put off what tests of time wait for.
    ...(isSized ? [] : ['--maxWorkers=2']),
    '--json',
    `--outputFile=${resultFile}`,
    ...args,
  ];
  const nodeOptions = [
    process.env.NODE_OPTIONS,
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
  ];
  const child = spawn(process.execPath, all, {
    cwd: root,
    // --json uses stdout; people read stderr, and the file has the same content.
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: nodeOptions.filter(Boolean).join(' ') },
  });
  // Ctrl-C reaches Jest directly; this process waits for its end, so that servers are stopped.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => child.on('close', (code) => resolve(code ?? 1)));
}

/** Files that failed to load count as one failure each, and so does a run without a result. */
function countsOf(resultFile, code) {
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8'));
    const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
    return { passed: result.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  }
}
