/** Remembers the clocks of the zones in use, so that an update of the zone data says what it moves. */
import type { DataSource } from 'typeorm';
import { CONFIG_KINDS, type ConfigDocument, type ConfigSnapshot } from '../../domain/config/specs.js';
import { type ClockMove, firstMove, nearPeriods, zonesInUse } from '../../domain/oncall/zone-changes.js';
import { ZONE_DATA_VERSION, type ZonePeriod } from '../../domain/oncall/zone-data.js';
import type { Querying } from '../connection/querying.js';

/** `at`: when the newer release was first used here. Offsets in milliseconds east of UTC. */
export interface ZoneChange {
  zone: string;
  from: string;
  to: string;
  at: string;
  move: ClockMove;
  /** Documents that name the zone: `Schedule checkout-primary`. */
  usedBy: string[];
}

interface Stored {
  zone: string;
  release: string;
  periods: ZonePeriod[];
  stored_at: Date;
}

/** How long a change is shown. */
const SHOWN = '90 days';
/** Stored clocks are brought forward this often, so that they keep reaching two years ahead. */
const RENEWED_AFTER_MS = 7 * 86_400_000;

const usersOf = (snapshot: ConfigSnapshot): Map<string, string[]> =>
  zonesInUse(CONFIG_KINDS.flatMap((kind): ConfigDocument[] => snapshot.list(kind)));

/**
 * Stores the clocks of the zones in use, and returns the changes that this release of the data brings. A process with older data
 * than those stored changes nothing: during an update both run.
 */
export async function compareZoneData(
  dataSource: DataSource,
  snapshot: ConfigSnapshot,
  read = { release: ZONE_DATA_VERSION, periods: nearPeriods },
): Promise<ZoneChange[]> {
  const users = usersOf(snapshot);
  return dataSource.transaction(async (tx) => {
    const [clock]: { now: Date }[] = await tx.query('SELECT tocsin_now() AS now');
    const now = clock?.now ?? new Date();
    const rows: Stored[] = await tx.query(
      'SELECT zone, release, periods, stored_at FROM zone_data WHERE zone = ANY ($1) ORDER BY zone FOR UPDATE',
      [[...users.keys()]],
    );
    const stored = new Map(rows.map((row) => [row.zone, row]));
    const changes: ZoneChange[] = [];
    for (const zone of [...users.keys()].toSorted()) {
      const periods = read.periods(zone, now.getTime());
      if (periods === null) continue;
      const old = stored.get(zone);
      if (old !== undefined && (old.release > read.release || !isDue(old, read.release, now))) continue;
      const move = old === undefined ? null : firstMove(old.periods, periods, now.getTime());
      const change =
        old === undefined || move === null
          ? null
          : { from: old.release, to: read.release, at: now.toISOString(), move };
      if (change !== null) changes.push({ zone, ...change, usedBy: users.get(zone) ?? [] });
      await tx.query(
        `INSERT INTO zone_data (zone, release, periods, stored_at, change) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (zone) DO UPDATE SET release = excluded.release, periods = excluded.periods, stored_at = excluded.stored_at,
           change = coalesce(excluded.change, zone_data.change)`,
        [zone, read.release, JSON.stringify(periods), now, change === null ? null : JSON.stringify(change)],
      );
    }
    return changes;
  });
}

const isDue = (stored: Stored, release: string, now: Date): boolean =>
  stored.release !== release || now.getTime() - stored.stored_at.getTime() > RENEWED_AFTER_MS;

/** Changes of the last 90 days in zones that are still in use, newest first. */
export async function recentZoneChanges(db: Querying, snapshot: ConfigSnapshot): Promise<ZoneChange[]> {
  const rows: { zone: string; change: Omit<ZoneChange, 'zone' | 'usedBy'> }[] = await db.query(
    `SELECT zone, change FROM zone_data
      WHERE change IS NOT NULL AND (change->>'at')::timestamptz > tocsin_now() - $1::interval
      ORDER BY change->>'at' DESC, zone`,
    [SHOWN],
  );
  const users = usersOf(snapshot);
  return rows.flatMap(({ zone, change }) => {
    const usedBy = users.get(zone);
    return usedBy === undefined ? [] : [{ zone, ...change, usedBy }];
  });
}
