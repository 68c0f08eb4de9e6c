/** `npm start`: sets up what is missing, then runs everything in this process, so that signals reach it. */
import { pathToFileURL } from 'node:url';
import { readEnvFile } from './env-file.mjs';
import { at } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './progress.mjs';

/** npm does not always pass a signal on: without npm the process would run on with nobody who sees it. */
function stopWithNpm() {
  if (process.env.npm_lifecycle_event !== 'start') return;
  const npm = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 1000);
  watch.unref();
}

await command(async (args) => {
  stopWithNpm();
  readEnvFile();
  const isBrought = (process.env.TEMPORAL_ADDRESS ?? '') !== '';
  const isHelp = args.includes('--help');
  await prepare({ temporal: !isBrought && !isHelp });
  const { main } = await import(pathToFileURL(at('dist', 'embedded', 'main.js')).href);
  process.exit(await main(args, process.env));
});
