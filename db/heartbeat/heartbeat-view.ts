/** Sources that have to be heard from, as shown to people. */
import type { DataSource } from 'typeorm';
import { expectationOf, intervalText } from '../../domain/heartbeat/expectation.js';
import { decideMessage, type HeartbeatState, lateAt, stateOf } from '../../domain/heartbeat/heartbeat.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { readHeartbeats } from './heartbeat-row.js';
import { lastDeafness } from './listening.js';

export interface HeartbeatItem {
  source: string;
  service: string | null;
  /** What has to come: pings of a heartbeat, messages of a source with `quietAfter`. */
  expects: 'ping' | 'message';
  /** `every 1h`, `0 3 * * * (Europe/Berlin)`. */
  interval: string;
  state: HeartbeatState;
  lastHeardAt: string | null;
  /** When the alert triggers unless something is heard before, or again while it is late; null while nothing is expected. */
  lateAt: string | null;
}

export interface ShownPing {
  at: string;
  kind: string;
  exitStatus: number | null;
  output: string;
}

export class HeartbeatView {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** By name. */
  async list(): Promise<HeartbeatItem[]> {
    const documents = (await this.snapshots.latest(this.dataSource)).list('Source');
    const expecting = documents.flatMap(({ name, spec }) => {
      const expectation = expectationOf(spec);
      return expectation === null ? [] : [{ name, spec, expectation }];
    });
    const deafness = await lastDeafness(this.dataSource);
    const readings = await readHeartbeats(
      this.dataSource,
      expecting.map(({ name }) => name),
    );
    return expecting
      .flatMap(({ name, spec, expectation }, index): HeartbeatItem[] => {
        const reading = readings[index];
        if (reading === undefined) return [];
        const { messageAt } = reading;
        const heartbeat =
          expectation.expects === 'message' && messageAt !== null
            ? decideMessage(reading.heartbeat, messageAt).heartbeat
            : reading.heartbeat;
        const late = lateAt(heartbeat, expectation, { expectedSince: reading.expectedSince, deafness });
        return [
          {
            source: name,
            service: spec.service ?? null,
            expects: expectation.expects,
            interval: intervalText(expectation.interval),
            state: stateOf(heartbeat),
            lastHeardAt: heartbeat.heardAt,
            lateAt: late === null ? null : new Date(late).toISOString(),
          },
        ];
      })
      .toSorted((a, b) => a.source.localeCompare(b.source));
  }

  /** Newest first. */
  async pings(source: string): Promise<ShownPing[]> {
    const rows: (Omit<ShownPing, 'at'> & { at: Date })[] = await this.dataSource.query(
      `SELECT at, kind, exit_status AS "exitStatus", output FROM heartbeat_ping WHERE source = $1 ORDER BY at DESC, id`,
      [source],
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}
