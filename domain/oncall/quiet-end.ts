/** End of the quiet hours that contain an instant. Clock changes as for shifts: see wall-clock.ts. */
import type { QuietHours } from '../people/quiet-hours.js';
import { DAY, wallClock } from './wall-clock.js';

/** Epoch ms; null outside of quiet hours. `timezone`: the person's, an IANA zone. */
export function quietEnd(quiet: QuietHours, timezone: string, atMs: number): number | null {
  const clock = wallClock(timezone, atMs - 2 * DAY, atMs + 2 * DAY);
  const midnight = Math.floor(clock.wallAt(atMs) / DAY) * DAY;
  const [from, to] = [timeOfDay(quiet.from), timeOfDay(quiet.to)];
  // Quiet hours that began yesterday and are not over, or that begin today.
  for (const day of [midnight - DAY, midnight]) {
    const startsAt = clock.startAt(day + from);
    const endsAt = clock.endAt(day + to + (to > from ? 0 : DAY));
    if (atMs >= startsAt && atMs < endsAt) return endsAt;
  }
  return null;
}

function timeOfDay(time: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time);
  if (match === null) throw new Error(`"${time}" is not a time of day such as 22:00`);
  return (Number(match[1]) * 60 + Number(match[2])) * 60_000;
}
