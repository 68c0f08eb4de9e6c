/** Looks what known sources had refused in the last day, and says so where operators look (`watchdog` "sources"). */
import type { DataSource } from 'typeorm';
import { type RefusedMessages, refusedMessagesText } from '../domain/alert/refused-messages.js';
import type { ConfigSnapshots } from './config-snapshot.js';
import { reportWatchdog } from './watchdogs.js';

/** The newest of a flood say enough. */
const LOOKED_AT = 10_000;

export async function reportRefusedMessages(
  dataSource: DataSource,
  snapshots: Pick<ConfigSnapshots, 'latest'>,
): Promise<void> {
  const rows: { source: string; count: string; reason: string | null }[] = await dataSource.query(
    `SELECT source, count(*) AS count, left((array_agg(errors->0->>'message' ORDER BY at DESC))[1], 200) AS reason
       FROM (SELECT source, at, errors FROM rejection WHERE at > tocsin_now() - interval '24 hours'
              ORDER BY at DESC LIMIT $1) newest
      WHERE source IS NOT NULL GROUP BY source ORDER BY max(at) DESC`,
    [LOOKED_AT],
  );
  const snapshot = await snapshots.latest(dataSource.manager);
  const refused = rows.flatMap(({ source, count, reason }): RefusedMessages[] => {
    const document = snapshot.get('Source', source);
    // Deleted since: nobody sends by it any more.
    if (document === undefined) return [];
    const service = document.spec.service ?? document.spec.routes?.[0]?.service;
    const team = service === undefined ? null : (snapshot.get('Service', service)?.spec.team ?? null);
    return [{ source, team, count: Number(count), reason: reason ?? 'no reason was kept' }];
  });
  await reportWatchdog(dataSource, {
    name: 'sources',
    ...refusedMessagesText(refused),
    detail: { sources: refused },
  });
}
