/**
 * Recovers due work after a restore of the record to an earlier time (docs/reliability.md R13): plans the pages that
 * came due in the lost time and marks everything due as doubtful before it is sent. Sends nothing and does not
 * contact Temporal.
 */
import { markDueDoubtful, LOST_SENDER } from '../../db/delivery/mark-due-doubtful.js';
import type { Store } from '../../db/connection/store.js';
import { recordDueItem } from '../../dispatch/record-due-item.js';
import { type DueWork, dueWork, isWaitOver } from '../../domain/incident/deadline.js';

/** Must run before any sending process starts. */
export async function recoverDue(store: Store): Promise<{ incidents: number; messages: number }> {
  const late: { id: string }[] = await store.dataSource.query(
    'SELECT id FROM incident WHERE next_deadline <= tocsin_now() ORDER BY next_deadline',
  );
  for (const { id } of late) {
    // The pages that follow an end are due at once.
    for (const wait of (await overdue(store, id)).filter(isWaitOver))
      await recordDueItem(store, requestOf(id), wait);
    for (const work of await overdue(store, id))
      if (work.type === 'page') await recordDueItem(store, requestOf(id), work);
  }
  return { incidents: late.length, messages: await markDueDoubtful(store.dataSource) };
}

async function overdue({ outbox }: Store, id: string): Promise<DueWork[]> {
  const incident = await outbox.incidentStart(id);
  if (incident === null) return [];
  const { state, response, now } = incident;
  return dueWork(state, response.settleMs).filter(({ at }) => Date.parse(at) <= now.getTime());
}

/** A lost sender leases the pages: whoever finds them expired sends them, marked. */
const requestOf = (incidentId: string) => ({
  incidentId,
  afterSeq: 0,
  tellWorkflow: true,
  sender: LOST_SENDER,
});
