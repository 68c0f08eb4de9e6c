/**
 * When this incident next owes somebody something. The workflow's timers should act at this instant; the break-glass pager
 * and the auditor find with it the incidents where nothing did (reliability.md R7, §4).
 */
import { isPaging, nextRung } from './tracks.js';
import type { IncidentState, Rung } from './state.js';

export type DueWork =
  | { type: 'page'; at: string; track: string; due: Rung; reason: string }
  | { type: 'expire_acknowledgement'; at: string }
  | { type: 'end_snooze'; at: string }
  | { type: 'resolve_quiet'; at: string }
  | { type: 'remind_review'; at: string; reminder: number };

/** An overdue post-mortem is escalated once a day: its people, then their managers, then the catch-all. */
export const REMIND_EVERY_MS = 86_400_000;

/**
 * An alert may resolve by itself within the settle time, and then pages nobody. There is nothing to wait for when a person
 * declared the incident, or has looked at it and set its priority.
 */
const settledAt = (state: IncidentState, settleMs: number): string => {
  const maySettle = state.alertsTotal > 0 && state.priorityBy === null;
  return new Date(
    Date.parse(state.settlesFrom ?? state.createdAt) + (maySettle ? settleMs : 0),
  ).toISOString();
};

/** Everything that will be owed, earliest first. `settleMs`: a fresh incident may wait that long for its resolve. */
export function dueWork(state: IncidentState, settleMs: number): DueWork[] {
  const work: DueWork[] = [];
  if (state.status === 'triggered' || state.status === 'acknowledged') {
    const { resolvesAt = null } = state;
    if (resolvesAt !== null) work.push({ type: 'resolve_quiet', at: resolvesAt });
    else if (state.snoozedUntil !== null) return [{ type: 'end_snooze', at: state.snoozedUntil }];
    else if (state.ackExpiresAt !== null && state.status === 'acknowledged') {
      work.push({ type: 'expire_acknowledgement', at: state.ackExpiresAt });
    }
    const settled = settledAt(state, settleMs);
    for (const track of state.tracks) {
      if (!isPaging(state, track)) continue;
      if (track.phase === 'to_page') {
        work.push({
          type: 'page',
          at: settled,
          track: track.name,
          due: { cycle: track.cycle, step: track.step },
          reason: 'due',
        });
      } else if (track.nextAt !== null) {
        const due = nextRung(track, track);
        if (due !== null)
          work.push({
            type: 'page',
            at: track.nextAt,
            track: track.name,
            due,
            reason: `no answer at step ${track.step}`,
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

/** Work that only writes down that a wait is over: whatever follows from it is due at once. */
export type WaitOver = Extract<DueWork, { type: 'expire_acknowledgement' | 'end_snooze' | 'resolve_quiet' }>;

export const isWaitOver = (work: DueWork): work is WaitOver =>
  work.type === 'expire_acknowledgement' || work.type === 'end_snooze' || work.type === 'resolve_quiet';

export const nextDeadline = (state: IncidentState, settleMs: number): string | null =>
  dueWork(state, settleMs)[0]?.at ?? null;
