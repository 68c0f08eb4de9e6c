/**
 * Sources that have to be heard from: stores pings, and triggers and resolves the alert of a source that is late, in one transaction
 * with its state.
 */
import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigDocument } from '../../domain/config/specs.js';
import { type Expectation, expectationOf } from '../../domain/heartbeat/expectation.js';
import {
  decideLate,
  decideMessage,
  decidePing,
  type HeartbeatChange,
  type PingKind,
} from '../../domain/heartbeat/heartbeat.js';
import { heartbeatSignal, type HeartbeatReport } from '../../domain/heartbeat/heartbeat-signal.js';
import type { Intake } from '../alert/intake.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import { type HeartbeatReading, lockHeartbeat, readHeartbeats, storeHeartbeat } from './heartbeat-row.js';

export interface Ping {
  kind: PingKind;
  exitStatus: number | null;
  /** Redacted text without characters that PostgreSQL refuses. */
  output: string;
}

/** Pings of one source that are kept. */
const PINGS_KEPT = 100;

type SourceDocument = ConfigDocument<'Source'>;

export class Heartbeats {
  constructor(
    private readonly dataSource: DataSource,
    private readonly intake: Intake,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  /** Stores a ping before its sender is answered. */
  async ping(source: SourceDocument, ping: Ping): Promise<void> {
    const expectation = expectationOf(source.spec);
    if (expectation === null) throw new Error(`Source ${source.name} expects no pings`);
    await retryingTransaction(this.dataSource, async (tx) => {
      const { heartbeat, now } = await lockHeartbeat(tx, source.name);
      await keepPing(tx, source.name, ping);
      const failure =
        ping.kind === 'failure' ? { exitStatus: ping.exitStatus, output: ping.output } : undefined;
      await this.apply(tx, source, expectation, decidePing(heartbeat, ping.kind, now), failure);
    });
  }

  /** Looks at all sources that have to be heard from; one that fails does not hinder the others. */
  async check(): Promise<void> {
    const documents = (await this.snapshots.latest(this.dataSource)).list('Source');
    const expecting = documents.flatMap((source) => {
      const expectation = expectationOf(source.spec);
      return expectation === null ? [] : [{ source, expectation }];
    });
    await this.forgetOthers(expecting.map(({ source }) => source.name));
    if (expecting.length === 0) return;
    const readings = await readHeartbeats(
      this.dataSource,
      expecting.map(({ source }) => source.name),
    );
    const failures: unknown[] = [];
    for (const [index, { source, expectation }] of expecting.entries()) {
      const reading = readings[index];
      if (reading === undefined || decide(reading, expectation).signal === null) continue;
      await this.alertAnew(source, expectation).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some heartbeats could not be judged');
  }

  /** Decides again under the lock: a ping may have come since, and another worker may have triggered the alert. */
  private async alertAnew(source: SourceDocument, expectation: Expectation): Promise<void> {
    await retryingTransaction(this.dataSource, async (tx) => {
      const reading = await lockHeartbeat(tx, source.name);
      await this.apply(tx, source, expectation, decide(reading, expectation));
    });
  }

  private async apply(
    tx: EntityManager,
    source: SourceDocument,
    expectation: Expectation,
    { heartbeat, signal }: HeartbeatChange,
    failure?: HeartbeatReport['failure'],
  ): Promise<void> {
    const { name, spec } = source;
    await storeHeartbeat(tx, name, heartbeat);
    if (signal === null) return;
    const report = { source: name, spec, expectation, heartbeat, action: signal };
    const signals = [heartbeatSignal({ ...report, ...(failure === undefined ? {} : { failure }) })];
    await this.intake.ingestIn(tx, { source: name, spec, signals, raw: null });
  }

  /** State of sources that were deleted or expect nothing any more. Their open alerts stay, as those of any source. */
  private async forgetOthers(expecting: string[]): Promise<void> {
    for (const table of ['source_heartbeat', 'heartbeat_ping'])
      await this.dataSource.query(`DELETE FROM ${table} WHERE NOT source = ANY ($1)`, [expecting]);
  }
}

/** A message counts before lateness: a source that is heard again is not late. */
function decide({ heartbeat, messageAt, now }: HeartbeatReading, expectation: Expectation): HeartbeatChange {
  if (expectation.expects === 'ping') return decideLate(heartbeat, expectation, now);
  const heard = messageAt === null ? { heartbeat, signal: null } : decideMessage(heartbeat, messageAt);
  return heard.signal === null ? decideLate(heard.heartbeat, expectation, now) : heard;
}

async function keepPing(tx: EntityManager, source: string, ping: Ping): Promise<void> {
  await tx.query(
    `INSERT INTO heartbeat_ping (id, source, at, kind, exit_status, output) VALUES ($1, $2, tocsin_now(), $3, $4, $5)`,
    [randomUUID(), source, ping.kind, ping.exitStatus, ping.output],
  );
  await tx.query(
    `DELETE FROM heartbeat_ping WHERE source = $1
        AND at < (SELECT at FROM heartbeat_ping WHERE source = $1 ORDER BY at DESC OFFSET $2 LIMIT 1)`,
    [source, PINGS_KEPT - 1],
  );
}
