/**
 * Checks that the lock file lists every platform's build of every native package. npm omits builds that its registry
 * lacked at that time, and `npm ci` then fails elsewhere with "Missing: … from lock file".
 */
import { readFileSync } from 'node:fs';

type LockEntry = { version?: string; optionalDependencies?: Record<string, string> };
export type LockFile = { packages: Record<string, LockEntry> };
export type Manifest = {
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  overrides?: Record<string, unknown>;
};

/** Native tools whose platform packages are released one by one: an exact version keeps the set complete. */
const pinned = ['@swc/core', 'oxlint', 'oxlint-tsgolint', 'unrs-resolver'];

/** The problems, one sentence each. */
export function lockProblems(lock: LockFile, manifest: Manifest): string[] {
  return [...missingBuilds(lock), ...loosePins(lock, manifest)];
}

function missingBuilds({ packages }: LockFile): string[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isReachable(packages, path, name))
      .map(
        (name) =>
          `${path === '' ? 'package.json' : path} wants ${name}, which has no entry in package-lock.json`,
      ),
  );
}

/** Resolves like Node: inside the package, then in every node_modules above. */
function isReachable(packages: LockFile['packages'], path: string, name: string): boolean {
  const steps = path === '' ? [] : path.split('/node_modules/');
  const places = steps.map(
    (_, depth) => `${steps.slice(0, depth + 1).join('/node_modules/')}/node_modules/${name}`,
  );
  return [`node_modules/${name}`, ...places].some((place) => packages[place] !== undefined);
}

function loosePins({ packages }: LockFile, manifest: Manifest): string[] {
  const wanted: Record<string, unknown> = {
    ...manifest.overrides,
    ...manifest.devDependencies,
    ...manifest.dependencies,
  };
  return pinned.flatMap((name) => {
    const version = packages[`node_modules/${name}`]?.version;
    return typeof wanted[name] === 'string' && wanted[name] === version
      ? []
      : [
          `${name} is ${version ?? 'missing'} in package-lock.json; package.json has to name that version exactly, it says ${String(wanted[name])}`,
        ];
  });
}

if (process.argv[1] === import.meta.filename) {
  const lock: LockFile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const manifest: Manifest = JSON.parse(readFileSync('package.json', 'utf8'));
  const problems = lockProblems(lock, manifest);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
