/**
 * Data that people change at any time, read beside the documents (domain/config/live-data.ts). A writer calls
 * `liveDataChanged` in the same transaction; every process then reloads the data with its next query.
 */
import type { LiveData } from '../../domain/config/live-data.js';
import { readLivePeople } from '../people/live-people.js';
import { readLiveWindows } from '../alert/live-windows.js';
import { readLiveSilences } from '../alert/live-silences.js';
import { readScheduleTimes } from '../oncall/schedule-times.js';
import type { Querying } from '../connection/querying.js';

export async function readLiveData(tx: Querying): Promise<LiveData> {
  return {
    ...(await readScheduleTimes(tx)),
    people: await readLivePeople(tx),
    silences: await readLiveSilences(tx),
    windows: await readLiveWindows(tx),
  };
}

/** Moves the stamp of the cached snapshots and wakes the listeners for a new configuration. */
export async function liveDataChanged(tx: Querying): Promise<void> {
  await tx.query(
    `WITH head AS (UPDATE config_head SET live = live + 1 RETURNING version)
     SELECT pg_notify('tocsin_config', version::text) FROM head`,
  );
}
