/**
 * Status of an address: dead, or the time it last reached its person. Covers contacts in documents and people's own
 * contacts.
 */
import { liveDataChanged } from '../config/live-data.js';
import type { Querying } from '../connection/querying.js';

export interface ContactAt {
  person: string;
  contact: string;
  address: string;
}

const MAX_REASON = 300;

/** SQL, on `$1`: a late result about an erased person is not stored. */
const IS_KNOWN = 'NOT EXISTS (SELECT 1 FROM person WHERE name = $1 AND erased_at IS NOT NULL)';

/**
 * Marks the address as dead: nothing is sent to it until a test page or a code gets through. A repeat changes
 * nothing.
 */
export async function markDead(
  tx: Querying,
  { person, contact, address }: ContactAt,
  reason: string,
): Promise<void> {
  const rows: unknown[] = await tx.query(
    `INSERT INTO contact_status AS s (person, contact, address, dead_at, dead_reason)
     SELECT $1, $2, $3, tocsin_now(), $4 WHERE ${IS_KNOWN}
     ON CONFLICT (person, contact, address) DO UPDATE SET dead_at = excluded.dead_at, dead_reason = excluded.dead_reason
       WHERE s.dead_at IS NULL RETURNING person`,
    [person, contact, address, reason.slice(0, MAX_REASON)],
  );
  if (rows.length > 0) await liveDataChanged(tx);
}

/**
 * Marks the address as reached: its person has read, answered, or entered a code sent to it. A dead contact becomes
 * usable again.
 */
export async function markContactReached(
  tx: Querying,
  { person, contact, address }: ContactAt,
): Promise<void> {
  const rows: { was_dead: boolean }[] = await tx.query(
    `WITH before AS (SELECT dead_at FROM contact_status WHERE person = $1 AND contact = $2 AND address = $3 FOR UPDATE),
     after AS (
       INSERT INTO contact_status AS s (person, contact, address, last_reached_at)
       SELECT $1, $2, $3, tocsin_now() WHERE ${IS_KNOWN}
       ON CONFLICT (person, contact, address)
         DO UPDATE SET last_reached_at = excluded.last_reached_at, dead_at = NULL, dead_reason = NULL RETURNING 1)
     SELECT EXISTS (SELECT 1 FROM before WHERE dead_at IS NOT NULL) AS was_dead FROM after`,
    [person, contact, address],
  );
  if (rows[0]?.was_dead === true) await liveDataChanged(tx);
}

/** The provider accepted a message for the address after all. */
export async function clearDead(tx: Querying, { person, contact, address }: ContactAt): Promise<void> {
  const rows: unknown[] = await tx.query(
    `WITH cleared AS (
       UPDATE contact_status SET dead_at = NULL, dead_reason = NULL
        WHERE person = $1 AND contact = $2 AND address = $3 AND dead_at IS NOT NULL RETURNING person)
     SELECT person FROM cleared`,
    [person, contact, address],
  );
  if (rows.length > 0) await liveDataChanged(tx);
}
