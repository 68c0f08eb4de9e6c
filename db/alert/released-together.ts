/** What a holder held for one service is released as one group: into one incident, which pages once. */
import type { EntityManager } from 'typeorm';
import type { Reason } from '../../domain/alert/decide-signal.js';
import { holderText, isReleasedAsGroup } from '../../domain/alert/stage.js';

/** A holder that comes back, such as a weekly window, makes a group of its own each time. */
const TOGETHER = "interval '10 minutes'";

export interface ReleasedTogether {
  /** The open incident of the group; null: the alert is the first of it. */
  incident: string | null;
  reason: Reason;
}

/** Null when the alert was not held, or by a stage that releases every alert by itself. Takes the lock of the group. */
export async function releasedTogether(
  tx: EntityManager,
  { heldBy, service }: { heldBy: string | null; service: string | null },
): Promise<ReleasedTogether | null> {
  if (heldBy === null || !isReleasedAsGroup(heldBy)) return null;
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('released/' || $1, 0))`, [heldBy]);
  const rows: { incident: string }[] = await tx.query(
    `SELECT a.incident_id AS incident FROM alert a JOIN incident i ON i.id = a.incident_id
      WHERE a.released_by = $1 AND a.service IS NOT DISTINCT FROM $2 AND a.judged_at > tocsin_now() - ${TOGETHER}
        AND i.status IN ('triggered', 'acknowledged') AND i.service IS NOT DISTINCT FROM $2
      ORDER BY a.judged_at LIMIT 1`,
    [heldBy, service],
  );
  const incident = rows[0]?.incident ?? null;
  const text = `${holderText(heldBy)}, and the alert still fires; what it held for ${service ?? 'no service'} is one group`;
  return { incident, reason: { stage: 'grouping', decision: 'released', text } };
}
