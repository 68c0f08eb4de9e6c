/** The alerts of an incident as matchers see them, and the keys that fire in it. */
import type { SilenceCandidate } from '../../domain/alert/silence.js';
import type { LikedAlert } from '../../domain/alert/silence-like.js';
import type { Querying } from '../connection/querying.js';

/** Enough to know which silences touch an incident. */
const LOOKED_AT = 500;

/** The newest alerts of the incident; `team` is that of the service, by the configuration in force. */
export async function alertsToMatch(
  db: Querying,
  incidentId: string,
  teamOf: (service: string) => string | null,
): Promise<SilenceCandidate[]> {
  const rows: Omit<SilenceCandidate, 'team'>[] = await db.query(
    `SELECT source, dedup_key AS "dedupKey", coalesce(newest->>'title', title) AS title, severity, service,
            coalesce(newest->'labels', labels) AS labels
       FROM alert WHERE incident_id = $1 ORDER BY first_at DESC LIMIT $2`,
    [incidentId, LOOKED_AT],
  );
  return rows.map((row) => ({ ...row, team: row.service === null ? null : teamOf(row.service) }));
}

export interface FiringKeys {
  sources: string[];
  keys: string[];
  services: (string | null)[];
}

/** Alerts that are open, or that a person closed while they fired. */
export async function firingIn(db: Querying, incidentId: string): Promise<FiringKeys> {
  const rows: { source: string; dedup_key: string; service: string | null }[] = await db.query(
    `SELECT DISTINCT source, dedup_key, service FROM alert
      WHERE incident_id = $1 AND (status = 'open' OR (closed_by <> 'tocsin' AND closed_by NOT LIKE 'source:%'))
      ORDER BY 1, 2 LIMIT $2`,
    [incidentId, LOOKED_AT],
  );
  return {
    sources: [...new Set(rows.map(({ source }) => source))],
    keys: [...new Set(rows.map(({ dedup_key }) => dedup_key))],
    services: [...new Set(rows.map(({ service }) => service))],
  };
}

/** The newest alerts of an incident, open and closed. */
export function alertsOfIncident(db: Querying, incidentId: string): Promise<LikedAlert[]> {
  return db.query(
    `SELECT source, service, coalesce(newest->>'title', title) AS title, coalesce(newest->'labels', labels) AS labels
       FROM alert WHERE incident_id = $1 ORDER BY first_at DESC, id DESC LIMIT $2`,
    [incidentId, LOOKED_AT],
  );
}
