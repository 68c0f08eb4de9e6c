import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { findPostgresBinaries } from '../postgres-binaries.js';
import { findPostgresUser, reachableFolder } from '../postgres-user.js';

/** An unsupervised server on an existing data folder, as left behind by a killed supervisor. */
export function startLoose(dataDir: string, port: number): ChildProcess {
  const user = findPostgresUser();
  const { postgres } = findPostgresBinaries(
    user,
    () => reachableFolder('programs'),
    () => {},
  );
  const loose = spawn(
    postgres,
    [
      '-D',
      join(dataDir, 'postgres'),
      '-c',
      `port=${port}`,
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'unix_socket_directories=',
    ],
    { uid: user?.uid, gid: user?.gid, cwd: '/', stdio: 'ignore', detached: true, env: { LC_ALL: 'C' } },
  );
  loose.unref();
  return loose;
}
