/** A suite that does not end fails the run by its name, however it hangs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';

const LIMIT_MS = 6_000;
const folder = mkdtempSync(join(tmpdir(), 'tocsin-suites-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  code: number;
  said: string;
  /** Jest's own result; null when Jest itself was killed. */
  result: { numPassedTests: number; numRuntimeErrorTestSuites: number } | null;
}

/** Runs Jest on these suites as `npm test` does, with a short limit. */
async function run(name: string, suites: Record<string, string>, ...args: string[]): Promise<Ended> {
  const rootDir = join(folder, name);
  mkdirSync(rootDir);
  for (const [suite, text] of Object.entries(suites)) writeFileSync(join(rootDir, `${suite}.test.js`), text);
  const config = {
    rootDir,
    testEnvironment: join(import.meta.dirname, '..', 'test', 'harness', 'suite-environment.mjs'),
    transform: {},
    cacheDirectory: join(rootDir, 'cache'),
    watchman: false,
  };
  const outputFile = join(rootDir, 'result.json');
  const options = ['--config', JSON.stringify(config), '--json', `--outputFile=${outputFile}`, ...args];
  const script = `
    import { runJest } from ${JSON.stringify(join(import.meta.dirname, 'setup', 'jest.mjs'))};
    process.exit(await runJest(${JSON.stringify(options)}, { limitMs: ${LIMIT_MS} }));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data) => (said += String(data)));
  const [code] = (await once(child, 'close')) as [number];
  const result = resultIn(outputFile);
  return { code, said, result };
}

function resultIn(file: string): Ended['result'] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Ended['result'];
  } catch {
    return null;
  }
}

const good = `it('ends', () => { expect(1).toBe(1); });`;

it.concurrent('a test that computes for ever is named, and the other suites have their results', async () => {
  const { code, said, result } = await run(
    'two',
    { hanging: `it('turns for ever', () => { for (;;); });`, good, better: good },
    '--maxWorkers=2',
  );
  expect(said).toMatch(/hanging\.test\.js has not ended after 6 s, last in the test “turns for ever”/);
  expect(said).toMatch(/FAIL .*hanging\.test\.js/);
  expect(result).toMatchObject({ numPassedTests: 2, numRuntimeErrorTestSuites: 1 });
  expect(code).toBe(1);
});

it.concurrent('a suite that never ends to load, in the process of Jest itself, ends the run', async () => {
  const { code, said, result } = await run('one', { loading: 'for (;;);' }, '--runInBand');
  expect(said).toMatch(/loading\.test\.js has not ended after 6 s, outside its tests/);
  expect([code, result]).toEqual([1, null]);
});

it.concurrent('a run that ends no more after its suites says so', async () => {
  const { code, said } = await run(
    'after',
    { open: `it('leaves a timer', () => { setInterval(() => {}, 1_000); });` },
    '--runInBand',
  );
  expect(said).toContain('no suite has run for 6 s, and Jest has not ended');
  expect(code).toBe(1);
});
