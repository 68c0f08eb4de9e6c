/** What is owed and late, as the break-glass pager finds it: by index alone, without what it has set aside for the moment. */
import type { DataSource } from 'typeorm';
import type { IncidentResponse } from '../domain/incident/response.js';
import type { IncidentState } from '../domain/incident/state.js';

type Querying = Pick<DataSource, 'query'>;

export interface LateQuery {
  lateMs: number;
  limit: number;
  /** Ids of incidents that are to be left alone. */
  except: readonly string[];
}

export interface LateIncident {
  id: string;
  state: IncidentState;
  response: IncidentResponse;
  /** What was due before this instant is late. */
  lateAt: Date;
}

/** Incidents whose deadline has passed with nobody acting, the latest first. */
export function lateIncidents(db: Querying, { lateMs, limit, except }: LateQuery): Promise<LateIncident[]> {
  return db.query(
    `SELECT id, state, response, tocsin_now() - $1::int * interval '1 millisecond' AS "lateAt" FROM incident
      WHERE next_deadline < tocsin_now() - $1::int * interval '1 millisecond' AND id <> ALL ($3::uuid[])
      ORDER BY next_deadline LIMIT $2`,
    [lateMs, limit, except],
  );
}

/** Incidents with a page whose receipt is overdue. */
export async function lateReceipts(db: Querying, { lateMs, limit, except }: LateQuery): Promise<string[]> {
  const rows: { id: string }[] = await db.query(
    `SELECT DISTINCT incident_id AS id FROM delivery
      WHERE state = 'accepted' AND confirm_by <= tocsin_now() - $1::int * interval '1 millisecond'
        AND incident_id <> ALL ($3::uuid[]) LIMIT $2`,
    [lateMs, limit, except],
  );
  return rows.map(({ id }) => id);
}

/** Of these incidents, those that somebody is still to be told about, and whether something of it is due now. */
export function stillOwed(
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
