/**
 * `embedded.json` in the data folder (0600): what runs where, for tests and tools, and for the next start, which ends what a
 * killed supervisor has left behind.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { embeddedStateFile, readEmbeddedState } from '../config/embedded-state.js';
import { isRunning, type ProcessIdentity } from './process-identity.js';

export type EmbeddedState = {
  /** How people reach it, and how this machine does. */
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

/** Replaced as a whole, so a reader never sees half of it. */
export function writeState(state: EmbeddedState): void {
  const file = embeddedStateFile(state.dataDir);
  writeFileSync(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** What the last start wrote, or null. An unreadable file counts as none. */
export const readState = (dataDir: string): Partial<EmbeddedState> | null => readEmbeddedState(dataDir);

/**
 * Ends the children of a supervisor that is gone. PostgreSQL is left to its launcher, which knows how to stop it well. Only
 * to be called by the holder of the folder's lock.
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
    // Gone between the question and the signal.
  }
}
