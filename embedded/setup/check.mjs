/** `npm run check`: all static checks of the code. All checks run, then it ends. */
import { join } from 'node:path';
import { ensureBuild } from './compile.mjs';
import { at, cache, root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command, step } from './progress.mjs';
import { run } from './run.mjs';
import { printSummary } from './summary.mjs';

const tool = (name, ...args) => [at('node_modules', ...name.split('/')), ...args];
/** A script of test/checks, built with the rest; it prints the problems and exits with 1. */
const script = (name) => [at('dist', 'test', 'checks', `${name}.js`)];

/** Only files changed since the last check are checked again. */
const buildInfo = join(cache, 'check.tsbuildinfo');
/** One line each: name, then the arguments for Node. */
const checks = [
  [
    'types',
    tool(
      'typescript/bin/tsc',
      '--noEmit',
      '-p',
      'tsconfig.json',
      '--incremental',
      '--tsBuildInfoFile',
      buildInfo,
    ),
  ],
  ['lint', tool('oxlint/bin/oxlint', '--type-aware', '--quiet', '.')],
  ['unused exports', tool('knip/bin/knip.js', '--no-progress', '--no-config-hints')],
  ['format', tool('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ['import directions', script('import-directions')],
  ['one protobufjs', script('one-protobufjs')],
  ['lock file', script('lock-file')],
  ['citations', script('citations')],
  ['schema drift', script('schema-drift')],
  ['openapi', script('openapi')],
];

await command(async () => {
  await prepare({ build: false, temporal: false });
  const failed = [];
  const attempt = (name, work) =>
    step(name, work).catch((error) => {
      failed.push(name);
      process.stdout.write(`${error.message}\n\n`);
    });
  await attempt('build', ensureBuild);
  for (const [name, args] of checks) {
    await attempt(name, async () => {
      const { code, output } = await run(process.execPath, args, { cwd: root });
      if (code !== 0) throw new Error(output.trim());
    });
  }
  if (failed.length > 0) process.stdout.write(`failed: ${failed.join(', ')}\n`);
  printSummary(checks.length + 1 - failed.length, failed.length);
  process.exitCode = failed.length > 0 ? 1 : 0;
});
