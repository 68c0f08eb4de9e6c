/** Alerts with the reasons of every decision about them ("why was I, or was I not, paged?"). */
import type { Severity } from '../../domain/config/terms.js';
import { idOf, type Page, pageLimit, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface AlertReply {
  id: string;
  source: string;
  dedupKey: string;
  status: 'open' | 'closed';
  /** Title, severity, description, labels, links and details of the newest signal. */
  title: string;
  /** Title of the first signal, as recorded. */
  firstTitle: string;
  severity: Severity;
  service: string | null;
  description: string | null;
  labels: Record<string, string>;
  links: unknown[];
  /** Fields besides the named ones: annotations, custom details, own fields. */
  details: unknown;
  client: string | null;
  count: number;
  incident: string | null;
  /** What holds it, so that it has no incident: `after`, `silence/<id>`; null: nothing. */
  heldBy: string | null;
  firstAt: string;
  lastAt: string;
  closedAt: string | null;
}

export interface AlertReason {
  at: string;
  stage: string;
  decision: string;
  text: string;
}

export type AlertRow = Omit<AlertReply, 'firstAt' | 'lastAt' | 'closedAt' | 'count'> & {
  count: string;
  firstAt: Date;
  lastAt: Date;
  closedAt: Date | null;
};

/** The newest texts if there are any, else the first ones. */
const detail = (field: string): string => `coalesce(newest->'detail', detail)->${field}`;

export const alertColumns = `id, source, dedup_key AS "dedupKey", status, coalesce(newest->>'title', title) AS title,
  title AS "firstTitle", coalesce(newest->>'severity', severity) AS severity, service,
  ${detail(`>'description'`)} AS description, ${detail(`'detail'`)} AS details, ${detail(`>'client'`)} AS client,
  coalesce(newest->'labels', labels) AS labels, coalesce(newest->'links', links) AS links, count, incident_id AS incident,
  CASE WHEN status = 'open' THEN held_by END AS "heldBy", first_at AS "firstAt", last_at AS "lastAt", closed_at AS "closedAt"`;

export const alertReply = (row: AlertRow): AlertReply => ({
  ...row,
  count: Number(row.count),
  firstAt: row.firstAt.toISOString(),
  lastAt: row.lastAt.toISOString(),
  closedAt: row.closedAt?.toISOString() ?? null,
});

export interface AlertFilter {
  incident?: string | undefined;
  status?: 'open' | 'closed' | undefined;
  held?: boolean | undefined;
  service?: string | undefined;
  source?: string | undefined;
  text?: string | undefined;
  limit?: number | undefined;
  cursor?: string | undefined;
}

/** Newest first, by the time of the first signal. Texts are read of the rows shown only. */
export async function listAlerts(db: Querying, query: AlertFilter): Promise<Page<AlertReply>> {
  const limit = pageLimit(query.limit);
  const rows: AlertRow[] = await db.query(
    `SELECT ${alertColumns} FROM alert WHERE id = ANY (ARRAY(
       SELECT id FROM alert
        WHERE ($1::uuid IS NULL OR incident_id = $1) AND ($2::text IS NULL OR status = $2)
          AND ($3::uuid IS NULL OR (first_at, id) < (SELECT first_at, id FROM alert WHERE id = $3))
          AND ($5::bool IS NULL OR (status = 'open' AND held_by IS NOT NULL) = $5)
          AND ($6::text IS NULL OR service = $6) AND ($7::text IS NULL OR source = $7)
          AND ($8::text IS NULL OR ((status = 'open' OR first_at > tocsin_now() - interval '30 days')
            AND (position(lower($8) IN lower(coalesce(newest->>'title', title))) > 0 OR position(lower($8) IN lower(dedup_key)) > 0)))
        ORDER BY first_at DESC, id DESC LIMIT $4))
      ORDER BY first_at DESC, id DESC`,
    [
      query.incident ?? null,
      query.status ?? null,
      idOf(query.cursor),
      limit + 1,
      query.held ?? null,
      query.service ?? null,
      query.source ?? null,
      query.text ?? null,
    ],
  );
  return pageOf(rows, limit, (row) => row.id, alertReply);
}

/** The alerts of an incident: those that fire first, each newest first. */
export async function alertsOfIncident(db: Querying, incident: string, most: number): Promise<AlertReply[]> {
  const rows: AlertRow[] = await db.query(
    `SELECT ${alertColumns} FROM alert WHERE id = ANY (ARRAY(
       SELECT id FROM alert WHERE incident_id = $1 ORDER BY (status = 'open') DESC, first_at DESC, id DESC LIMIT $2))
      ORDER BY (status = 'open') DESC, first_at DESC, id DESC`,
    [incident, most],
  );
  return rows.map(alertReply);
}
