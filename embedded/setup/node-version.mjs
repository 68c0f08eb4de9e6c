/** Checks the Node version: the one thing that the set-up cannot install. */
import { readFileSync } from 'node:fs';
import { at } from './paths.mjs';
import { SetupError } from './progress.mjs';

/** Throws when this Node is older than package.json requires. */
export function checkNode(version = process.versions.node) {
  const wanted = JSON.parse(readFileSync(at('package.json'), 'utf8')).engines.node.replace('>=', '');
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = wanted.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return;
  throw new SetupError(
    `Tocsin needs Node ${wanted} or newer; this is ${version}. Install a current one from https://nodejs.org or with your version manager.`,
  );
}
