/**
 * Executes due work at its deadline: pages escalation steps, expires acknowledgements, ends snoozes, escalates overdue reviews.
 * `dueWork` determines it, for the break-glass pager and the auditor as well.
 */
import { condition } from '@temporalio/workflow';
import { type DueWork, dueWork } from '../domain/incident/deadline.js';
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
    await page(replica, overdue);
    for (const one of overdue) await act(replica, one);
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

async function page(replica: IncidentReplica, works: DueWork[]): Promise<void> {
  const stepRefs = works.flatMap((work) =>
    work.type === 'page' ? [{ escalation: work.escalation, due: work.due }] : [],
  );
  if (stepRefs.length > 0) await replica.ask((about) => local.pageSteps({ ...about, stepRefs }));
}

async function act(replica: IncidentReplica, work: DueWork): Promise<void> {
  switch (work.type) {
    case 'page':
      return;
    case 'expire_acknowledgement':
    case 'end_snooze':
    case 'resolve_quiet':
      return replica.ask((about) => local.note({ ...about, command: { type: work.type } }));
    case 'remind_review':
      return replica.ask((about) => local.remindReview({ ...about, reminder: work.reminder }));
  }
}
