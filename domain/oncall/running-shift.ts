/** End of the running shift according to the layers alone; overrides are applied on top. */
import type { ScheduleSpec } from './schedule-spec.js';
import { resolveLayers } from './layers.js';
import { weeklyWindows } from './restrictions.js';
import { rotationGrid } from './rotation.js';
import { DAY, wallClock } from './wall-clock.js';

/** Search limit: a rotation of a hundred weeks has had its handover by then. */
const HORIZON_DAYS = 800;
const PERIODS_MAX = HORIZON_DAYS * 24;

/** Null: no one is on call at that time. Times are epoch milliseconds. Throws ScheduleError as resolving does. */
export function runningShiftEnd({ layers, timezone }: ScheduleSpec, at: number): number | null {
  const clock = wallClock(timezone, at, at + HORIZON_DAYS * DAY);
  const [running] = resolveLayers(layers, clock, { from: at, to: at + 1 });
  const layer = layers.find(({ name }) => name === running?.source);
  if (running === undefined || layer === undefined) return null;
  const counted =
    layer.skipEmpty === true && layer.restrictions !== undefined
      ? weeklyWindows(layer.restrictions)
      : undefined;
  const grid = rotationGrid(layer.rotation, counted);
  const first = Math.max(0, grid.periodAt(clock.wallAt(at)));
  for (let k = first; k < first + PERIODS_MAX; k++) {
    const end = clock.startAt(grid.boundary(k + 1));
    if (end > at && grid.shiftIndex(k + 1) !== running.shift) return end;
  }
  return null;
}
