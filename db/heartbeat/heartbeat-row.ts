/** Reads and writes the state of one source that has to be heard from. */
import type { EntityManager } from 'typeorm';
import type { Expectation } from '../../domain/heartbeat/expectation.js';
import type { Heartbeat } from '../../domain/heartbeat/heartbeat.js';
import type { Querying } from '../connection/querying.js';

/** The state of a source beside the times that its decisions need. */
export interface HeartbeatReading {
  source: string;
  heartbeat: Heartbeat;
  /** Newest message in the ingest log; pings are not there. */
  messageAt: string | null;
  /** What the workers last knew to be expected; null: nothing yet. */
  expects: Expectation | null;
  expectedSince: string | null;
  now: string;
}

const COLUMNS = `h.heard_at AS heard, h.started_at AS started, h.failed_at AS failed, h.alerted_at AS alerted`;

interface HeartbeatColumns {
  heard: Date | null;
  started: Date | null;
  failed: Date | null;
  alerted: Date | null;
}

const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;

const heartbeatOf = (row: HeartbeatColumns): Heartbeat => ({
  heardAt: isoOf(row.heard),
  startedAt: isoOf(row.started),
  failedAt: isoOf(row.failed),
  alertedAt: isoOf(row.alerted),
});

export async function readHeartbeats(tx: Querying, sources: readonly string[]): Promise<HeartbeatReading[]> {
  const rows: (HeartbeatColumns & {
    source: string;
    message: Date | null;
    expects: Expectation | null;
    since: Date | null;
    now: Date;
  })[] = await tx.query(
    `SELECT s.name AS source, ${COLUMNS}, h.expects, h.expects_since AS since, tocsin_now() AS now,
            (SELECT max(l.at) FROM ingest_log l WHERE l.source = s.name) AS message
       FROM unnest($1::text[]) WITH ORDINALITY s (name, n) LEFT JOIN source_heartbeat h ON h.source = s.name ORDER BY s.n`,
    [sources],
  );
  return rows.map((row) => ({
    source: row.source,
    heartbeat: heartbeatOf(row),
    messageAt: isoOf(row.message),
    expects: row.expects,
    expectedSince: isoOf(row.since),
    now: row.now.toISOString(),
  }));
}

/** Locks the row of a source, which is made when it is missing, so that two pings are decided one after the other. */
export async function lockHeartbeat(tx: EntityManager, source: string): Promise<HeartbeatReading> {
  await tx.query('INSERT INTO source_heartbeat (source) VALUES ($1) ON CONFLICT DO NOTHING', [source]);
  await tx.query('SELECT 1 FROM source_heartbeat WHERE source = $1 FOR UPDATE', [source]);
  const [reading] = await readHeartbeats(tx, [source]);
  if (reading === undefined) throw new Error(`the state of ${source} cannot be read`);
  return reading;
}

export async function storeHeartbeat(tx: EntityManager, source: string, heartbeat: Heartbeat): Promise<void> {
  await tx.query(
    'UPDATE source_heartbeat SET heard_at = $2, started_at = $3, failed_at = $4, alerted_at = $5 WHERE source = $1',
    [source, heartbeat.heardAt, heartbeat.startedAt, heartbeat.failedAt, heartbeat.alertedAt],
  );
}

/** A source that is expected anew, or otherwise than before, is expected from now on; one that was kept before this was known as before. */
export async function storeExpectation(
  tx: Querying,
  source: string,
  expectation: Expectation,
  isFirst: boolean,
): Promise<void> {
  await tx.query(
    `UPDATE source_heartbeat SET expects = $2, expects_since = CASE WHEN $3 AND heard_at IS NOT NULL THEN expects_since ELSE tocsin_now() END
      WHERE source = $1`,
    [source, JSON.stringify(expectation), isFirst],
  );
}
