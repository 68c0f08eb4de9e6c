/** The data folder of the embedded PostgreSQL: created once, and freed from a server that outlived its supervisor. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { PostgresBinaries } from './postgres-binaries.js';
import { makePrivateFolder, type SystemUser } from './postgres-user.js';
import { commandLineOf } from './process-identity.js';

const run = promisify(execFile);

/** The database role of the embedded server. */
export const postgresRole = 'tocsin';

export type Cluster = {
  /** PostgreSQL's own data folder. */
  folder: string;
  /** 0600, stored with Tocsin's data. */
  passwordFile: string;
  user: SystemUser | null;
  binaries: PostgresBinaries;
};

/** Creates the cluster if it does not exist; incomplete ones are deleted. Returns the password of `postgresRole`. */
export async function ensureCluster(cluster: Cluster, isDurable: boolean): Promise<string> {
  const { folder, passwordFile } = cluster;
  if (existsSync(join(folder, 'PG_VERSION'))) {
    if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim();
    throw new Error(
      `${folder} holds a database but its password file ${passwordFile} is gone; put it back, delete ${folder} to begin anew, or name another folder: npm start -- --data-dir …`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  const draft = `${folder}.new`;
  rmSync(draft, { recursive: true, force: true });
  makePrivateFolder(draft, cluster.user);
  const passwordDraft = `${draft}.password`;
  writeFileSync(passwordDraft, password, { mode: 0o600 });
  if (cluster.user !== null) chownSync(passwordDraft, cluster.user.uid, cluster.user.gid);
  try {
    await asUser(cluster, cluster.binaries.initdb, [
      `--pgdata=${draft}`,
      `--username=${postgresRole}`,
      '--auth=scram-sha-256',
      `--pwfile=${passwordDraft}`,
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      ...(isDurable ? [] : ['--no-sync']),
    ]);
  } catch (cause) {
    throw new Error(`The embedded PostgreSQL could not make its data folder ${draft}: ${reasonOf(cause)}`, {
      cause,
    });
  } finally {
    rmSync(passwordDraft, { force: true });
  }
  writeFileSync(passwordFile, password, { mode: 0o600 });
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
  return password;
}

/**
 * Stops a postmaster left behind by a `kill -9` of its supervisor. Removes a pid file whose pid now belongs to
 * another process: PostgreSQL would take that process for a postmaster and refuse to start.
 */
export async function clearStalePostmaster(cluster: Cluster, say: (text: string) => void): Promise<void> {
  const pidFile = join(cluster.folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  const isServing = await asUser(cluster, cluster.binaries.pgCtl, ['status', '-D', cluster.folder]).then(
    () => true,
    () => false,
  );
  if (!isServing) return;
  if (!commandLineOf(pid).includes(cluster.folder)) {
    say(`process ${pid} is not the database's any more; its old pid file is removed`);
    rmSync(pidFile, { force: true });
    return;
  }
  say(`a database server of an earlier start still runs (process ${pid}); it is stopped`);
  const stop = (mode: string, seconds: string): Promise<unknown> =>
    asUser(cluster, cluster.binaries.pgCtl, ['stop', '-D', cluster.folder, '-m', mode, '-w', '-t', seconds]);
  await stop('fast', '20').catch(() => stop('immediate', '20'));
}

function asUser({ user, folder }: Cluster, command: string, args: string[]): Promise<unknown> {
  return run(command, args, {
    uid: user?.uid,
    gid: user?.gid,
    // The server's user may not reach the caller's folder, and PostgreSQL checks its working directory.
    cwd: user === null ? dirname(folder) : '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
  });
}

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'stderr' in error && typeof error.stderr === 'string') {
    if (error.stderr.trim() !== '') return error.stderr.trim();
  }
  return String(error);
}
