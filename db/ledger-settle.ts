/** The end of an attempt, on the record: what the provider said, of this row and of those that its message carried. */
import type { DataSource } from 'typeorm';
import type { SendOutcome } from '../activities/ports.js';
import { markDead } from './contact-standing.js';
import { providerWords } from './provider-words.js';
import { mayHaveBeenTold } from './earlier-attempts.js';
import { hasFollower, nextContactAfter } from './next-contact.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import { saysAddressIsDead } from '../domain/delivery/dead-address.js';
import { FALLBACK_AFTER_ATTEMPTS, retryDelayMs } from '../domain/delivery/ledger.js';

/**
 * An answered row never becomes due again; a last failure is `exhausted`. What was carried ends with a message that was accepted,
 * and is owed again at once when it failed; after one whose end nobody heard it stays with its carrier.
 *
 * Whoever took over a lease that ran out goes on with the row. Of the attempt before, only "accepted" still counts, however late it
 * is written: the page is out, so the row ends with it, and a later attempt that has not been made yet is not made any more.
 */
export async function settle(
  dataSource: DataSource,
  delivery: LeasedDelivery,
  outcome: SendOutcome,
  { leaseMs, confirmsWithinMs }: { leaseMs: number; confirmsWithinMs: number | null },
): Promise<void> {
  const { state, retryInMs } = settled(delivery, outcome);
  const error = outcome.kind === 'accepted' ? null : providerWords(outcome.error, delivery);
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
  // A newer change may have waited for the end of this one.
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
      -- A receipt may overtake the answer: what it says is true, also of an attempt that nobody heard the end of.
      state = CASE WHEN d.receipt IN ('delivered', 'read') AND $6 <> 'failed' THEN 'delivered'
                   WHEN d.receipt IN ('failed', 'bounced') AND $2 = 'accepted' THEN 'failed'
                   WHEN d.reason IS NOT NULL AND $2 = 'exhausted' THEN 'failed' ELSE $2 END,
      due_at = CASE WHEN d.receipt IN ('delivered', 'read') AND $6 <> 'failed' THEN NULL
                    WHEN d.reason IS NULL AND $3::int IS NOT NULL THEN clock.now + $3 * interval '1 millisecond' END,
      -- An answer that came while it was being sent: it went out all the same, so nothing was suppressed.
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
      -- Kept where an earlier attempt may have told of it: then it goes marked.
      carrier = CASE WHEN $6 = 'failed' AND NOT c.is_doubtful THEN NULL ELSE d.carrier END, updated_at = clock.now
      FROM clock, (
        SELECT c.id, row.due_at AS retry_at, i.state->>'number' AS bundle, ${mayHaveBeenTold('row')} AS is_doubtful,
               -- What only a later attempt took along was not told by this one.
               row.state IN ('accepted', 'delivered') AND ($6 <> 'accepted' OR ci.state->>'number' = ANY ($12::text[])) AS is_told
          FROM row JOIN delivery c ON c.carrier = row.id AND c.state = 'planned'
          JOIN incident ci ON ci.id = c.incident_id JOIN incident i ON i.id = row.incident_id) c
     WHERE d.id = c.id AND d.state = 'planned' RETURNING d.incident_id, d.due_at),
  -- The address is dead, or two attempts have failed: this person's next contact of the same page is tried now
  -- instead of later, while this one goes on trying.
  next AS (
    UPDATE delivery d SET due_at = least(d.due_at, clock.now), updated_at = clock.now
      FROM clock, row CROSS JOIN LATERAL (${nextContactAfter('row')}) n
     WHERE (row.state = 'exhausted' OR (row.state = 'failed' AND row.reason IS NULL
            AND (row.attempts >= ${FALLBACK_AFTER_ATTEMPTS} OR (row.receipt IS NOT NULL AND row.due_at IS NULL))))
       -- The same contact once more, by a later rule: not beside itself; but when it is dead its step need not wait to find out.
       AND (d.contact <> row.contact OR row.due_at IS NULL)
       AND NOT ${hasFollower('row')} AND d.id = n.id AND d.state = 'planned')
  -- Their workflows expect them later; and of what the pager tried, no workflow knows when it is due again. What workers try is
  -- followed up where it is tried.
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
 * Ends an attempt that was never made: somebody answered first, or its lease ran out, and then the page is still owed. So is
 * what it would have carried.
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
     -- Also when others hold the row by now: what was never made has told nobody.
     attempt AS (
       UPDATE delivery_attempt SET outcome = 'withdrawn', finished_at = tocsin_now()
        WHERE delivery_id = $1 AND n = $3 AND outcome IS NULL),
     carried AS (
       UPDATE delivery d SET due_at = tocsin_now(), carrier = CASE WHEN ${mayHaveBeenTold('row')} THEN d.carrier END,
         updated_at = tocsin_now() FROM row WHERE d.carrier = row.id AND d.state = 'planned' RETURNING d.incident_id)
     SELECT pg_notify('tocsin_ledger', incident_id::text) FROM (SELECT DISTINCT incident_id FROM carried) c`,
    [id, lease, attempt],
  );
}
