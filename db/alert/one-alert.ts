/** One alert with what its first message said, its incident, and every decision about it. */
import type { Severity } from '../../domain/config/terms.js';
import { isUuid } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';
import { alertColumns, type AlertReason, type AlertReply, alertReply, type AlertRow } from './alert-view.js';

/** The texts of one message. */
export interface AlertTexts {
  title: string;
  severity: Severity;
  description: string | null;
  labels: Record<string, string>;
  links: unknown[];
  details: unknown;
}

export interface AlertDetail extends AlertReply {
  /** Null while no later message says anything else. */
  first: AlertTexts | null;
  heldUntil: string | null;
  /** `source:prometheus`, a person, `tocsin`; null while it is open. */
  closedBy: string | null;
  incidentNumber: string | null;
  incidentStatus: string | null;
  drill: boolean;
  reasons: AlertReason[];
}

type Row = AlertRow &
  Omit<AlertDetail, keyof AlertReply | 'heldUntil'> & {
    heldUntil: Date | null;
  };

/** Null when there is none. */
export async function getAlert(db: Querying, id: string): Promise<AlertDetail | null> {
  if (!isUuid(id)) return null;
  const rows: Row[] = await db.query(
    `SELECT a.*, i.state->>'number' AS "incidentNumber", i.status AS "incidentStatus", coalesce(i.drill IS NOT NULL, false) AS drill
       FROM (SELECT ${alertColumns}, reasons, closed_by AS "closedBy",
               CASE WHEN status = 'open' AND held_by IS NOT NULL THEN held_until END AS "heldUntil",
               CASE WHEN newest IS NOT NULL THEN jsonb_build_object('title', title, 'severity', severity, 'labels', labels,
                 'links', links, 'description', detail->'description', 'details', detail->'detail') END AS first
               FROM alert WHERE id = $1) a
       LEFT JOIN incident i ON i.id = a.incident`,
    [id],
  );
  const row = rows[0];
  return row === undefined
    ? null
    : { ...row, ...alertReply(row), heldUntil: row.heldUntil?.toISOString() ?? null };
}
