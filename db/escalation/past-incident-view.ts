/** Past incidents with the inputs of a back-test: their first events, their frozen response, their pages. */
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentResponse } from '../../domain/incident/response.js';
import type { Override } from '../../domain/oncall/schedule.js';
import type { PastIncident, PastMessage } from '../../domain/escalation/past-incident.js';
import { type EventRow, toEvent } from '../incident/event-row.js';
import { idOf, type Page, pageOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface PastQuestion {
  /** Incidents opened in `[from, to)`. */
  from: string;
  to: string;
  /** Only incidents of this service; null: incidents in which the team or the policy was engaged. */
  service: string | null;
  team: string;
  policy: string;
  drills: boolean;
  limit: number;
  cursor?: string | undefined;
}

/** An incident with thousands of alerts is cut to its beginning, which shows the pages and answers. */
const EVENTS_MOST = 2_000;
/** Events that an escalation depends on; those of runs and reviews do not matter here. */
const KINDS = [
  'opened',
  'alert_joined',
  'alert_closed',
  'priority_set',
  'paged',
  'step_skipped',
  'escalated',
  'exhausted',
  'acknowledged',
  'acknowledgement_expired',
  'unacknowledged',
  'declined',
  'responder_left',
  'snoozed',
  'snooze_ended',
  'resolved',
  'resolution_proposed',
  'reopened',
  'merged',
  'merged_from',
  'closed',
];

/** Newest first. */
export async function pastIncidents(db: Querying, asked: PastQuestion): Promise<Page<PastIncident>> {
  const rows: { id: string; response: IncidentResponse }[] = await db.query(
    `SELECT i.id, i.response FROM incident i
      WHERE i.created_at >= $1 AND i.created_at < $2 AND ($3 OR i.drill IS NULL)
        AND CASE WHEN $4::text IS NOT NULL THEN i.service = $4
            ELSE i.team = $5 OR i.response->'escalations' @> jsonb_build_array(jsonb_build_object('team', $5::text))
              OR i.response->'escalations' @>
                   jsonb_build_array(jsonb_build_object('policy', jsonb_build_object('name', $6::text))) END
        AND ($7::uuid IS NULL OR (i.created_at, i.id) < (SELECT c.created_at, c.id FROM incident c WHERE c.id = $7))
      ORDER BY i.created_at DESC, i.id DESC LIMIT $8`,
    [
      asked.from,
      asked.to,
      asked.drills,
      asked.service,
      asked.team,
      asked.policy,
      idOf(asked.cursor),
      asked.limit + 1,
    ],
  );
  const ids = rows.slice(0, asked.limit).map(({ id }) => id);
  const [events, messages] = [await eventsOf(db, ids), await messagesOf(db, ids)];
  return pageOf(
    rows,
    asked.limit,
    ({ id }) => id,
    ({ id, response }) => ({
      id,
      response,
      events: events.get(id) ?? [],
      messages: messages.get(id) ?? [],
    }),
  );
}

async function eventsOf(db: Querying, ids: string[]): Promise<Map<string, IncidentEvent[]>> {
  const rows: (EventRow & { incident: string })[] = await db.query(
    `SELECT e.incident_id AS incident, e.seq, e.at, e.kind, e.actor, e.on_behalf_of AS "onBehalfOf", e.data
         FROM unnest($1::uuid[]) AS i (id), LATERAL (
           SELECT * FROM incident_event e WHERE e.incident_id = i.id AND e.kind = ANY ($2) ORDER BY e.seq LIMIT $3) e
        ORDER BY e.incident_id, e.seq`,
    [ids, KINDS, EVENTS_MOST],
  );
  return grouped(rows, toEvent);
}

/** Rows with at least one attempt; rows suppressed before any attempt are left out. */
async function messagesOf(db: Querying, ids: string[]): Promise<Map<string, PastMessage[]>> {
  const rows: (Omit<PastMessage, 'at'> & { incident: string; at: Date })[] = await db.query(
    `SELECT d.incident_id AS incident, d.escalation, d.cycle, d.step, d.person, d.contact, d.channel, min(a.at) AS at
       FROM delivery d JOIN delivery_attempt a ON a.delivery_id = d.id
      WHERE d.incident_id = ANY ($1) AND d.type = 'page.requested' AND a.outcome IS DISTINCT FROM 'withdrawn'
      GROUP BY d.id ORDER BY d.incident_id, min(a.at), d.id`,
    [ids],
  );
  return grouped(rows, ({ incident: _incident, at, ...message }) => ({ ...message, at: at.toISOString() }));
}

function grouped<Row extends { incident: string }, T>(
  rows: readonly Row[],
  toItem: (row: Row) => T,
): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const row of rows) {
    const known = found.get(row.incident);
    if (known === undefined) found.set(row.incident, [toItem(row)]);
    else known.push(toItem(row));
  }
  return found;
}

/** `previous` searches back for the last other person. */
const LOOK_BACK_DAYS = 60;

/** Every override that applied at any time since `from`; a snapshot holds only those that still matter today. */
export async function overridesSince(
  db: Querying,
  from: string,
): Promise<ReadonlyMap<string, readonly Override[]>> {
  const rows: { incident: string; person: string; from: Date; to: Date }[] = await db.query(
    `SELECT schedule AS incident, person, from_at AS "from", least(to_at, cancelled_at) AS "to" FROM schedule_override
      WHERE from_at < least(to_at, cancelled_at) AND to_at > $1::timestamptz - $2::int * interval '1 day' ORDER BY seq`,
    [from, LOOK_BACK_DAYS],
  );
  return grouped(rows, (row) => ({
    person: row.person,
    from: row.from.toISOString(),
    to: row.to.toISOString(),
  }));
}
