/**
 * Does what is owed when it is owed: pages rung by rung, brings an expired acknowledgement back, ends a snooze, escalates an
 * overdue review. What is owed is decided by `dueWork`, which the break-glass pager and the auditor ask as well.
 */
import { condition } from '@temporalio/workflow';
import { type DueWork, dueWork } from '../domain/incident/deadline.js';
import { local } from './proxies.js';
import type { Story } from './story.js';

export async function escalate(story: Story, goesOn: () => boolean): Promise<void> {
  const owed = () => dueWork(story.state, story.response.settleMs);
  while (goesOn()) {
    const seen = story.state.seq;
    const work = owed();
    const overdue = work.filter((one) => Date.parse(one.at) <= Date.now());
    if (overdue.length === 0) {
      await nextChange(work[0]?.at ?? null, () => owed()[0]?.at ?? null, goesOn);
      continue;
    }
    await page(story, overdue);
    for (const one of overdue) await act(story, one);
    // Refused although it looked due: the database's clock, which decides, is a little behind ours.
    if (story.state.seq === seen) await condition(() => story.state.seq !== seen || !goesOn(), '1s');
  }
}

/** Until the deadline, or until it is another one. An event that moves no deadline (a note) costs no timer. */
async function nextChange(
  deadline: string | null,
  current: () => string | null,
  goesOn: () => boolean,
): Promise<void> {
  const changed = () => current() !== deadline || !goesOn();
  if (deadline === null) await condition(changed);
  else await condition(changed, Date.parse(deadline) - Date.now());
}

async function page(story: Story, works: DueWork[]): Promise<void> {
  const rungs = works.flatMap((work) => (work.type === 'page' ? [{ track: work.track, due: work.due }] : []));
  if (rungs.length > 0) await story.ask((about) => local.pageRungs({ ...about, rungs }));
}

async function act(story: Story, work: DueWork): Promise<void> {
  switch (work.type) {
    case 'page':
      return;
    case 'expire_acknowledgement':
    case 'end_snooze':
    case 'resolve_quiet':
      return story.ask((about) => local.note({ ...about, command: { type: work.type } }));
    case 'remind_review':
      return story.ask((about) => local.remindReview({ ...about, reminder: work.reminder }));
  }
}
