/**
 * Closes open alerts when a person resolves their incident (docs/domain.md, Alerts): a resolved incident has no open
 * alert.
 */
import type { EntityManager } from 'typeorm';
import type { Reason } from '../../domain/alert/decide-signal.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentState } from '../../domain/incident/state.js';

export async function projectAlerts(
  tx: EntityManager,
  { id, number }: Pick<IncidentState, 'id' | 'number'>,
  event: IncidentEvent,
): Promise<void> {
  if (event.kind !== 'resolved') return;
  const by = event.onBehalfOf ?? event.actor;
  const reason: Reason & { at: string } = {
    at: event.at,
    stage: 'incident',
    decision: 'closed',
    text: `${by} resolved ${number} while it fired; its next message opens it again`,
  };
  await tx.query(
    `UPDATE alert SET status = 'closed', closed_at = $2, closed_by = $3, resolve_at = NULL, reasons = reasons || $4::jsonb
      WHERE incident_id = $1 AND status = 'open'`,
    [id, event.at, by, JSON.stringify([reason])],
  );
}
