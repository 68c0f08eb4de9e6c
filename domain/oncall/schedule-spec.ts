/** Documents of kind Schedule. */
import type { Weekday } from '../config/terms.js';

export interface Rotation {
  every: number;
  unit: 'hour' | 'day' | 'week';
  /** `mon 09:00` for weeks, `09:00` for days; ignored for hours, which use the clock time of `start`. */
  handover?: string;
  /** First day of the rotation, `2026-01-05`, optionally with a time, `2026-01-05T09:00`, in the schedule's zone. */
  start: string;
}

export interface Restriction {
  days: Weekday[];
  from: string;
  to: string;
}

export interface ScheduleLayer {
  name: string;
  people: string[];
  rotation: Rotation;
  restrictions?: Restriction[];
  skipEmpty?: boolean;
}

export interface ScheduleSpec {
  displayName?: string;
  team: string;
  timezone: string;
  /**
   * Start of this revision: a date or wall-clock time in `timezone` (`2026-12-01T09:00`), or an instant; the previous revision
   * stays in force until then. Omitted: when it is applied.
   */
  from?: string;
  layers: ScheduleLayer[];
}
