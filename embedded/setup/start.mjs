/** `npm start`: sets up what is missing, then runs everything in this very process, so that signals arrive where they belong. */
import { pathToFileURL } from 'node:url';
import { readEnvFile } from './env-file.mjs';
import { at } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { command } from './progress.mjs';

await command(async (args) => {
  readEnvFile();
  const isBrought = (process.env.TEMPORAL_ADDRESS ?? '') !== '';
  const isHelp = args.includes('--help');
  await prepare({ temporal: !isBrought && !isHelp });
  const { main } = await import(pathToFileURL(at('dist', 'embedded', 'main.js')).href);
  process.exit(await main(args, process.env));
});
