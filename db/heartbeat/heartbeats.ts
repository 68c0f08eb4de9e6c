/**
 * Sources that have to be heard from: stores pings, and triggers and resolves the alert of a source that is late, in one transaction
 * with its state.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DataSource, EntityManager } from 'typeorm';
import type { ConfigDocument } from '../../domain/config/specs.js';
import { type Expectation, expectationOf } from '../../domain/heartbeat/expectation.js';
import {
  decideLate,
  decideMessage,
  type Deafness,
  decidePing,
  type HeartbeatChange,
  type PingKind,
  unheard,
} from '../../domain/heartbeat/heartbeat.js';
import { heartbeatSignal, type HeartbeatReport } from '../../domain/heartbeat/heartbeat-signal.js';
import type { Intake } from '../alert/intake.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { retryingTransaction } from '../connection/retrying-transaction.js';
import {
  type HeartbeatReading,
  lockHeartbeat,
  readHeartbeats,
  storeExpectation,
  storeHeartbeat,
} from './heartbeat-row.js';
import { lastDeafness } from './listening.js';

export interface Ping {
  kind: PingKind;
  exitStatus: number | null;
  /** Redacted text without characters that PostgreSQL refuses. */
  output: string;
}

/** Pings of one source that are kept. */
const PINGS_KEPT = 100;

type SourceDocument = Pick<ConfigDocument<'Source'>, 'name' | 'spec'>;

export class Heartbeats {
  private lookingSince: number | null = null;

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
      await this.apply(
        tx,
        source,
        expectation,
        decidePing(heartbeat, ping.kind, now),
        failure === undefined ? {} : { failure },
      );
    });
  }

  /** Looks at all sources that have to be heard from; one that fails does not hinder the others. */
  async check(): Promise<void> {
    const snapshot = await this.snapshots.latest(this.dataSource);
    const expecting = snapshot.list('Source').flatMap((source) => {
      const expectation = expectationOf(source.spec);
      return expectation === null ? [] : [{ source, expectation }];
    });
    const failures: unknown[] = [];
    const failed = (error: unknown): void => void failures.push(error);
    await this.forgetOthers(expecting.map(({ source }) => source.name)).catch(failed);
    const deafness = await this.deafness();
    const readings = await readHeartbeats(
      this.dataSource,
      expecting.map(({ source }) => source.name),
    );
    for (const [index, { source, expectation }] of expecting.entries()) {
      const reading = readings[index];
      if (reading === undefined) continue;
      if (!isDeepStrictEqual(reading.expects, expectation))
        await this.expectFromNow(source, expectation).catch(failed);
      else if (decide(reading, expectation, deafness).signal !== null)
        await this.alertAnew(source, expectation, deafness).catch(failed);
    }
    if (failures.length > 0) throw new AggregateError(failures, 'some heartbeats could not be judged');
  }

  /** After a start nobody is deaf for longer than this process has looked: the api may start a moment later. */
  private async deafness(): Promise<Deafness | null> {
    const deafness = await lastDeafness(this.dataSource);
    if (deafness === null || !deafness.isNow) return deafness;
    this.lookingSince ??= deafness.to;
    return { ...deafness, from: Math.max(deafness.from, this.lookingSince) };
  }

  /** Decides again under the lock: a ping may have come since, and another worker may have triggered the alert. */
  private async alertAnew(
    source: SourceDocument,
    expectation: Expectation,
    deafness: Deafness | null,
  ): Promise<void> {
    await retryingTransaction(this.dataSource, async (tx) => {
      const reading = await lockHeartbeat(tx, source.name);
      await this.apply(tx, source, expectation, decide(reading, expectation, deafness), { deafness });
    });
  }

  private async apply(
    tx: EntityManager,
    source: SourceDocument,
    expectation: Expectation,
    { heartbeat, signal }: HeartbeatChange,
    told: Pick<HeartbeatReport, 'failure' | 'deafness'> = {},
  ): Promise<void> {
    const { name, spec } = source;
    await storeHeartbeat(tx, name, heartbeat);
    if (signal === null) return;
    const report = { source: name, spec, expectation, heartbeat, action: signal };
    const signals = [heartbeatSignal({ ...report, ...told })];
    await this.intake.ingestIn(tx, { source: name, spec, signals, raw: null });
  }

  /** What was not expected until now is not late yet. What was told of another kind of expectation is over. */
  private async expectFromNow(source: SourceDocument, expectation: Expectation): Promise<void> {
    await retryingTransaction(this.dataSource, async (tx) => {
      const { expects, heartbeat } = await lockHeartbeat(tx, source.name);
      if (isDeepStrictEqual(expects, expectation)) return;
      await storeExpectation(tx, source.name, expectation, expects === null);
      if (expects === null || expects.expects === expectation.expects || heartbeat.alertedAt === null) return;
      await this.apply(tx, source, expects, { heartbeat: unheard, signal: 'resolve' });
    });
  }

  /** Sources that were deleted or expect nothing any more: their alerts are over, and their state goes. */
  private async forgetOthers(expecting: string[]): Promise<void> {
    const others: { source: string }[] = await this.dataSource.query(
      'SELECT source FROM source_heartbeat WHERE NOT source = ANY ($1) ORDER BY source LIMIT 100',
      [expecting],
    );
    for (const { source } of others)
      await retryingTransaction(this.dataSource, async (tx) => {
        const { expects, heartbeat } = await lockHeartbeat(tx, source);
        const document = { name: source, spec: { format: 'generic' as const } };
        if (expects !== null && heartbeat.alertedAt !== null)
          await this.apply(tx, document, expects, { heartbeat: unheard, signal: 'resolve' });
        for (const table of ['source_heartbeat', 'heartbeat_ping'])
          await tx.query(`DELETE FROM ${table} WHERE source = $1`, [source]);
      });
  }
}

/** A message counts before lateness: a source that is heard again is not late. */
function decide(
  { heartbeat, messageAt, expectedSince, now }: HeartbeatReading,
  expectation: Expectation,
  deafness: Deafness | null,
): HeartbeatChange {
  const circumstances = { expectedSince, deafness };
  if (expectation.expects === 'ping') return decideLate(heartbeat, expectation, now, circumstances);
  const heard = messageAt === null ? { heartbeat, signal: null } : decideMessage(heartbeat, messageAt);
  return heard.signal === null ? decideLate(heard.heartbeat, expectation, now, circumstances) : heard;
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
