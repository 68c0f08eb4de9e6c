/** Suppresses pending pages when an event answers them, in the same transaction (docs/reliability.md I5). */
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
      return suppress(tx, state, allEscalations(state), 'all alerts have closed');
    case 'alert_joined':
      return withdrawNotices(tx, state, 'it fires again');
    case 'priority_set':
      // Pages of the old urgency are replaced by those of the new one.
      return event.data.startsOver === true
        ? suppress(tx, state, startedOver(state), `paged anew as ${event.data.priority}`)
        : undefined;
    case 'responder_left':
      return suppress(tx, state, [], `${event.data.person} ${event.data.reason}`, event.data.person);
    case 'snoozed':
      return suppress(tx, state, allEscalations(state), 'snoozed');
    case 'resolved':
      await withdrawNotices(tx, state, 'resolved');
      return suppress(tx, state, allEscalations(state), 'resolved');
    case 'merged':
      await withdrawNotices(tx, state, 'merged');
      return suppress(tx, state, allEscalations(state), 'merged');
    default:
      return;
  }
}

const startedOver = ({ escalations }: IncidentState): string[] =>
  escalations.filter(({ phase }) => phase === 'to_page').map(({ name }) => name);

const allEscalations = (state: IncidentState): string[] =>
  state.escalations.map((escalation) => escalation.name);

/**
 * Suppresses planned rows and stops retries of failed ones. A row that is being sent keeps its lease but gets the
 * reason, which its sender reads right before the call. An escalation suppresses nothing: people paged earlier keep
 * being paged until somebody answers.
 */
async function suppress(
  tx: EntityManager,
  state: IncidentState,
  escalations: string[],
  reason: string,
  /** A person who answered is paged no more, even while others are still awaited. */
  person: string | null = null,
): Promise<void> {
  if (escalations.length === 0 && person === null) return;
  await tx.query(
    `UPDATE delivery SET
       state = CASE WHEN state = 'planned' THEN 'suppressed' ELSE state END,
       reason = $3, due_at = NULL, updated_at = tocsin_now()
     WHERE incident_id = $1 AND type = 'page.requested' AND (escalation = ANY ($2) OR person = $4)
       AND state IN ('planned', 'failed', 'sending')`,
    [state.id, escalations, reason, person],
  );
}

/** Withdraws notices to the person who has the incident when their content is no longer true. */
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
