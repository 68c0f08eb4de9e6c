/**
 * Data for every page of a signed-in person: the clock, the reader's time zone, and the incidents that page the
 * reader now.
 */
import type { Querying } from '../connection/querying.js';

export interface PageContexts {
  /** Database time, ISO 8601. */
  now: string;
  /** IANA time zone of the person; UTC for API keys. */
  zone: string;
  /** Incidents that page this person now, most urgent first, at most 20. */
  pagedFor: { number: string; title: string; priority: string; drill: boolean }[];
}

export async function getReader(db: Querying, person: string | null): Promise<PageContexts> {
  const rows: { now: Date; zone: string | null; pagedFor: PageContexts['pagedFor'] | null }[] =
    await db.query(
      `SELECT tocsin_now() AS now, (SELECT timezone FROM person WHERE name = $1) AS zone,
            (SELECT jsonb_agg(jsonb_build_object('number', p.state->>'number', 'title', p.title, 'priority', p.priority,
                      'drill', p.drill IS NOT NULL))
               FROM (SELECT state, title, priority, drill FROM incident i
                      WHERE status IN ('triggered', 'acknowledged') AND status <> 'closed' AND $1::text IS NOT NULL
                        AND state->>'snoozedUntil' IS NULL
                        AND state->'responders' @> jsonb_build_array(jsonb_build_object('person', $1::text))
                        -- Paged by an escalation that still waits, and the page has not ended since: neither by an answer of
                        -- this person nor by a new start of paging, which pages them again in their step.
                        AND EXISTS (
                          SELECT 1 FROM incident_event e
                           WHERE e.incident_id = i.id AND e.kind = 'paged' AND e.data->'people' ? $1
                             AND EXISTS (SELECT 1 FROM jsonb_array_elements(i.state->'escalations') t
                                          WHERE t->>'name' = e.data->>'escalation' AND t->>'phase' IN ('to_page', 'waiting', 'exhausted'))
                             AND NOT EXISTS (
                               SELECT 1 FROM incident_event l
                                WHERE l.incident_id = i.id AND l.seq > e.seq
                                  AND (l.kind IN ('unacknowledged', 'acknowledgement_expired', 'snooze_ended', 'reopened')
                                       OR l.kind IN ('acknowledged', 'declined') AND l.data->>'person' = $1)))
                      ORDER BY drill NULLS FIRST, priority, created_at LIMIT 20) p) AS "pagedFor"`,
      [person],
    );
  const row = rows[0];
  return {
    now: (row?.now ?? new Date()).toISOString(),
    zone: row?.zone ?? 'UTC',
    pagedFor: row?.pagedFor ?? [],
  };
}
