/** Overdue work for the break-glass pager: found by index alone, without the incidents that are backed off. */
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { Querying } from '../connection/querying.js';

export interface OverdueQuery {
  lateMs: number;
  limit: number;
  /** Ids of incidents to skip. */
  except: readonly string[];
}

export interface OverdueIncident {
  id: string;
  state: IncidentState;
  response: IncidentResponse;
  /** Work due before this instant is overdue. */
  lateAt: Date;
}

/** Incidents whose deadline passed without any action, most overdue first. */
export function overdueIncidents(
  db: Querying,
  { lateMs, limit, except }: OverdueQuery,
): Promise<OverdueIncident[]> {
  return db.query(
    `SELECT id, state, response, tocsin_now() - $1::int * interval '1 millisecond' AS "lateAt" FROM incident
      WHERE next_deadline < tocsin_now() - $1::int * interval '1 millisecond' AND id <> ALL ($3::uuid[])
      ORDER BY next_deadline LIMIT $2`,
    [lateMs, limit, except],
  );
}

/** Incidents with a page whose receipt is overdue. */
export async function lateReceipts(db: Querying, { lateMs, limit, except }: OverdueQuery): Promise<string[]> {
  const rows: { id: string }[] = await db.query(
    `SELECT DISTINCT incident_id AS id FROM delivery
      WHERE state = 'accepted' AND confirm_by <= tocsin_now() - $1::int * interval '1 millisecond'
        AND incident_id <> ALL ($3::uuid[]) LIMIT $2`,
    [lateMs, limit, except],
  );
  return rows.map(({ id }) => id);
}

/** Those of these incidents that have deliveries pending, and whether one of them is due now. */
export function stillDue(
  db: Querying,
  incidentIds: readonly string[],
): Promise<{ id: string; isDue: boolean }[]> {
  return db.query(
    `SELECT incident_id AS id, bool_or(
              CASE state WHEN 'sending' THEN lease_until WHEN 'accepted' THEN confirm_by ELSE due_at END <= tocsin_now()) AS "isDue"
       FROM delivery WHERE incident_id = ANY ($1::uuid[]) AND type NOT IN ('incident.event', 'page.updated')
        AND (state = 'sending' OR (state IN ('planned', 'failed') AND due_at IS NOT NULL)
             OR (state = 'accepted' AND confirm_by IS NOT NULL))
      GROUP BY incident_id`,
    [incidentIds],
  );
}
