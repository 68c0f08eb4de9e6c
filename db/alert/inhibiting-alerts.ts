/**
 * Alerts that hold others back while they fire (domain/alert/inhibition.ts), noted when they are judged, so that a held alert's
 * look-up reads only these. The stage compares again: a row whose alert has changed holds nothing back.
 */
import {
  HELD_BY_INHIBITION,
  type InhibitingAlert,
  inhibits,
  type Muting,
} from '../../domain/alert/inhibition.js';
import { heldByWindow } from '../../domain/alert/maintenance.js';
import type { MatchedAlert } from '../../domain/alert/matcher.js';
import { heldBySilence } from '../../domain/alert/silence.js';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Querying } from '../connection/querying.js';

/** One explains an alert as well as a hundred. */
const FIRING_MOST = 100;

export const MATCHED_TEXTS = `a.source, a.dedup_key AS "dedupKey", coalesce(a.newest->>'title', a.title) AS title, 
  coalesce(a.newest->>'severity', a.severity) AS severity, a.service,
  coalesce(a.newest->'labels', a.labels) AS labels`;

/** Fires, and people are told of it or have silenced it: `after` and another inhibition hold what nobody knows of. */
const HOLDS_BACK = `a.status = 'open' AND i.drill IS NULL AND (a.incident_id IS NOT NULL
  OR a.held_by LIKE '${heldBySilence('%')}' OR a.held_by LIKE '${heldByWindow('%')}')`;

export async function firingFor(tx: Querying, muting: readonly Muting[]): Promise<InhibitingAlert[]> {
  return tx.query(
    `SELECT a.id, i.state->>'number' AS incident, ${MATCHED_TEXTS}
       FROM inhibiting_alert h
       CROSS JOIN LATERAL (SELECT * FROM alert WHERE id = h.alert_id AND status = 'open' OFFSET 0) a
       LEFT JOIN incident i ON i.id = a.incident_id
      WHERE ${HOLDS_BACK} AND EXISTS (
        SELECT 1 FROM jsonb_to_recordset($1::jsonb) AS m (name text, labels jsonb)
         WHERE m.name = ANY (h.inhibitions) AND coalesce(a.newest->'labels', a.labels) @> m.labels)
      ORDER BY a.first_at, a.id LIMIT ${FIRING_MOST}`,
    [JSON.stringify(muting)],
  );
}

/** Names of the documents by which an alert that fires may hold others back. */
export async function firingInhibitions(tx: Querying): Promise<Set<string>> {
  const rows: { name: string }[] = await tx.query(
    'SELECT DISTINCT unnest(inhibitions) AS name FROM inhibiting_alert',
  );
  return new Set(rows.map(({ name }) => name));
}

/** Writes nothing for an alert that holds nothing back. Returns the documents by which it does. */
export async function noteInhibits(
  tx: Querying,
  snapshot: ConfigSnapshot,
  alert: MatchedAlert & { id: string },
): Promise<string[]> {
  const names = inhibits(snapshot, alert);
  await noteRows(tx, [{ id: alert.id, names }]);
  return names;
}

export async function noteRows(
  tx: Querying,
  found: readonly { id: string; names: string[] }[],
): Promise<void> {
  const rows = found.filter(({ names }) => names.length > 0);
  if (rows.length === 0) return;
  await tx.query(
    `INSERT INTO inhibiting_alert (alert_id, inhibitions)
     SELECT r.id, r.names FROM jsonb_to_recordset($1::jsonb) AS r (id uuid, names text[]) ORDER BY r.id
     ON CONFLICT (alert_id) DO UPDATE SET inhibitions = excluded.inhibitions
      WHERE inhibiting_alert.inhibitions <> excluded.inhibitions`,
    [JSON.stringify(rows)],
  );
}

/** Alerts that an incident's alerts hold back now. */
export async function heldBackBy(db: Querying, incidentId: string): Promise<number> {
  const rows: { count: number }[] = await db.query(
    `SELECT count(*)::int AS count FROM alert h
      WHERE h.status = 'open' AND h.held_by LIKE '${HELD_BY_INHIBITION}%' AND EXISTS (
        SELECT 1 FROM alert a WHERE a.incident_id = $1 AND a.status = 'open'
           AND a.id = CASE WHEN h.held_by LIKE '${HELD_BY_INHIBITION}%' THEN split_part(h.held_by, '/', 2)::uuid END)`,
    [incidentId],
  );
  return rows[0]?.count ?? 0;
}
