/** Answers to the pages of an incident, by person, from its events. */
import { ANSWERING_KINDS, type Answering, whoAnswered } from '../../domain/incident/who-answered.js';
import { EVENT_COLUMNS, type EventRow, toEvent } from './event-row.js';
import type { Querying } from '../connection/querying.js';

/** By person. */
export type Answers = ReadonlyMap<string, Answering>;

export async function getAnswers(db: Querying, incidentId: string): Promise<Answers> {
  const rows: EventRow[] = await db.query(
    `SELECT ${EVENT_COLUMNS} FROM incident_event WHERE incident_id = $1 AND kind = ANY ($2) ORDER BY seq`,
    [incidentId, ANSWERING_KINDS],
  );
  return whoAnswered(rows.map(toEvent));
}
