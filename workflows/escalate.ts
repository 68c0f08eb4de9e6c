/**
 * Waits for deadlines and has due work run (`dispatch/run-due-work.ts`): pages, ends of acknowledgements and snoozes, reminders of
 * overdue reviews. `dueWork` determines it, for the break-glass pager and the auditor as well.
 */
import { condition } from '@temporalio/workflow';
import { dueItem, dueWork } from '../domain/incident/deadline.js';
import { local } from './proxies.js';
import type { IncidentReplica } from './incident-replica.js';

export async function escalate(replica: IncidentReplica, goesOn: () => boolean): Promise<void> {
  const dueNow = () => dueWork(replica.state, replica.response.settleMs);
  while (goesOn()) {
    const seen = replica.state.seq;
    const work = dueNow();
    const overdue = work.filter((one) => Date.parse(one.at) <= Date.now());
    if (overdue.length === 0) {
      await nextChange(work[0]?.at ?? null, () => dueNow()[0]?.at ?? null, goesOn);
      continue;
    }
    const items = overdue.flatMap((one) => dueItem(one) ?? []);
    await replica.ask((about) => local.runDueWork({ ...about, items }));
    // Refused although it looked due: the database's clock, which decides, is slightly behind the workflow's.
    if (replica.state.seq === seen) await condition(() => replica.state.seq !== seen || !goesOn(), '1s');
  }
}

/** Waits for the deadline, or for a change of it. An event that moves no deadline (a note) costs no timer. */
async function nextChange(
  deadline: string | null,
  current: () => string | null,
  goesOn: () => boolean,
): Promise<void> {
  const changed = () => current() !== deadline || !goesOn();
  if (deadline === null) await condition(changed);
  else await condition(changed, Date.parse(deadline) - Date.now());
}
