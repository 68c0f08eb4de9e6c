import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { findPostgresBinaries } from '../postgres-binaries.js';
import { findPostgresUser, shelterFor } from '../postgres-user.js';

/** The server on an existing data folder with nobody watching it, as a killed supervisor leaves it. */
export function startLoose(dataDir: string, port: number): ChildProcess {
  const user = findPostgresUser();
  const { postgres } = findPostgresBinaries(
    user,
    () => shelterFor('programs'),
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
