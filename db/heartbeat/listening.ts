/** When an api listened: pings and messages of a time without one are lost, which is not their senders' fault. */
import type { Deafness } from '../../domain/heartbeat/heartbeat.js';
import type { Querying } from '../connection/querying.js';

export const LISTENING_EVERY_MS = 5_000;
/** Three times missed: senders get no answer, or the record cannot be written, which refuses them too. */
const DEAF_AFTER = '15 seconds';
/** Restarts closer together count as one. */
const ONE_WITHIN = '15 minutes';

/** Noted by every api while it listens. */
export async function noteListening(db: Querying): Promise<void> {
  await db.query(
    `INSERT INTO listening AS l (id, seen_at) VALUES (1, tocsin_now())
     ON CONFLICT (id) DO UPDATE SET seen_at = greatest(l.seen_at, excluded.seen_at),
       deaf_from = CASE WHEN excluded.seen_at - l.seen_at <= interval '${DEAF_AFTER}' THEN l.deaf_from
                        WHEN l.seen_at - l.deaf_to < interval '${ONE_WITHIN}' THEN l.deaf_from ELSE l.seen_at END,
       deaf_to = CASE WHEN excluded.seen_at - l.seen_at <= interval '${DEAF_AFTER}' THEN l.deaf_to ELSE excluded.seen_at END`,
  );
}

/** The last time without an api; null: none is known. */
export async function lastDeafness(db: Querying): Promise<Deafness | null> {
  const rows: { seen: Date; from: Date | null; to: Date | null; now: Date; deaf: boolean }[] = await db.query(
    `SELECT seen_at AS seen, deaf_from AS "from", deaf_to AS "to", tocsin_now() AS now,
            tocsin_now() - seen_at > interval '${DEAF_AFTER}' AS deaf FROM listening`,
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { seen, from, to, now, deaf } = row;
  if (deaf) return { from: seen.getTime(), to: now.getTime(), isNow: true };
  return from === null || to === null ? null : { from: from.getTime(), to: to.getTime(), isNow: false };
}
