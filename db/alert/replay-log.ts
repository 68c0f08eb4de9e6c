/** The log of received messages, read by time for a replay, and what muted alerts in that time. */
import type { LiveSilence } from '../../domain/alert/silence.js';
import type { LiveWindow } from '../../domain/alert/live-window.js';
import type { Querying } from '../connection/querying.js';

export interface LogSize {
  messages: number;
  alerts: number;
  bytes: number;
  /** Messages larger than `largest`, which are left out. */
  large: number;
}

export async function logSize(db: Querying, from: string, largest: number): Promise<LogSize> {
  const rows: LogSize[] = await db.query(
    `SELECT count(*) FILTER (WHERE size <= $2)::int AS messages, coalesce(sum(signals) FILTER (WHERE size <= $2), 0)::int AS alerts,
            coalesce(sum(size) FILTER (WHERE size <= $2), 0)::float8 AS bytes, count(*) FILTER (WHERE size > $2)::int AS large
       FROM (SELECT octet_length(body) AS size, signals FROM ingest_log WHERE at >= $1) l`,
    [from, largest],
  );
  return rows[0] ?? { messages: 0, alerts: 0, bytes: 0, large: 0 };
}

export interface LoggedMessage {
  id: string;
  at: string;
  source: string;
  body: Buffer;
}

/** Oldest first. `after`: the last one that was read. */
export async function readLog(
  db: Querying,
  {
    from,
    after,
    largest,
    limit,
  }: { from: string; after: LoggedMessage | null; largest: number; limit: number },
): Promise<LoggedMessage[]> {
  return db.query(
    `SELECT id, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at, source, body FROM ingest_log
      WHERE at >= $1 AND ($2::timestamptz IS NULL OR (at, id) > ($2::timestamptz, $3::uuid)) AND octet_length(body) <= $4
      ORDER BY at, id LIMIT $5`,
    [from, after?.at ?? null, after?.id ?? null, largest, limit],
  );
}

interface Lasting {
  /** When it was made, and when somebody ended it. */
  from: string;
  to: string;
}

export interface PastMuting {
  silences: (LiveSilence & Lasting)[];
  windows: (LiveWindow & Lasting)[];
}

export async function pastMuting(db: Querying, from: string): Promise<PastMuting> {
  const silences: (Omit<LiveSilence, 'until'> & { from: Date; to: Date })[] = await db.query(
    `SELECT id, matchers, teams, coalesce(owner, created_by) AS owner, reason, created_at AS from, coalesce(ended_at, until_at) AS to
       FROM silence WHERE coalesce(ended_at, until_at) > $1 ORDER BY created_at, id`,
    [from],
  );
  const windows: (LiveWindow & { from: Date; to: Date })[] = await db.query(
    `SELECT id, services, spans, coalesce(owner, created_by) AS owner, reason, created_at AS from, coalesce(ended_at, last_to) AS to
       FROM maintenance_window WHERE coalesce(ended_at, last_to) > $1 ORDER BY created_at, id`,
    [from],
  );
  return {
    silences: silences.map((one) => ({ ...one, ...lasting(one), until: one.to.toISOString() })),
    windows: windows.map((one) => ({ ...one, ...lasting(one) })),
  };
}

const lasting = ({ from, to }: { from: Date; to: Date }): Lasting => ({
  from: from.toISOString(),
  to: to.toISOString(),
});
