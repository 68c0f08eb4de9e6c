import { isoOf, wallClock } from './wall-clock.js';

/** From the first midnight of a calendar month to that of the next one, in an IANA zone. `month`: `YYYY-MM`. */
export function monthRange(month: string, timezone: string): { from: string; to: string } {
  const [year = 1970, number = 1] = month.split('-').map(Number);
  const [first, next] = [Date.UTC(year, number - 1), Date.UTC(year, number)];
  const clock = wallClock(timezone, first, next);
  return { from: isoOf(clock.startAt(first)), to: isoOf(clock.startAt(next)) };
}

/** The local calendar month, `YYYY-MM`, of an instant, moved by `moved` months. */
export function monthOf(at: string, timezone: string, moved = 0): string {
  const instant = Date.parse(at);
  const wall = new Date(wallClock(timezone, instant, instant).wallAt(instant));
  return new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + moved)).toISOString().slice(0, 7);
}
