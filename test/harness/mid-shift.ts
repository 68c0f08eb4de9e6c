/** Rotations for tests on the real clock. */

const DAY_MS = 86_400_000;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/**
 * A rotation of `weeks` weeks that is in the middle of a shift now, so that no shift ends while a test runs, whatever
 * the day and the hour of the run. It began 40 shifts ago.
 */
export function midTurn(
  weeks: number,
  nowMs: number = Date.now(),
): { every: number; unit: 'week'; handover: string; start: string } {
  const start = new Date(nowMs - weeks * 40.5 * 7 * DAY_MS);
  return {
    every: weeks,
    unit: 'week',
    handover: `${DAYS[start.getUTCDay()] ?? 'mon'} 09:00`,
    start: start.toISOString().slice(0, 10),
  };
}
