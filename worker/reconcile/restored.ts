/**
 * What a record that was put back to an earlier time owes by now (R13): pages that came due in the time it has forgotten are
 * planned, and everything owed is put in doubt before anybody sends it. Nothing is sent here, and Temporal is not asked.
 */
import { doubtOwed, FORGOTTEN } from '../../db/doubt-owed.js';
import type { Store } from '../../db/store.js';
import { type DueWork, dueWork, isWaitOver } from '../../domain/incident/deadline.js';

/** To be called before anything that sends is started. */
export async function recoverOwed(store: Store): Promise<{ incidents: number; messages: number }> {
  const late: { id: string }[] = await store.dataSource.query(
    'SELECT id FROM incident WHERE next_deadline <= tocsin_now() ORDER BY next_deadline',
  );
  for (const { id } of late) {
    for (const work of await overdue(store, id)) await endWait(store, id, work);
    for (const work of await overdue(store, id)) await planPage(store, id, work);
  }
  return { incidents: late.length, messages: await doubtOwed(store.dataSource) };
}

async function overdue({ outbox }: Store, id: string): Promise<DueWork[]> {
  const incident = await outbox.incidentStart(id);
  if (incident === null) return [];
  const { state, response, now } = incident;
  return dueWork(state, response.settleMs).filter(({ at }) => Date.parse(at) <= now.getTime());
}

/** A snooze or an acknowledgement that is over: the pages that follow from it are due at once. */
async function endWait({ recorder }: Store, incidentId: string, work: DueWork): Promise<void> {
  if (!isWaitOver(work)) return;
  await recorder.record({ incidentId, actor: 'tocsin', command: { type: work.type } });
}

async function planPage({ paging }: Store, incidentId: string, work: DueWork): Promise<void> {
  if (work.type !== 'page') return;
  const { track, due } = work;
  await paging.page({
    incidentId,
    track,
    due,
    actor: 'tocsin',
    tellWorkflow: true,
    afterSeq: 0,
    sender: FORGOTTEN,
  });
}
