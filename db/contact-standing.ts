/** What is known of an address: dead, or when it last reached its person. Of contacts in documents as of people's own. */
import type { EntityManager } from 'typeorm';
import { liveDataChanged } from './live-data.js';

type Querying = Pick<EntityManager, 'query'>;

export interface ContactAt {
  person: string;
  contact: string;
  address: string;
}

const MAX_REASON = 300;

/** Of `$1`: what comes late about somebody who was erased meanwhile is not written down. */
const IS_KNOWN = 'NOT EXISTS (SELECT 1 FROM person WHERE name = $1 AND erased_at IS NOT NULL)';

/** Nothing is sent there any more until a test page or a code gets through. Says again, it changes nothing. */
export async function markDead(
  tx: Querying,
  { person, contact, address }: ContactAt,
  reason: string,
): Promise<void> {
  const rows: unknown[] = await tx.query(
    `INSERT INTO contact_standing AS s (person, contact, address, dead_at, dead_reason)
     SELECT $1, $2, $3, tocsin_now(), $4 WHERE ${IS_KNOWN}
     ON CONFLICT (person, contact, address) DO UPDATE SET dead_at = excluded.dead_at, dead_reason = excluded.dead_reason
       WHERE s.dead_at IS NULL RETURNING person`,
    [person, contact, address, reason.slice(0, MAX_REASON)],
  );
  if (rows.length > 0) await liveDataChanged(tx);
}

/** Somebody has read, answered, or typed in what was sent there. A dead contact lives again. */
export async function markContactReached(
  tx: Querying,
  { person, contact, address }: ContactAt,
): Promise<void> {
  const rows: { was_dead: boolean }[] = await tx.query(
    `WITH before AS (SELECT dead_at FROM contact_standing WHERE person = $1 AND contact = $2 AND address = $3 FOR UPDATE),
     after AS (
       INSERT INTO contact_standing AS s (person, contact, address, last_reached_at)
       SELECT $1, $2, $3, tocsin_now() WHERE ${IS_KNOWN}
       ON CONFLICT (person, contact, address)
         DO UPDATE SET last_reached_at = excluded.last_reached_at, dead_at = NULL, dead_reason = NULL RETURNING 1)
     SELECT EXISTS (SELECT 1 FROM before WHERE dead_at IS NOT NULL) AS was_dead FROM after`,
    [person, contact, address],
  );
  if (rows[0]?.was_dead === true) await liveDataChanged(tx);
}

/** The provider took a message for it after all. */
export async function clearDead(tx: Querying, { person, contact, address }: ContactAt): Promise<void> {
  const rows: unknown[] = await tx.query(
    `WITH cleared AS (
       UPDATE contact_standing SET dead_at = NULL, dead_reason = NULL
        WHERE person = $1 AND contact = $2 AND address = $3 AND dead_at IS NOT NULL RETURNING person)
     SELECT person FROM cleared`,
    [person, contact, address],
  );
  if (rows.length > 0) await liveDataChanged(tx);
}
