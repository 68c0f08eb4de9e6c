/**
 * `embedded.json` in the data folder (0600): addresses and processes of the running installation, for tests, tools,
 * and the next start, which ends processes left behind by a killed supervisor.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { embeddedStateFile, readEmbeddedState } from '../config/embedded-state.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';

export type EmbeddedState = {
  /** Public URL for people, and the address on this machine. */
  url: string;
  apiUrl: string;
  adminToken: string | null;
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  dataDir: string;
  startedAt: string;
  supervisor: ProcessIdentity | null;
  ports: Record<string, number>;
  /** By name: postgres, temporal, api, worker, pager. Empty when nothing runs. */
  processes: Record<string, ProcessIdentity>;
};

/** Replaced as a whole, so that a reader never sees a partial file. */
export function writeState(state: EmbeddedState): void {
  const file = embeddedStateFile(state.dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** The state of the last start, or null. An unreadable file counts as none. */
export const readState = (dataDir: string): Partial<EmbeddedState> | null => readEmbeddedState(dataDir);

/**
 * Ends the children of a dead supervisor. PostgreSQL is left to its launcher, which can stop it cleanly. Only the
 * holder of the folder's lock may call this.
 */
export async function endLeftovers(
  state: Partial<EmbeddedState> | null,
  say: (text: string) => void,
): Promise<void> {
  const leftovers = Object.entries(state?.processes ?? {}).filter(
    ([name, identity]) => name !== 'postgres' && isRunning(identity),
  );
  if (leftovers.length === 0) return;
  say(
    `processes of an earlier start still run (${leftovers.map(([name]) => name).join(', ')}); they are stopped`,
  );
  for (const [, identity] of leftovers) signal(identity, 'SIGTERM');
  const deadline = performance.now() + 5_000;
  while (leftovers.some(([, identity]) => isRunning(identity))) {
    if (performance.now() > deadline) for (const [, identity] of leftovers) signal(identity, 'SIGKILL');
    await wait(50);
  }
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch {
    // The process ended between the check and the signal.
  }
}
