/** The three logs that explain what the record decided: alerts with their reasons, refused bodies, the audit. Newest first. */
import { redactText } from '../../config/logger.js';
import { InvalidCursor, idOf, isUuid, type Page, pageLimit, pageOf, type Querying } from './page.js';
import type { AlertReply } from './incident-view.js';

export interface AlertListItem extends AlertReply {
  incident: string | null;
}

export interface AlertFilter {
  status?: 'open' | 'closed';
  source?: string;
  incident?: string;
  limit?: number;
  cursor?: string;
}

type AlertRow = Omit<AlertListItem, 'count' | 'firstAt' | 'lastAt' | 'closedAt'> & {
  count: string;
  firstAt: Date;
  lastAt: Date;
  closedAt: Date | null;
};

export async function listAlerts(db: Querying, filter: AlertFilter = {}): Promise<Page<AlertListItem>> {
  const limit = pageLimit(filter.limit);
  const rows: AlertRow[] = await db.query(
    `SELECT id, source, dedup_key AS "dedupKey", status, title, severity, service, labels, links, count, incident_id AS incident,
            first_at AS "firstAt", last_at AS "lastAt", closed_at AS "closedAt"
       FROM alert
      WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR source = $2) AND ($3::uuid IS NULL OR incident_id = $3)
        AND ($4::uuid IS NULL OR (first_at, id) < (SELECT c.first_at, c.id FROM alert c WHERE c.id = $4))
      ORDER BY first_at DESC, id DESC LIMIT $5`,
    [filter.status ?? null, filter.source ?? null, filter.incident ?? null, idOf(filter.cursor), limit + 1],
  );
  return pageOf(
    rows,
    limit,
    (row) => row.id,
    (row) => ({
      ...row,
      count: Number(row.count),
      firstAt: row.firstAt.toISOString(),
      lastAt: row.lastAt.toISOString(),
      closedAt: row.closedAt?.toISOString() ?? null,
    }),
  );
}

export interface AlertReason {
  at: string;
  stage: string;
  decision: string;
  text: string;
}

/** Why somebody was, or was not, paged for this alert; null when there is none such. */
export async function alertReasons(db: Querying, id: string): Promise<AlertReason[] | null> {
  if (!isUuid(id)) return null;
  const rows: { reasons: AlertReason[] }[] = await db.query('SELECT reasons FROM alert WHERE id = $1', [id]);
  return rows[0]?.reasons ?? null;
}

export interface RejectionReply {
  id: string;
  at: string;
  source: string | null;
  format: string;
  reason: string;
  errors: { path: string; message: string }[];
  bodyStart: string;
}

export async function listRejections(db: Querying, { limit: wanted, cursor }: { limit?: number; cursor?: string } = {}): Promise<Page<RejectionReply>> {
  const limit = pageLimit(wanted);
  const rows: (Omit<RejectionReply, 'at'> & { at: Date })[] = await db.query(
    `SELECT id, at, source, format, reason, errors, body_start AS "bodyStart" FROM rejection
      WHERE $1::uuid IS NULL OR (at, id) < (SELECT c.at, c.id FROM rejection c WHERE c.id = $1)
      ORDER BY at DESC, id DESC LIMIT $2`,
    [idOf(cursor), limit + 1],
  );
  return pageOf(
    rows,
    limit,
    (row) => row.id,
    (row) => ({ ...row, at: row.at.toISOString(), bodyStart: redactText(row.bodyStart) }),
  );
}

export interface AuditReply {
  id: string;
  at: string;
  actor: string;
  action: string;
  subject: string;
  data: unknown;
}

export interface AuditFilter {
  subject?: string;
  limit?: number;
  cursor?: string;
}

export async function listAudit(db: Querying, { subject, limit: wanted, cursor }: AuditFilter = {}): Promise<Page<AuditReply>> {
  const limit = pageLimit(wanted);
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) throw new InvalidCursor(cursor);
  const rows: (Omit<AuditReply, 'at'> & { at: Date })[] = await db.query(
    `SELECT id, at, actor, action, subject, data FROM audit_entry
      WHERE ($1::bigint IS NULL OR id < $1) AND ($2::text IS NULL OR subject = $2) ORDER BY id DESC LIMIT $3`,
    [cursor ?? null, subject ?? null, limit + 1],
  );
  return pageOf(
    rows,
    limit,
    (row) => row.id,
    (row) => ({ ...row, at: row.at.toISOString() }),
  );
}
