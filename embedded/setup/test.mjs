/** `npm test`: sets up what is missing, runs Jest and prints the result in one line. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runJest } from './jest.mjs';
import { cache } from './paths.mjs';
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
  const code = await jest(args, resultFile);
  const { passed, failed } = countsOf(resultFile, code);
  rmSync(resultFile, { force: true });
  printSummary(passed, failed);
  process.exit(code);
});

function jest(args, resultFile) {
  const isSized = args.some((arg) => /^(-w|-i|--maxWorkers|--runInBand)/.test(arg));
  return runJest([
    // More at once put off what tests of time wait for.
    ...(isSized ? [] : ['--maxWorkers=2']),
    '--json',
    `--outputFile=${resultFile}`,
    ...args,
  ]);
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
