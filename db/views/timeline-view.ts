/** Everything that happened to an incident, in the order of `seq`, each with a sentence for people. */
import { describeEvent } from '../../domain/incident/describe-event.js';
import type { IncidentEvent, IncidentEventKind } from '../../domain/incident/events.js';
import { type Page, pageLimit, pageOf, positionOf, type Querying } from './page.js';

export interface TimelineItem {
  seq: number;
  at: string;
  /** A stable past-tense word. */
  kind: IncidentEventKind;
  actor: string;
  text: string;
  data: IncidentEvent['data'];
}

export interface TimelineQuestion {
  limit?: number;
  /** `next` of the page before; another text throws InvalidCursor. */
  cursor?: string;
  /** Newest first, for screens; the cursor then goes backwards. */
  newestFirst?: boolean;
}

export async function getTimeline(
  db: Querying,
  incidentId: string,
  { limit: wanted, cursor, newestFirst = false }: TimelineQuestion = {},
): Promise<Page<TimelineItem>> {
  const limit = pageLimit(wanted);
  const position = positionOf(cursor);
  const rows: { seq: number; at: Date; kind: string; actor: string; data: unknown }[] = await db.query(
    newestFirst
      ? `SELECT seq, at, kind, actor, data FROM incident_event
          WHERE incident_id = $1 AND ($2 = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3`
      : `SELECT seq, at, kind, actor, data FROM incident_event
          WHERE incident_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [incidentId, position, limit + 1],
  );
  return pageOf(
    rows,
    limit,
    (row) => String(row.seq),
    (row) => timelineItem({ ...row, at: row.at.toISOString() } as IncidentEvent),
  );
}

/** Also for the live stream, which has the event at hand. */
export const timelineItem = (event: IncidentEvent): TimelineItem => ({
  seq: event.seq,
  at: event.at,
  kind: event.kind,
  actor: event.actor,
  text: describeEvent(event),
  data: event.data,
});
