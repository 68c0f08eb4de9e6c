/** An answer proves that the page arrived, whatever the provider's receipt says or does not say. */
import type { EntityManager } from 'typeorm';

type Querying = Pick<EntityManager, 'query'>;

const REACHED = `UPDATE delivery SET state = 'delivered', receipt = 'read', updated_at = tocsin_now()`;

/** The pages of one incident that this person got over this channel. */
export async function markReached(
  tx: Querying,
  { incident, person, channel }: { incident: string; person: string; channel: string },
): Promise<void> {
  await tx.query(
    `${REACHED} WHERE incident_id = $1 AND person = $2 AND channel = $3 AND type = 'page.requested' AND state = 'accepted'`,
    [incident, person, channel],
  );
}

export async function markDeliveryReached(tx: Querying, delivery: string): Promise<void> {
  await tx.query(`${REACHED} WHERE id = $1::uuid AND state = 'accepted'`, [delivery]);
}
