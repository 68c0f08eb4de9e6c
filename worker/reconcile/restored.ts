/**
 * Recovers due work after a restore of the record to an earlier time (docs/reliability.md R13): plans the pages that
 * came due in the lost time and marks everything due as doubtful before it is sent. Sends nothing and does not
 * contact Temporal.
 */
import { markDueDoubtful, LOST_SENDER } from '../../db/delivery/mark-due-doubtful.js';
import type { Store } from '../../db/connection/store.js';
import { type DueWork, dueWork, isWaitOver } from '../../domain/incident/deadline.js';

/** Must run before any sending process starts. */
export async function recoverDue(store: Store): Promise<{ incidents: number; messages: number }> {
  const late: { id: string }[] = await store.dataSource.query(
    'SELECT id FROM incident WHERE next_deadline <= tocsin_now() ORDER BY next_deadline',
  );
  for (const { id } of late) {
    for (const work of await overdue(store, id)) await endWait(store, id, work);
    for (const work of await overdue(store, id)) await planPage(store, id, work);
  }
  return { incidents: late.length, messages: await markDueDoubtful(store.dataSource) };
}

async function overdue({ outbox }: Store, id: string): Promise<DueWork[]> {
  const incident = await outbox.incidentStart(id);
  if (incident === null) return [];
  const { state, response, now } = incident;
  return dueWork(state, response.settleMs).filter(({ at }) => Date.parse(at) <= now.getTime());
}

/** A snooze or an acknowledgement that is over: the pages that follow are due at once. */
async function endWait({ recorder }: Store, incidentId: string, work: DueWork): Promise<void> {
  if (!isWaitOver(work)) return;
  await recorder.record({ incidentId, actor: 'tocsin', command: { type: work.type } });
}

async function planPage({ paging }: Store, incidentId: string, work: DueWork): Promise<void> {
  if (work.type !== 'page') return;
  const { escalation, due } = work;
  await paging.page({
    incidentId,
    escalation,
    due,
    actor: 'tocsin',
    tellWorkflow: true,
    afterSeq: 0,
    sender: LOST_SENDER,
  });
}
