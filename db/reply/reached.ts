/** An answer proves that its page arrived, whatever the provider's receipt says. */
import { type ContactAt, markContactReached } from '../people/contact-status.js';
import type { Querying } from '../connection/querying.js';
import { TELLING } from './reply-pages.js';

/** Includes `sending`: an answer may precede the provider's result; the sender then finds the receipt. */
const GONE_OUT = `state IN ('accepted', 'sending')`;

/**
 * Marks the newest message over this channel that showed this person the incident, its own or one that bundled it. A message that is
 * being sent right now may be there already, but counts only when there is no other.
 */
export async function markNewestReached(
  tx: Querying,
  { incident, person, channel }: { incident: string; person: string; channel: string },
): Promise<void> {
  await reached(
    tx,
    `id = (SELECT told.id FROM delivery d ${TELLING}
            WHERE d.incident_id = $1 AND d.person = $2 AND told.channel = $3 AND d.type = 'page.requested'
              AND told.state IN ('accepted', 'sending', 'delivered')
            ORDER BY told.state = 'sending', (SELECT max(t.at) FROM delivery_attempt t WHERE t.delivery_id = told.id) DESC
            LIMIT 1)`,
    [incident, person, channel],
  );
}

export const markDeliveryReached = (tx: Querying, delivery: string): Promise<void> =>
  reached(tx, 'id = $1::uuid', [delivery]);

/** An answer proves the contact, too. */
async function reached(tx: Querying, where: string, values: string[]): Promise<void> {
  const rows: ContactAt[] = await tx.query(
    `WITH reached AS (
       UPDATE delivery SET state = CASE state WHEN 'accepted' THEN 'delivered' ELSE state END, receipt = 'read',
              updated_at = tocsin_now() WHERE ${where} AND ${GONE_OUT}
       RETURNING person, contact, address)
     SELECT DISTINCT person, contact, address FROM reached ORDER BY person, contact, address`,
    values,
  );
  for (const row of rows) await markContactReached(tx, row);
}
