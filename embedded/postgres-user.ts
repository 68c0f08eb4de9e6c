/**
 * The system user that runs PostgreSQL. PostgreSQL refuses to run as root, so root hands it to `postgres`, else
 * `nobody` (both have the required passwd entry); no user is created. Other users run it themselves.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export type SystemUser = { name: string; uid: number; gid: number };

/** The user to hand PostgreSQL to, or null when the current user is not root. */
export function findPostgresUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const uid = idOf('-u', name);
    const gid = idOf('-g', name);
    if (uid !== null && gid !== null && uid !== 0) return { name, uid, gid };
  }
  throw new Error(
    'PostgreSQL does not run as root and there is neither a user postgres nor nobody to run it as. ' +
      'Start as an ordinary user, or bring your own server: DATABASE_URL=postgres://user:password@host/database npm start',
  );
}

/** True when `user` can enter `folder`, that is, every folder above it as well. */
export function canReach(folder: string, user: SystemUser | null): boolean {
  if (user === null) return true;
  return spawnSync('test', ['-x', folder], { uid: user.uid, gid: user.gid, cwd: '/' }).status === 0;
}

/**
 * A folder that `user` can reach, in place of `dataDir` when that is out of reach (below a 0700 home, say); the same
 * one at every start. Needed for root only. Throws when no folder is suitable.
 */
export function reachableFolder(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  for (const parent of ['/var/lib/tocsin', '/var/tmp/tocsin']) {
    const folder = join(parent, name);
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      // /var/tmp is open to all: a folder that another user prepared is not used.
      if ([parent, folder].every(isOurs)) return folder;
    } catch {
      continue;
    }
  }
  throw new Error(
    `Neither ${dataDir} nor /var/lib can hold the database for another user; ` +
      'name a folder others may enter: npm start -- --data-dir /srv/tocsin',
  );
}

function isOurs(folder: string): boolean {
  const stats = lstatSync(folder);
  return stats.isDirectory() && stats.uid === 0 && (stats.mode & 0o022) === 0;
}

/** Creates `folder` with mode 0700 for `user` (null: the current user). */
export function makePrivateFolder(folder: string, user: SystemUser | null): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  if (user !== null) chownSync(folder, user.uid, user.gid);
}

function idOf(flag: '-u' | '-g', name: string): number | null {
  try {
    return Number(
      execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    );
  } catch {
    return null;
  }
}
