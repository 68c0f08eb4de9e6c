/** Finds the person on call at an instant, and the people before and after. */
import { resolve } from './resolve-shifts.js';
import type { ScheduleHistory, ScheduleWithOverrides, Shift } from './schedule.js';
import { DAY, instantMs, isoOf } from './wall-clock.js';

export type Slot = 'now' | 'next' | 'previous';

/** `until` is the end of the shift, or of the gap when `person` is null; null = beyond the horizon of about a year. */
export interface OnCall {
  person: string | null;
  until: string | null;
  /** The following shift: the same person may have two shifts in a row. */
  next: { person: string; from: string } | null;
}

/** Searches a few days first, because nearly every schedule hands over within days; beyond 400 days the answer is "never". */
const HORIZON_DAYS = [10, 60, 400];

/** Throws ScheduleError as resolveShifts does. */
export function onCallAt(schedule: ScheduleWithOverrides | ScheduleHistory, at: string): OnCall {
  let answer: OnCall = { person: null, until: null, next: null };
  for (const days of HORIZON_DAYS) {
    const { items } = resolve(schedule, at, shifted(at, days));
    const [first] = items;
    const now = isNow(first, at) ? first : undefined;
    const following = now === undefined ? first : items[1];
    // The last item ends where the horizon cuts it; only an item with a successor has its true end.
    const isEndKnown = now !== undefined && Date.parse(now.to) < Date.parse(shifted(at, days));
    answer = {
      person: now?.person ?? null,
      until: isEndKnown ? now.to : now === undefined && following !== undefined ? following.from : null,
      next: following === undefined ? null : { person: following.person, from: following.from },
    };
    if (answer.next !== null) return answer;
  }
  return answer;
}

/**
 * The person of a slot: `now` is the person on call, `next` and `previous` the nearest other person after and before, because
 * paging the same person again would not help. With no one on call now, the next or last person. Null when there is none within
 * about a year.
 */
export function slotAt(
  schedule: ScheduleWithOverrides | ScheduleHistory,
  at: string,
  slot: Slot,
): string | null {
  const now = resolve(schedule, at, shifted(at, 1)).items.find((item) => isNow(item, at))?.person ?? null;
  if (slot === 'now') return now;
  for (const days of HORIZON_DAYS) {
    const { items } =
      slot === 'next' ? resolve(schedule, at, shifted(at, days)) : resolve(schedule, shifted(at, -days), at);
    const isOther = (item: Shift): boolean => item.person !== now;
    const found = slot === 'next' ? items.find(isOther) : items.findLast(isOther);
    if (found !== undefined) return found.person;
  }
  return null;
}

function isNow(item: Shift | undefined, at: string): boolean {
  return item !== undefined && Date.parse(item.from) <= instantMs(at, 'at');
}

function shifted(at: string, days: number): string {
  return isoOf(instantMs(at, 'at') + days * DAY);
}
