/** Alerts that nobody has heard of for as long as their source, or the plan of their service, waits (`staleAfter`). */
import type { DataSource } from 'typeorm';
import { HEARTBEAT_KEY } from '../../domain/heartbeat/heartbeat-signal.js';
import { staleRules, staleText } from '../../domain/alert/stale-after.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import { type Closing, closeUnheard } from './close-unheard.js';

interface Stale {
  source: string;
  dedupKey: string;
  title: string;
  after: string;
  afterMs: number;
}

/**
 * The open alerts of each source are found by `alert_open_key`. An index with the time of the last message would have to be
 * written with every repeat. While a source is late itself (`quietAfter`), its silence says nothing about its alerts;
 * neither does a time in which no api listened.
 */
async function staleAlerts(db: DataSource, snapshots: ConfigSnapshots, limit: number): Promise<Stale[]> {
  const { sources, services } = staleRules(await snapshots.latest(db));
  if (sources.length === 0) return [];
  return db.query(
    `SELECT a.source, a.dedup_key AS "dedupKey", a.title, coalesce(s.own->>'after', v.after) AS after, l.ms::float8 AS "afterMs"
       FROM jsonb_to_recordset($1::jsonb) AS s (name text, own jsonb)
       JOIN alert a ON a.source = s.name AND a.status = 'open'
       LEFT JOIN jsonb_to_recordset($2::jsonb) AS v (name text, after text, "afterMs" bigint) ON v.name = a.service
       CROSS JOIN LATERAL (SELECT coalesce((s.own->>'afterMs')::bigint, v."afterMs") AS ms) l
      WHERE a.last_at <= tocsin_now() - l.ms * interval '1 millisecond'
        AND NOT EXISTS (SELECT 1 FROM listening n WHERE n.deaf_to > tocsin_now() - l.ms * interval '1 millisecond'
                           OR n.seen_at < tocsin_now() - interval '15 seconds') AND a.dedup_key <> $3
        AND NOT EXISTS (SELECT 1 FROM source_heartbeat h WHERE h.source = a.source AND h.alerted_at IS NOT NULL)
      ORDER BY a.last_at LIMIT $4`,
    [JSON.stringify(sources), JSON.stringify(services), HEARTBEAT_KEY.message, limit],
  );
}

/** Closes them, and returns how many were found. */
export async function closeStaleAlerts(
  closing: Closing & { snapshots: ConfigSnapshots },
  limit: number,
): Promise<number> {
  const stale = await staleAlerts(closing.dataSource, closing.snapshots, limit);
  for (const { after, afterMs, ...alert } of stale) {
    const because = staleText(after);
    await closeUnheard(closing, {
      ...alert,
      reason: { stage: 'dedup', decision: 'stale', text: `closed as stale: ${because} (staleAfter)` },
      because,
      isStillDue: async (tx, id) => {
        const rows: unknown[] = await tx.query(
          `SELECT 1 FROM alert WHERE id = $1 AND last_at <= tocsin_now() - $2::float8 * interval '1 millisecond'`,
          [id, afterMs],
        );
        return rows.length > 0;
      },
    });
  }
  return stale.length;
}
