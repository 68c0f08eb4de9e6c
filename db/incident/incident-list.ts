/** Lists of incidents, page by page: newest first, or by urgency. */
import type { IncidentOrder } from '../../domain/incident/incident-order.js';
import type { IncidentState, IncidentStatus } from '../../domain/incident/state.js';
import { type IncidentReply, incidentReply } from './incident-reply.js';
import { idOf, InvalidCursor, type Page, pageLimit, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface IncidentFilter {
  /** Left out or empty: all. */
  status?: readonly IncidentStatus[];
  service?: string;
  team?: string;
  /** True: only drills; false: none. */
  drill?: boolean;
  order?: IncidentOrder;
  limit?: number;
  /** `next` of the previous page; any other text throws InvalidCursor. */
  cursor?: string;
}

interface Row {
  id: string;
  state: IncidentState;
  /** Position of the row in the order by urgency. */
  urgency: string;
}

/**
 * Unacknowledged and paging; unacknowledged and snoozed; acknowledged; over. The number stands for the age, because a
 * timestamp would lose precision in JavaScript.
 */
const URGENCY = [
  `CASE WHEN i.status = 'triggered' THEN CASE WHEN i.state->>'snoozedUntil' IS NULL THEN 0 ELSE 1 END
        WHEN i.status = 'acknowledged' THEN 2 ELSE 3 END`,
  `CASE WHEN i.drill IS NULL THEN 0 ELSE 1 END`,
  'i.priority',
  'i.number',
] as const;

export async function listIncidents(db: Querying, filter: IncidentFilter = {}): Promise<Page<IncidentReply>> {
  const limit = pageLimit(filter.limit);
  const status = filter.status ?? [];
  const isByUrgency = filter.order === 'urgency';
  // Written out, so that the planner may use the partial index of open incidents.
  const onlyOpen = status.length > 0 && !status.includes('closed') ? `AND i.status <> 'closed'` : '';
  const after = isByUrgency
    ? `($5::jsonb IS NULL OR (${URGENCY.join(', ')})
          > (($5::jsonb->>0)::int, ($5::jsonb->>1)::int, $5::jsonb->>2, ($5::jsonb->>3)::bigint))`
    : `($5::uuid IS NULL OR (i.created_at, i.id) < (SELECT c.created_at, c.id FROM incident c WHERE c.id = $5))`;
  const rows: Row[] = await db.query(
    `SELECT i.id, i.state, concat_ws('.', ${URGENCY.join(', ')}) AS urgency FROM incident i
      WHERE (cardinality($1::text[]) = 0 OR i.status = ANY ($1)) ${onlyOpen}
        AND ($2::text IS NULL OR i.service = $2)
        -- The canary has negative numbers; it is not listed.
        AND i.number > 0
        AND ($3::text IS NULL OR i.team = $3)
        AND ($4::boolean IS NULL OR (i.drill IS NOT NULL) = $4)
        AND ${after}
      ORDER BY ${isByUrgency ? URGENCY.join(', ') : 'i.created_at DESC, i.id DESC'} LIMIT $6`,
    [
      status,
      filter.service ?? null,
      filter.team ?? null,
      filter.drill ?? null,
      isByUrgency ? urgencyOf(filter.cursor) : idOf(filter.cursor),
      limit + 1,
    ],
  );
  return pageOf(
    rows,
    limit,
    (row) => (isByUrgency ? row.urgency : row.id),
    (row) => incidentReply(row.state),
  );
}

/** The sort position of the last row as it was shown: a row that has moved since neither repeats nor hides others. */
function urgencyOf(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const place = /^([0-3])\.([01])\.(P[1-5])\.(\d{1,15})$/.exec(cursor);
  if (place === null) throw new InvalidCursor(cursor);
  return JSON.stringify(place.slice(1));
}

/** Number of triggered or acknowledged incidents, without drills. */
export async function countOpen(db: Querying): Promise<number> {
  const rows: { open: string }[] = await db.query(
    `SELECT count(*) AS open FROM incident
      WHERE status IN ('triggered', 'acknowledged') AND status <> 'closed' AND drill IS NULL AND number > 0`,
  );
  return Number(rows[0]?.open ?? 0);
}
