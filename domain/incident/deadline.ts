/**
 * Computes the incident's next due work. The workflow's timers act at this instant; the break-glass pager and the auditor use it
 * to find incidents with overdue work (docs/reliability.md R7, §4).
 */
import { isPaging, nextStepRef } from './escalations.js';
import { isOpenIncident } from './is-open.js';
import { nextUpdateReminder } from './owed-updates.js';
import type { IncidentState, StepRef } from './state.js';

export type DueWork =
  | { type: 'page'; at: string; escalation: string; due: StepRef; reason: string }
  | { type: 'expire_acknowledgement'; at: string }
  | { type: 'end_snooze'; at: string }
  | { type: 'resolve_quiet'; at: string }
  | { type: 'remind_update'; at: string; reminder: number }
  | { type: 'remind_review'; at: string; reminder: number };

/** An overdue post-mortem is escalated once a day: to its reviewers, then their managers, then the catch-all. */
export const REMIND_EVERY_MS = 86_400_000;

/**
 * An alert may resolve by itself within the settle time and then pages no one. There is no settle time when a person declared the
 * incident or set its priority. A flapping alert pages at most every two minutes (`flapping.ts`).
 */
const settledAt = (state: IncidentState, settleMs: number): string => {
  const maySettle = state.alertsTotal > 0 && state.priorityBy === null;
  const settled = Date.parse(state.settlesFrom ?? state.createdAt) + (maySettle ? settleMs : 0);
  return new Date(Math.max(settled, Date.parse(state.pagesFrom ?? state.createdAt))).toISOString();
};

/**
 * All future work, earliest first. The end of a snooze or of an acknowledgement pages again (`restart-paging.ts`). `settleMs`: how long a new
 * incident may wait for its resolve.
 */
export function dueWork(state: IncidentState, settleMs: number): DueWork[] {
  const work: DueWork[] = [];
  if (isOpenIncident(state)) {
    const { resolvesAt = null } = state;
    if (resolvesAt !== null) work.push({ type: 'resolve_quiet', at: resolvesAt });
    else if (state.snoozedUntil !== null) return [{ type: 'end_snooze', at: state.snoozedUntil }];
    else if (state.ackExpiresAt !== null && state.status === 'acknowledged') {
      work.push({ type: 'expire_acknowledgement', at: state.ackExpiresAt });
    }
    const update = nextUpdateReminder(state);
    if (update !== null) work.push({ type: 'remind_update', ...update });
    const settled = settledAt(state, settleMs);
    for (const escalation of state.escalations) {
      if (!isPaging(state, escalation)) continue;
      if (escalation.phase === 'to_page') {
        work.push({
          type: 'page',
          at: settled,
          escalation: escalation.name,
          due: { cycle: escalation.cycle, step: escalation.step },
          reason: 'due',
        });
      } else if (escalation.nextAt !== null) {
        const due = nextStepRef(escalation, escalation);
        if (due !== null)
          work.push({
            type: 'page',
            at: escalation.nextAt,
            escalation: escalation.name,
            due,
            reason: `no answer at step ${escalation.step}`,
          });
      }
    }
  }
  const { status, due, reminders } = state.postmortem;
  if (state.status === 'resolved' && due !== null && status !== 'approved' && status !== 'waived') {
    const at = new Date(Date.parse(due) + reminders * REMIND_EVERY_MS).toISOString();
    work.push({ type: 'remind_review', at, reminder: reminders + 1 });
  }
  return work.sort((a, b) => a.at.localeCompare(b.at));
}

/** Work that only records the end of a wait; the resulting work is due at once. */
export type WaitOver = Extract<DueWork, { type: 'expire_acknowledgement' | 'end_snooze' | 'resolve_quiet' }>;

export const isWaitOver = <Item extends DueItem>(
  work: Item,
): work is Extract<Item, { type: WaitOver['type'] }> =>
  work.type === 'expire_acknowledgement' || work.type === 'end_snooze' || work.type === 'resolve_quiet';

/** Work that tells people of something missing and changes nothing else. */
export type Reminder = Extract<DueWork, { type: 'remind_update' | 'remind_review' }>;

export const isReminder = (work: DueWork): work is Reminder =>
  work.type === 'remind_update' || work.type === 'remind_review';

/** Due work as a trigger names it. The record decides under its lock whether it is due. */
export type DueItem =
  | { type: 'page'; escalation: string; due: StepRef }
  | { type: WaitOver['type'] }
  | { type: Reminder['type']; reminder: number };

/** The item without what only its finder needs; null for what is no due work, when the item comes from outside. */
export function dueItem(work: DueItem): DueItem | null {
  switch (work.type) {
    case 'page': {
      const { escalation, due } = work;
      return { type: 'page', escalation, due: { cycle: due.cycle, step: due.step } };
    }
    case 'remind_update':
    case 'remind_review':
      return { type: work.type, reminder: work.reminder };
    case 'expire_acknowledgement':
    case 'end_snooze':
    case 'resolve_quiet':
      return { type: work.type };
    default:
      return null;
  }
}

export const nextDeadline = (state: IncidentState, settleMs: number): string | null =>
  dueWork(state, settleMs)[0]?.at ?? null;
