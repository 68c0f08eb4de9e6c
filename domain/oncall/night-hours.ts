/** Night hours: between 22:00 and 07:00 in the local time of the person paged. */
import { ScheduleError } from './schedule.js';
import { DAY, HOUR, instantMs, wallClock } from './wall-clock.js';

const BEGINS = 22 * HOUR;
const ENDS = 7 * HOUR;

/** The date of the evening on which that night began (`2026-03-01`); null by day. An unknown zone is read as UTC. */
export function nightOf(atIso: string, timezone: string): string | null {
  const at = instantMs(atIso, 'at');
  const wall = wallIn(timezone, at);
  const time = wall - Math.floor(wall / DAY) * DAY;
  if (time >= ENDS && time < BEGINS) return null;
  return new Date(time < ENDS ? wall - DAY : wall).toISOString().slice(0, 10);
}

function wallIn(timezone: string, at: number): number {
  try {
    return wallClock(timezone, at, at).wallAt(at);
  } catch (error) {
    if (error instanceof ScheduleError) return at;
    throw error;
  }
}
