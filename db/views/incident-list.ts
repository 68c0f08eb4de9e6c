/** Lists of incidents, page by page: newest first, or by urgency. */
import type { IncidentState, IncidentStatus } from '../../domain/incident/state.js';
import { type IncidentReply, incidentReply } from './incident-reply.js';
import { idOf, InvalidCursor, type Page, pageLimit, pageOf, type Querying } from './page.js';

export interface IncidentFilter {
  /** Left out or empty: all. */
  status?: readonly IncidentStatus[];
  service?: string;
  team?: string;
  /** True: only drills; false: none. */
  drill?: boolean;
  /** `urgency`: what nobody has first, then priority, then age; drills behind what is real. */
  order?: IncidentOrder;
  limit?: number;
  /** `next` of the page before; another text throws InvalidCursor. */
  cursor?: string;
}

export const INCIDENT_ORDERS = ['newest', 'urgency'] as const;
export type IncidentOrder = (typeof INCIDENT_ORDERS)[number];

interface Row {
  id: string;
  state: IncidentState;
  /** Where the row stands in the order by urgency. */
  urgency: string;
}

/**
 * Nobody has it and it pages; nobody has it and it is snoozed; somebody has it; over. The number tells the age exactly, as a
 * time that went through JavaScript would not.
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
        -- The canary's numbers are below zero; it is no incident of anybody's.
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

/** The place of the last row seen, as it was then: a row that has moved since neither repeats nor hides others. */
function urgencyOf(cursor: string | undefined): string | null {
  if (cursor === undefined) return null;
  const place = /^([0-3])\.([01])\.(P[1-5])\.(\d{1,15})$/.exec(cursor);
  if (place === null) throw new InvalidCursor(cursor);
  return JSON.stringify(place.slice(1));
}

/** How many are triggered or acknowledged; drills are none of them. */
export async function countOpen(db: Querying): Promise<number> {
  const rows: { open: string }[] = await db.query(
    `SELECT count(*) AS open FROM incident
      WHERE status IN ('triggered', 'acknowledged') AND status <> 'closed' AND drill IS NULL AND number > 0`,
  );
  return Number(rows[0]?.open ?? 0);
}
