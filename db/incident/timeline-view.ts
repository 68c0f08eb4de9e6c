/** Events of an incident in the order of `seq`, each with a sentence for people. */
import { describeEvent } from '../../domain/incident/describe-event.js';
import type { IncidentEvent, IncidentEventKind } from '../../domain/incident/events.js';
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-row.js';
import { documentsNamed, type NameOf, namesFrom } from '../../domain/people/spoken.js';
import { getNames } from '../people/names-view.js';
import { type Page, pageLimit, pageOf, positionOf } from '../connection/page.js';
import type { Querying } from '../connection/querying.js';

export interface TimelineItem {
  seq: number;
  at: string;
  /** A stable past-tense word. */
  kind: IncidentEventKind;
  actor: string;
  /** The person for whom an API key acted. */
  onBehalfOf: string | null;
  text: string;
  data: IncidentEvent['data'];
}

export interface TimelineQuestion {
  limit?: number;
  /** `next` of the previous page; any other text throws InvalidCursor. */
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
  const rows: EventRow[] = await db.query(
    newestFirst
      ? `SELECT ${EVENT_COLUMNS} FROM incident_event
          WHERE incident_id = $1 AND ($2 = 0 OR seq < $2) ORDER BY seq DESC LIMIT $3`
      : `SELECT ${EVENT_COLUMNS} FROM incident_event
          WHERE incident_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [incidentId, position, limit + 1],
  );
  const nameOf = namesFrom(await getNames(db, documentsNamed(rows.map(toEvent))));
  return pageOf(
    rows,
    limit,
    (row) => String(row.seq),
    (row) => timelineItem(toEvent(row), nameOf),
  );
}

/** The newest items of these kinds, newest first, at most 50. */
export async function getNewest(
  db: Querying,
  incidentId: string,
  kinds: readonly IncidentEventKind[],
): Promise<TimelineItem[]> {
  const rows: EventRow[] = await db.query(
    `SELECT ${EVENT_COLUMNS} FROM incident_event WHERE incident_id = $1 AND kind = ANY ($2) ORDER BY seq DESC LIMIT 50`,
    [incidentId, kinds],
  );
  const events = rows.map(toEvent);
  const nameOf = namesFrom(await getNames(db, documentsNamed(events)));
  return events.map((event) => timelineItem(event, nameOf));
}

const timelineItem = (event: IncidentEvent, nameOf?: NameOf): TimelineItem => ({
  seq: event.seq,
  at: event.at,
  kind: event.kind,
  actor: event.actor,
  onBehalfOf: event.onBehalfOf ?? null,
  text: describeEvent(event, nameOf),
  data: event.data,
});
