/** `npm run bench -- <name>`: one benchmark of bench/, or their list. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { at } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command, SetupError } from './progress.mjs';

await command(async ([name, ...args]) => {
  const names = readdirSync(at('bench'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => file.slice(0, -3));
  if (name === undefined || name === '--help' || !names.includes(name)) {
    throw new SetupError(`npm run bench -- <name>; the names are: ${names.join(', ')}`);
  }
  await prepare();
  const script = at('dist', 'bench', `${name}.js`);
  if (!existsSync(script)) throw new SetupError(`${script} was not built`);
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code ?? 1));
});
