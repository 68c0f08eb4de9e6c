/** What an answer does to the pages that are still owed: suppressed before the answer is given (invariant I5). */
import type { EntityManager } from 'typeorm';
import type { IncidentEvent } from '../../domain/incident/events.js';
import { HOLDER_NOTICE } from '../../domain/incident/holder-notice.js';
import type { IncidentState } from '../../domain/incident/state.js';

export async function projectDelivery(
  tx: EntityManager,
  state: IncidentState,
  event: IncidentEvent,
): Promise<void> {
  switch (event.kind) {
    case 'acknowledged':
      await withdrawNotices(tx, state, 'acked', event.data.person);
      return suppress(tx, state, event.data.answered, 'acked', event.data.person);
    case 'resolution_proposed':
      return suppress(tx, state, allTracks(state), 'all alerts have closed');
    case 'alert_joined':
      return withdrawNotices(tx, state, 'it fires again');
    case 'priority_set':
      // The pages of the old urgency make way for those of the new one.
      return event.data.startsOver === true
        ? suppress(tx, state, startedOver(state), `paged anew as ${event.data.priority}`)
        : undefined;
    case 'responder_left':
      return suppress(tx, state, [], `${event.data.person} ${event.data.reason}`, event.data.person);
    case 'snoozed':
      return suppress(tx, state, allTracks(state), 'snoozed');
    case 'resolved':
      await withdrawNotices(tx, state, 'resolved');
      return suppress(tx, state, allTracks(state), 'resolved');
    case 'merged':
      await withdrawNotices(tx, state, 'merged');
      return suppress(tx, state, allTracks(state), 'merged');
    default:
      return;
  }
}

const startedOver = ({ tracks }: IncidentState): string[] =>
  tracks.filter(({ phase }) => phase === 'to_page').map(({ name }) => name);

const allTracks = (state: IncidentState): string[] => state.tracks.map((track) => track.name);

/**
 * Planned rows are suppressed; failed ones rest; a row that is being sent keeps its lease but carries the reason, which its
 * sender reads right before the call. An escalation stops nothing: earlier people keep being told until somebody answers.
 */
async function suppress(
  tx: EntityManager,
  state: IncidentState,
  tracks: string[],
  reason: string,
  /** Who has answered is told no more, even where others are still waited for. */
  person: string | null = null,
): Promise<void> {
  if (tracks.length === 0 && person === null) return;
  await tx.query(
    `UPDATE delivery SET
       state = CASE WHEN state = 'planned' THEN 'suppressed' ELSE state END,
       reason = $3, due_at = NULL, updated_at = tocsin_now()
     WHERE incident_id = $1 AND type = 'page.requested' AND (track = ANY ($2) OR person = $4)
       AND state IN ('planned', 'failed', 'sending')`,
    [state.id, tracks, reason, person],
  );
}

/** What whoever has it was to be told about the incident, where that is not true any more. */
async function withdrawNotices(
  tx: EntityManager,
  { id }: Pick<IncidentState, 'id'>,
  reason: string,
  person: string | null = null,
): Promise<void> {
  await tx.query(
    `UPDATE delivery SET
       state = CASE WHEN state = 'planned' THEN 'suppressed' ELSE state END,
       reason = $2, due_at = NULL, updated_at = tocsin_now()
     WHERE incident_id = $1 AND type = 'notice.sent' AND subject->>'id' LIKE $4 AND ($3::text IS NULL OR person = $3)
       AND state IN ('planned', 'failed')`,
    [id, reason, person, `${HOLDER_NOTICE}/%`],
  );
}
