/** Inbound messages without effect: refused bodies and dropped signals. Stored, so nothing is lost silently. */
import { idOf, type Page, pageLimit, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface RejectionReply {
  id: string;
  at: string;
  source: string | null;
  format: string;
  reason: string;
  errors: { path: string; message: string }[];
  /** The beginning of the body, with keys redacted. */
  bodyStart: string;
}

export interface DroppedReply {
  id: string;
  at: string;
  source: string;
  dedupKey: string;
  action: string;
  reason: string;
}

type Dated<T> = Omit<T, 'at'> & { at: Date };
interface PageQuery {
  limit?: number;
  cursor?: string;
}

export async function listRejections(db: Querying, query: PageQuery): Promise<Page<RejectionReply>> {
  const limit = pageLimit(query.limit);
  const rows: Dated<RejectionReply>[] = await db.query(
    `SELECT id, at, source, format, reason, errors, body_start AS "bodyStart" FROM rejection
      WHERE ($1::uuid IS NULL OR (at, id) < (SELECT at, id FROM rejection WHERE id = $1)) ORDER BY at DESC, id DESC LIMIT $2`,
    [idOf(query.cursor), limit + 1],
  );
  return pageOf(rows, limit, (row) => row.id, withIsoTime);
}

export async function listDropped(db: Querying, query: PageQuery): Promise<Page<DroppedReply>> {
  const limit = pageLimit(query.limit);
  const rows: Dated<DroppedReply>[] = await db.query(
    `SELECT id, at, source, dedup_key AS "dedupKey", action, reason FROM dropped_signal
      WHERE ($1::uuid IS NULL OR (at, id) < (SELECT at, id FROM dropped_signal WHERE id = $1)) ORDER BY at DESC, id DESC LIMIT $2`,
    [idOf(query.cursor), limit + 1],
  );
  return pageOf(rows, limit, (row) => row.id, withIsoTime);
}

function withIsoTime<T extends { at: Date }>(row: T): Omit<T, 'at'> & { at: string } {
  return { ...row, at: row.at.toISOString() };
}
