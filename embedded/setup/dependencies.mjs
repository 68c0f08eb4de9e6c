/** The npm packages, exactly as in the lock file. */
import { existsSync, readFileSync } from 'node:fs';
import { at, root } from './paths.mjs';
import { SetupError, step } from './progress.mjs';
import { run, tail } from './run.mjs';

/** `npm ci`, unless node_modules matches package-lock.json. */
export async function ensureDependencies() {
  const why = staleReason(
    readJson(at('package-lock.json')),
    readJson(at('node_modules', '.package-lock.json')),
  );
  if (why === null) return;
  await step(`dependencies (npm ci; ${why})`, async () => {
    // The npm that runs this script, if any: PATH may contain another or, under some version managers, none.
    const npm = process.env.npm_execpath;
    const isScript = npm !== undefined && /npm-cli\.c?js$/.test(npm);
    // No package needs its install script: native parts come built, and the PostgreSQL launcher creates its links
    // itself.
    const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
    const { code, output } = isScript
      ? await run(process.execPath, [npm, ...args], { cwd: root })
      : await run('npm', args, { cwd: root });
    if (code !== 0) {
      throw new SetupError(
        `npm ci failed:\n${tail(output)}\n\nWays out: a network that reaches the npm registry, a mirror (npm config set registry …), ` +
          'a proxy (HTTPS_PROXY), or node_modules copied from a machine of the same kind.',
      );
    }
  });
}

/**
 * The reason why the installed packages do not match the lock file, or null. npm writes
 * `node_modules/.package-lock.json` last, so it is missing after a broken install. Optional packages for other
 * platforms may be absent.
 */
export function staleReason(lock, installed) {
  if (lock === null)
    throw new SetupError('package-lock.json is missing or unreadable; git checkout package-lock.json');
  if (installed === null) return 'nothing installed yet';
  for (const [path, wanted] of Object.entries(lock.packages)) {
    if (path === '' || wanted.link === true) continue;
    const there = installed.packages?.[path];
    if (there === undefined ? wanted.optional !== true : there.version !== wanted.version) {
      return `${path.replace(/^.*node_modules\//, '')} changed`;
    }
  }
  return null;
}

function readJson(file) {
  if (!existsSync(file)) return null;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
