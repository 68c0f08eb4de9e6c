/** Incidents of a time with the alerts that gave them their priority. */
import type { Priority, Severity } from '../../domain/config/terms.js';
import { idOf, type Page, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

interface PastAlert {
  source: string;
  at: string;
  signal: {
    title: string;
    severity: Severity;
    labels: Record<string, string>;
    dedupKey: string;
    detail: never;
  };
}

export interface IncidentWithAlerts {
  id: string;
  number: string;
  title: string;
  service: string | null;
  /** On the record, whoever set it. */
  priority: Priority;
  at: string;
  alerts: PastAlert[];
}

const ALERTS_MOST = 20;

type Row = Omit<IncidentWithAlerts, 'at' | 'alerts'> & { at: Date; alerts: PastAlert[] | null };

/** Newest first, without drills. Of each incident the first alerts. */
export async function incidentsWithAlerts(
  db: Querying,
  { from, to, limit, cursor }: { from: string; to: string; limit: number; cursor: string | undefined },
): Promise<Page<IncidentWithAlerts>> {
  const rows: Row[] = await db.query(
    `SELECT i.id, i.state->>'number' AS number, i.state->>'title' AS title, i.service, i.state->>'priority' AS priority, i.created_at AS at,
            (SELECT jsonb_agg(jsonb_build_object('source', a.source, 'at', a.first_at, 'signal', jsonb_build_object(
                      'title', a.title, 'severity', a.severity, 'labels', a.labels, 'dedupKey', a.dedup_key, 'detail', a.detail->'detail',
                      'description', coalesce(a.detail->>'description', ''), 'links', a.links)) ORDER BY a.first_at)
               FROM (SELECT * FROM alert WHERE incident_id = i.id ORDER BY first_at, id LIMIT ${ALERTS_MOST}) a) AS alerts
       FROM incident i
      WHERE i.created_at >= $1 AND i.created_at < $2 AND i.drill IS NULL AND i.number > 0
        AND ($3::uuid IS NULL OR (i.created_at, i.id) < (SELECT created_at, id FROM incident WHERE id = $3))
      ORDER BY i.created_at DESC, i.id DESC LIMIT $4`,
    [from, to, idOf(cursor), limit + 1],
  );
  return pageOf(
    rows,
    limit,
    ({ id }) => id,
    ({ at, alerts, ...row }) => ({
      ...row,
      at: at.toISOString(),
      alerts: (alerts ?? []).map((alert) => ({ ...alert, at: new Date(alert.at).toISOString() })),
    }),
  );
}
