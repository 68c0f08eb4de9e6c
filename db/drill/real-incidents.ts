/** Reads the open real incidents that a drill may have to yield to (domain/drill/abort.ts). */
import type { Priority } from '../../domain/config/terms.js';
import type { RealIncident } from '../../domain/drill/abort.js';
import type { Querying } from '../connection/querying.js';

/** The oldest of each priority and team: in a storm, thousands are open. Numbers above 0 are no canaries. */
export const openRealIncidents = (tx: Querying, priorities: readonly Priority[]): Promise<RealIncident[]> =>
  tx.query(
    `SELECT DISTINCT ON (i.priority, e->>'team') i.state->>'number' AS number, i.priority, e->>'team' AS team,
            i.created_at AS "openedAt"
       FROM incident i, jsonb_array_elements(i.state->'escalations') e
      WHERE i.drill IS NULL AND i.number > 0 AND i.status IN ('triggered', 'acknowledged') AND i.priority = ANY ($1)
      ORDER BY i.priority, e->>'team', i.created_at`,
    [priorities],
  );

export interface RunningDrill {
  id: string;
  abortOn: Priority[];
  /** Teams that its incident pages. */
  teams: string[];
}

export const runningDrills = (tx: Querying): Promise<RunningDrill[]> =>
  tx.query(
    `SELECT r.id, r.spec->'abortOn'->'realIncident' AS "abortOn",
            jsonb_path_query_array(d.state, '$.escalations[*].team') AS teams
       FROM drill_run r JOIN incident d ON d.id = r.incident_id WHERE r.state = 'running' ORDER BY r.started_at`,
  );
