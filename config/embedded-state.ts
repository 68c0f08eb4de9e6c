/**
 * `embedded.json` in the data folder (0600), written by the supervisor of `npm start`: addresses and processes of the
 * running installation. Tools read it to find that installation; the image has this reader and no supervisor.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const embeddedStateFile = (dataDir: string): string => join(dataDir, 'embedded.json');

/** The state of the last start, or null. An unreadable file counts as none. */
export function readEmbeddedState(dataDir: string): Record<string, unknown> | null {
  const file = embeddedStateFile(dataDir);
  if (!existsSync(file)) return null;
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof state === 'object' && state !== null ? { ...state } : null;
  } catch {
    return null;
  }
}
