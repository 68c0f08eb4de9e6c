/**
 * One protobufjs 8 for all Temporal packages. With several copies a replay throws "type must be a Type", because each
 * copy knows only its own classes; the only other copy allowed is version 7 inside @grpc/proto-loader.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

type LockFile = { packages: Record<string, { version?: string }> };

/** Copies in the lock file that are not allowed. */
export function forbiddenCopies({ packages }: LockFile): string[] {
  const copies = Object.entries(packages).filter(([path]) => path.endsWith('node_modules/protobufjs'));
  const wrong = copies.filter(
    ([path, { version = '' }]) =>
      !(path === 'node_modules/protobufjs' && version.startsWith('8.')) &&
      !(path === 'node_modules/@grpc/proto-loader/node_modules/protobufjs' && version.startsWith('7.')),
  );
  const root = copies.some(([path]) => path === 'node_modules/protobufjs');
  return [
    ...(root ? [] : ['node_modules/protobufjs is missing: keep ^8 as a direct dependency']),
    ...wrong.map(
      ([path, { version }]) =>
        `${path} is ${version ?? 'unknown'}: npm dedupe, and keep ^8 as a direct dependency`,
    ),
  ];
}

/** Installed Temporal packages whose protobufjs is not the one at the root. */
export function strayPackages(root: string, names: readonly string[]): string[] {
  const resolveFrom = (folder: string): string =>
    createRequire(join(folder, 'package.json')).resolve('protobufjs');
  const wanted = resolveFrom(root);
  return names.flatMap((name) => {
    const found = resolveFrom(join(root, 'node_modules', name));
    return found === wanted ? [] : [`${name} loads ${found}, not ${wanted}`];
  });
}

if (process.argv[1] === import.meta.filename) {
  const lock: LockFile = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  const temporal = Object.keys(lock.packages)
    .filter((path) => /^node_modules\/@temporalio\/[^/]+$/.test(path))
    .map((path) => path.replace('node_modules/', ''));
  const problems = [...forbiddenCopies(lock), ...strayPackages(process.cwd(), temporal)];
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
