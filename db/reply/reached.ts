/** An answer proves that its page arrived, whatever the provider's receipt says. */
import { type ContactAt, markContactReached } from '../people/contact-status.js';
import type { Querying } from '../connection/querying.js';

/** Includes `sending`: an answer may precede the provider's result; the sender then finds the receipt. */
const GONE_OUT = `state IN ('accepted', 'sending')`;

/** Marks the pages of one incident that this person got over this channel. */
export async function markReached(
  tx: Querying,
  { incident, person, channel }: { incident: string; person: string; channel: string },
): Promise<void> {
  await reached(
    tx,
    `incident_id = $1 AND person = $2 AND channel = $3 AND type = 'page.requested' AND ${GONE_OUT}`,
    [incident, person, channel],
  );
}

export const markDeliveryReached = (tx: Querying, delivery: string): Promise<void> =>
  reached(tx, `id = $1::uuid AND ${GONE_OUT}`, [delivery]);

/** An answer proves the contact, too. */
async function reached(tx: Querying, where: string, values: string[]): Promise<void> {
  const rows: ContactAt[] = await tx.query(
    `WITH reached AS (
       UPDATE delivery SET state = CASE state WHEN 'accepted' THEN 'delivered' ELSE state END, receipt = 'read',
              updated_at = tocsin_now() WHERE ${where}
       RETURNING person, contact, address)
     SELECT DISTINCT person, contact, address FROM reached ORDER BY person, contact, address`,
    values,
  );
  for (const row of rows) await markContactReached(tx, row);
}
