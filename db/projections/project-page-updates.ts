/**
 * Updates sent pages in place when their incident changes. An update is a ledger row, planned in the transaction of
 * the event; only the newest one per page is sent. An update alerts nobody, so nothing depends on it: no workflow
 * waits for it, and a failed one escalates nothing.
 */
import type { EntityManager } from 'typeorm';
import { UPDATING_CHANNELS } from '../../domain/delivery/channel-traits.js';
import { pageStatus } from '../../domain/delivery/page-status.js';
import type { IncidentEvent } from '../../domain/incident/events.js';
import type { IncidentState } from '../../domain/incident/state.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';
import type { LockedIncident } from '../incident/incident-row.js';
import type { Ledger } from '../delivery/ledger.js';
import type { Querying } from '../connection/querying.js';

interface SentPage {
  id: string;
  person: string;
  contact: string;
  rule: number;
  channel: string;
  address: string;
  cycle: number;
  step: number;
  /**
   * The page's own person has answered since, even if the incident still waits for others: the page stops ringing.
   */
  isAnswered: boolean;
}

export async function planUpdates(
  tx: EntityManager,
  { ledger, snapshots }: { ledger: Ledger; snapshots: ConfigSnapshots },
  { event, state, locked }: { event: IncidentEvent; state: IncidentState; locked: LockedIncident },
): Promise<void> {
  if (pageStatus(event, state, (name) => name) === null) return;
  // Includes pages that are being sent right now or whose result was lost: they would show their buttons for ever.
  const pages: SentPage[] = await tx.query(
    `SELECT id, person, contact, rule, channel, address, cycle, step,
            EXISTS (SELECT 1 FROM incident_event e WHERE e.incident_id = $1 AND e.kind IN ('acknowledged', 'declined')
                       AND e.data->>'person' = delivery.person AND e.at >= delivery.created_at) AS "isAnswered"
       FROM delivery
      WHERE incident_id = $1 AND type = 'page.requested' AND channel = ANY ($2)
        AND (provider_id IS NOT NULL OR state = 'sending'
             OR EXISTS (SELECT 1 FROM delivery_attempt a WHERE a.delivery_id = delivery.id AND a.outcome = 'ambiguous'))`,
    [state.id, UPDATING_CHANNELS],
  );
  if (pages.length === 0) return;
  const snapshot = await snapshots.at(tx, locked.configVersion);
  const nameOf = (name: string): string => snapshot.get('Person', name)?.spec.displayName ?? name;
  const textFor = (person: string): string | null =>
    pageStatus(event, state, nameOf, snapshot.get('Person', person)?.spec.timezone);
  await tx.query(
    `UPDATE delivery SET state = CASE WHEN state = 'planned' THEN 'suppressed' ELSE state END,
       reason = 'a newer change', due_at = NULL, updated_at = $2
     WHERE incident_id = $1 AND type = 'page.updated' AND state IN ('planned', 'failed', 'sending')`,
    [state.id, locked.now],
  );
  await ledger.plan(
    tx,
    state.id,
    locked.now,
    pages.map(({ id, isAnswered, ...page }) => ({
      ...page,
      type: 'page.updated',
      subject: { id: `${id}/${event.seq}`, of: id, text: textFor(page.person), isAnswered },
      escalation: null,
      afterMs: 0,
    })),
    null,
  );
  // No workflow waits for updates, so the worker is notified.
  await tx.query(`SELECT pg_notify('tocsin_ledger', $1)`, [state.id]);
}

/**
 * Incidents with due updates: refused or held ones, ones with an unknown result, and ones of a sender that
 * disappeared.
 */
export async function incidentsWithDueUpdates(db: Querying, limit: number): Promise<string[]> {
  const rows: { incident: string }[] = await db.query(
    `SELECT DISTINCT incident_id AS incident FROM delivery
      WHERE type = 'page.updated' AND ((state IN ('planned', 'failed') AND due_at <= tocsin_now())
         OR (state = 'sending' AND lease_until < tocsin_now())) LIMIT $1`,
    [limit],
  );
  return rows.map(({ incident }) => incident);
}
