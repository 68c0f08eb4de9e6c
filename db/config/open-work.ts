/** Work in progress that a change of documents may affect. */
import type { OpenWork } from '../../domain/config/in-use.js';
import type { PolicySpec } from '../../domain/escalation/policy-spec.js';
import type { Querying } from '../connection/querying.js';

/** Above this number only the newest incidents are named: enough to plan a change during a storm. */
const NAMED_MOST = 500;

interface Row extends Omit<OpenWork, 'policies'> {
  policies: { name: string; spec: PolicySpec }[];
}

export async function readOpenWork(db: Querying): Promise<OpenWork[]> {
  const rows: Row[] = await db.query(
    `SELECT i.state->>'number' AS number, i.status, i.service, i.response->'plan'->>'name' AS plan,
            i.state->>'acknowledgedBy' AS "acknowledgedBy", i.state->>'commander' AS commander,
            coalesce((SELECT jsonb_agg(t->'paged') FROM jsonb_array_elements(i.state->'escalations') t
                       WHERE t->>'phase' = 'waiting' AND jsonb_array_length(coalesce(t->'paged', '[]')) > 0), '[]') AS paged,
            coalesce((SELECT jsonb_agg(p) FROM jsonb_array_elements(i.response->'escalations') t,
                        jsonb_array_elements(jsonb_build_array(t->'policy') || coalesce(t->'called', '[]')) p), '[]') AS policies,
            coalesce((SELECT jsonb_agg(r->'person') FROM jsonb_array_elements(i.state->'postmortem'->'reviews') r
                       WHERE r->>'decision' = 'pending'), '[]')
              || CASE WHEN i.state->'postmortem'->>'author' IS NULL THEN '[]'
                      ELSE jsonb_build_array(i.state->'postmortem'->'author') END AS reviewers,
            coalesce((SELECT jsonb_agg(a.source) FROM alert a WHERE a.incident_id = i.id AND a.status = 'open'), '[]') AS sources
       FROM incident i
      WHERE i.status IN ('triggered', 'acknowledged', 'resolved') AND i.merged_into IS NULL AND i.number > 0
      ORDER BY (i.status = 'resolved'), i.created_at DESC LIMIT $1`,
    [NAMED_MOST],
  );
  return rows.map(({ policies, ...row }) => ({
    ...row,
    policies: policies.map(({ name, spec }) => ({
      name,
      notify: spec.steps.flatMap(({ notify }) => notify),
    })),
  }));
}
