/** Reads the incident of one case from the record, by plain SQL. */
import type { Sql } from '../harness/sql.js';

export interface IncidentView {
  id: string;
  number: string;
  status: string;
  /** Phase of the only escalation. */
  phase: string;
  step: number;
  postmortem: string;
}

/** All incidents of this key: exactly one when all is well. */
export const incidentsOf = (sql: Sql, key: string): Promise<IncidentView[]> =>
  sql<IncidentView>(
    `SELECT DISTINCT i.id, i.state->>'number' AS number, i.status, i.state->'escalations'->0->>'phase' AS phase,
            (i.state->'escalations'->0->>'step')::int AS step, i.postmortem_status AS postmortem
       FROM alert a JOIN incident i ON i.id = a.incident_id WHERE a.dedup_key = $1`,
    [key],
  );

export interface LedgerRow {
  key: string;
  person: string;
  contact: string;
  step: number;
  state: string;
  reason: string | null;
  /** `at`: start of its lease, ms by the record's clock. */
  attempts: { n: number; outcome: string | null; marked: boolean; at: number }[];
}

export const ledgerOf = (sql: Sql, incidentId: string): Promise<LedgerRow[]> =>
  sql<LedgerRow>(
    `SELECT d.key, d.person, d.contact, d.step, d.state, d.reason, coalesce((
              SELECT jsonb_agg(jsonb_build_object('n', a.n, 'outcome', a.outcome, 'marked', a.possible_duplicate,
                'at', (extract(epoch FROM a.at) * 1000)::float8) ORDER BY a.n)
                FROM delivery_attempt a WHERE a.delivery_id = d.id), '[]') AS attempts
       FROM delivery d WHERE d.incident_id = $1 AND d.type = 'page.requested' ORDER BY d.step, d.rule`,
    [incidentId],
  );

/** True when nothing of this incident is pending any more. */
export async function isQuiet(sql: Sql, incidentId: string): Promise<boolean> {
  const [row] = await sql<{ due: string }>(
    `SELECT (SELECT count(*) FROM outbox WHERE incident_id = $1 AND delivered_at IS NULL)
          + (SELECT count(*) FROM delivery WHERE incident_id = $1 AND (state = 'sending' OR (state IN ('planned', 'failed') AND due_at IS NOT NULL))) AS due`,
    [incidentId],
  );
  return row?.due === '0';
}
