/** `npm run faults`: the fault matrix of test/faults; `--help` lists the options. */
import { spawn } from 'node:child_process';
import { at } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './progress.mjs';

await command(async (args) => {
  await prepare();
  const child = spawn(process.execPath, [at('dist', 'test', 'faults', 'main.js'), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
});
