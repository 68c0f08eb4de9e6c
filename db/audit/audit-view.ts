/** The audit log, newest first: actor, action and subject. */
import { type Page, pageLimit, pageOf, positionOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface AuditReply {
  id: number;
  at: string;
  actor: string;
  /** The person for whom an API key acted. */
  onBehalfOf: string | null;
  action: string;
  subject: string;
  data: unknown;
}

export async function listAudit(
  db: Querying,
  query: { subject?: string; limit?: number; cursor?: string },
): Promise<Page<AuditReply>> {
  const limit = pageLimit(query.limit);
  const before = positionOf(query.cursor);
  const rows: (Omit<AuditReply, 'id' | 'at'> & { id: string; at: Date })[] = await db.query(
    `SELECT id, at, actor, data->>'onBehalfOf' AS "onBehalfOf", action, subject, data FROM audit_entry
      WHERE ($1 = 0 OR id < $1) AND ($2::text IS NULL OR subject = $2) ORDER BY id DESC LIMIT $3`,
    [before, query.subject ?? null, limit + 1],
  );
  const toReply = (row: (typeof rows)[number]): AuditReply => ({
    ...row,
    id: Number(row.id),
    at: row.at.toISOString(),
  });
  return pageOf(rows, limit, (row) => row.id, toReply);
}
