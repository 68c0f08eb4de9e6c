/** Settles an attempt: stores the provider's result on the row and on the pages that its message bundled. */
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../../ports/channel.js';
import { markDead } from '../people/contact-status.js';
import { sanitisedError } from './sanitised-error.js';
import { mayHaveBeenDelivered } from './earlier-attempts.js';
import { hasFollower, nextContactAfter } from './next-contact.js';
import type { LeasedDelivery } from '../../domain/delivery/leased-delivery.js';
import { saysAddressIsDead } from '../../domain/delivery/dead-address.js';
import { FALLBACK_AFTER_ATTEMPTS, retryDelayMs } from '../../domain/delivery/ledger.js';

/**
 * An answered row never becomes due again; a last failure is `exhausted`. Bundled pages end with a message that was
 * accepted, are due at once when it failed, and stay bundled when its result is unknown. A sender that took over an
 * expired lease continues with the row. Of the attempt before, only "accepted" still counts, however late it is
 * written: the page went out, so the row ends, and a later attempt that has not started is dropped.
 */
export async function settle(
  dataSource: DataSource,
  delivery: LeasedDelivery,
  outcome: SendOutcome,
  { leaseMs, confirmsWithinMs }: { leaseMs: number; confirmsWithinMs: number | null },
): Promise<void> {
  const { state, retryInMs } = settled(delivery, outcome);
  const error = outcome.kind === 'accepted' ? null : sanitisedError(outcome.error, delivery);
  await dataSource.query(SETTLE, [
    delivery.lease,
    state,
    retryInMs,
    outcome.provider,
    outcome.kind === 'accepted' ? outcome.providerId : null,
    outcome.kind,
    error?.slice(0, 1000) ?? null,
    delivery.id,
    delivery.attempt,
    confirmsWithinMs,
    leaseMs,
    (delivery.alsoPaged ?? []).map(({ number }) => number),
  ]);
  // A newer update may have waited for the end of this one.
  if (delivery.type === 'page.updated') await dataSource.query(TELL_NEWER, [delivery.incident.id]);
  if (outcome.kind !== 'failed' || !outcome.permanent || delivery.type === 'incident.event') return;
  if (!saysAddressIsDead(delivery.channel, outcome.error)) return;
  const { person, contact, address } = delivery;
  await dataSource.transaction((tx) => markDead(tx, { person, contact, address }, error ?? ''));
}

const TELL_NEWER = `
  SELECT pg_notify('tocsin_ledger', $1) WHERE EXISTS (
    SELECT 1 FROM delivery WHERE incident_id = $1::uuid AND type = 'page.updated' AND state = 'planned' AND due_at <= tocsin_now())`;

const SETTLE = `
  WITH clock AS MATERIALIZED (SELECT tocsin_now() AS now),
  row AS (
    UPDATE delivery d SET
      -- A receipt may overtake the provider's response; it is true also for an attempt without a known end.
      state = CASE WHEN d.receipt IN ('delivered', 'read') AND $6 <> 'failed' THEN 'delivered'
                   WHEN d.receipt IN ('failed', 'bounced') AND $2 = 'accepted' THEN 'failed'
                   WHEN d.reason IS NOT NULL AND $2 = 'exhausted' THEN 'failed' ELSE $2 END,
      due_at = CASE WHEN d.receipt IN ('delivered', 'read') AND $6 <> 'failed' THEN NULL
                    WHEN d.reason IS NULL AND $3::int IS NOT NULL THEN clock.now + $3 * interval '1 millisecond' END,
      -- Acknowledged while it was being sent: the page went out all the same, so nothing was suppressed.
      reason = CASE WHEN $2 = 'accepted' THEN NULL ELSE d.reason END,
      confirm_by = CASE WHEN $2 = 'accepted' AND d.receipt IS NULL THEN clock.now + $10::int * interval '1 millisecond' END,
      lease = NULL, lease_until = NULL, provider = $4, provider_id = coalesce($5, provider_id), updated_at = clock.now
      FROM clock WHERE d.id = $8 AND ((d.lease = $1 AND d.state = 'sending')
        OR ($6 = 'accepted' AND d.lease IS DISTINCT FROM $1 AND d.state IN ('sending', 'failed', 'exhausted')
            AND coalesce(d.receipt, '') NOT IN ('failed', 'bounced')))
    RETURNING d.*),
  attempt AS (
    UPDATE delivery_attempt a SET outcome = $6, provider = $4, error = $7, finished_at = clock.now
      FROM clock WHERE a.delivery_id = $8 AND a.n = $9 RETURNING a.sender),
  carried AS (
    UPDATE delivery d SET
      state = CASE WHEN c.is_told THEN 'suppressed' ELSE d.state END,
      reason = CASE WHEN c.is_told THEN 'bundled into ' || c.bundle || '''s page' END,
      due_at = CASE WHEN c.is_told THEN NULL
                    WHEN $6 = 'ambiguous' AND c.retry_at IS NOT NULL THEN c.retry_at + $11::int * interval '1 millisecond'
                    ELSE clock.now END,
      -- Stays bundled when an earlier attempt may have delivered it: the next message is then marked.
      bundle = CASE WHEN $6 = 'failed' AND NOT c.is_doubtful THEN NULL ELSE d.bundle END, updated_at = clock.now
      FROM clock, (
        SELECT c.id, row.due_at AS retry_at, i.state->>'number' AS bundle, ${mayHaveBeenDelivered('row')} AS is_doubtful,
               -- A page bundled only by a later attempt was not in this message.
               row.state IN ('accepted', 'delivered') AND ($6 <> 'accepted' OR ci.state->>'number' = ANY ($12::text[])) AS is_told
          FROM row JOIN delivery c ON c.bundle = row.id AND c.state = 'planned'
          JOIN incident ci ON ci.id = c.incident_id JOIN incident i ON i.id = row.incident_id) c
     WHERE d.id = c.id AND d.state = 'planned' RETURNING d.incident_id, d.due_at),
  -- The address is dead, or two attempts have failed: this person's next contact for the same page is tried now
  -- instead of later, while this one keeps retrying.
  next AS (
    UPDATE delivery d SET due_at = least(d.due_at, clock.now), updated_at = clock.now
      FROM clock, row CROSS JOIN LATERAL (${nextContactAfter('row')}) n
     WHERE (row.state = 'exhausted' OR (row.state = 'failed' AND row.reason IS NULL
            AND (row.attempts >= ${FALLBACK_AFTER_ATTEMPTS} OR (row.receipt IS NOT NULL AND row.due_at IS NULL))))
       -- A later rule of the same contact is not brought forward while this row retries; when the contact is dead, it is.
       AND (d.contact <> row.contact OR row.due_at IS NULL)
       AND NOT ${hasFollower('row')} AND d.id = n.id AND d.state = 'planned')
  -- Their workflows expect these rows later, and no workflow knows the retry of an attempt by the pager. Retries of workers
  -- are followed up by the worker itself.
  SELECT pg_notify('tocsin_ledger', n.incident_id::text) FROM (
    SELECT incident_id FROM carried, clock WHERE due_at <= clock.now
    UNION
    SELECT row.incident_id FROM row, attempt
     WHERE row.state IN ('failed', 'exhausted') AND row.reason IS NULL AND row.type NOT IN ('incident.event', 'page.updated')
       AND EXISTS (SELECT 1 FROM heartbeat h WHERE h.process = 'pager' AND h.instance = attempt.sender)) n`;

function settled(
  delivery: LeasedDelivery,
  outcome: SendOutcome,
): { state: string; retryInMs: number | null } {
  if (outcome.kind === 'accepted') return { state: 'accepted', retryInMs: null };
  const retryAfterMs = outcome.kind === 'failed' ? outcome.retryAfterMs : undefined;
  const retryInMs =
    outcome.kind === 'failed' && outcome.permanent
      ? null
      : retryDelayMs(delivery.attempt, retryAfterMs, delivery.key);
  return retryInMs === null ? { state: 'exhausted', retryInMs } : { state: 'failed', retryInMs };
}

/**
 * Ends an attempt that was never made: the page was answered first, or the lease ran out and the page stays due.
 * Pages bundled into it become due again.
 */
export async function withdraw(
  dataSource: DataSource,
  { id, lease, attempt }: Pick<LeasedDelivery, 'id' | 'lease' | 'attempt'>,
): Promise<void> {
  await dataSource.query(
    `WITH row AS (
       UPDATE delivery SET state = CASE WHEN reason IS NULL OR attempts > 1 THEN 'failed' ELSE 'suppressed' END,
         due_at = CASE WHEN reason IS NULL THEN tocsin_now() END, lease = NULL, lease_until = NULL,
         updated_at = tocsin_now() WHERE id = $1 AND lease = $2 AND state = 'sending' RETURNING id, attempts),
     -- Even if another sender holds the row by now: an attempt that was never made notified nobody.
     attempt AS (
       UPDATE delivery_attempt SET outcome = 'withdrawn', finished_at = tocsin_now()
        WHERE delivery_id = $1 AND n = $3 AND outcome IS NULL),
     carried AS (
       UPDATE delivery d SET due_at = tocsin_now(), bundle = CASE WHEN ${mayHaveBeenDelivered('row')} THEN d.bundle END,
         updated_at = tocsin_now() FROM row WHERE d.bundle = row.id AND d.state = 'planned' RETURNING d.incident_id)
     SELECT pg_notify('tocsin_ledger', incident_id::text) FROM (SELECT DISTINCT incident_id FROM carried) c`,
    [id, lease, attempt],
  );
}
