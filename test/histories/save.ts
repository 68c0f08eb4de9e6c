/**
 * Saves one recorded run as `workflows/histories/<version>-<name>.json`, one event per line so that differences are
 * readable.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..', '..');
export const folder = join(root, 'workflows', 'histories');

/** Fields that a replay never reads and that identify the recording machine. */
const OF_THE_MACHINE = new Set(['identity', 'stackTrace']);
const WORKER_NAME = /^\d+@\S+$/;

/** Returns the file's name and its number of events. */
export function save(name: string, opened: object): { file: string; events: number } {
  const { events } = JSON.parse(JSON.stringify(opened), (key, value: unknown) => {
    if (OF_THE_MACHINE.has(key)) return undefined;
    return typeof value === 'string' && WORKER_NAME.test(value) ? 'worker' : value;
  }) as { events: object[] };
  const file = `${version()}-${name}.json`;
  const lines = events.map((event) => JSON.stringify(event)).join(',\n');
  writeFileSync(join(folder, file), `{"events":[\n${lines}\n]}\n`);
  return { file, events: events.length };
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
    return String(manifest.version);
  throw new Error('package.json has no version');
}
