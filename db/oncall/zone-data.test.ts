import { expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import type { ConfigDocument } from '../../domain/config/specs.js';
import type { ZonePeriod } from '../../domain/oncall/zone-data.js';
import { withDatabase } from '../../test/harness/database.js';
import { snapshotOf } from '../config/config-snapshot.js';
import { compareZoneData, recentZoneChanges } from './zone-data-store.js';

const HOUR = 3_600_000;
const document = (kind: 'Organisation' | 'Team', name: string, timezone: string) =>
  ({ kind, name, revision: 1, spec: { timezone } }) as unknown as ConfigDocument;
const snapshot = snapshotOf(1, [
  document('Organisation', 'default', 'Europe/Berlin'),
  document('Team', 'checkout', 'Europe/Chisinau'),
]);

/** A release in which Chisinau's clock has this offset from now on, and Berlin's never changes. */
const release = (name: string, hours: number) => ({
  release: name,
  periods: (zone: string, now: number): ZonePeriod[] => [
    { until: now + 1_000 * HOUR, offset: zone === 'Europe/Berlin' ? HOUR : hours * HOUR },
  ],
});
const compared = (dataSource: DataSource, name: string, hours: number) =>
  compareZoneData(dataSource, snapshot, release(name, hours));

it('tells what a newer release moves, once, and shows it while the zone is in use', () =>
  withDatabase(async (dataSource) => {
    expect(await compared(dataSource, '2026a', 2)).toEqual([]);
    expect(await compared(dataSource, '2026b', 2)).toEqual([]);
    const told = await compared(dataSource, '2026f', 3);
    expect(told).toMatchObject([
      {
        zone: 'Europe/Chisinau',
        from: '2026b',
        to: '2026f',
        move: { before: 2 * HOUR, after: 3 * HOUR },
        usedBy: ['Team checkout'],
      },
    ]);
    expect(await compared(dataSource, '2026f', 3)).toEqual([]);
    // A process of the release before still runs.
    expect(await compared(dataSource, '2026b', 2)).toEqual([]);
    expect(await recentZoneChanges(dataSource, snapshot)).toEqual(told);
    expect(await recentZoneChanges(dataSource, snapshotOf(2, []))).toEqual([]);
  }));

it('is compared by two processes at once', () =>
  withDatabase(async (dataSource) => {
    await compared(dataSource, '2026a', 2);
    const both = await Promise.all([compared(dataSource, '2026f', 3), compared(dataSource, '2026f', 3)]);
    expect(both.flat()).toHaveLength(1);
  }));
