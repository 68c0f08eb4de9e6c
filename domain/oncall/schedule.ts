/** Types of on-call time: the parts of a schedule and the result of resolving it. Instants are ISO 8601 in UTC. */
import type { ScheduleSpec } from './schedule-spec.js';

/** A person replaces the person that the layers put on call, from one instant to another. A swap is two overrides. */
export interface Override {
  from: string;
  to: string;
  person: string;
}

export type ScheduleWithOverrides = ScheduleSpec & { overrides?: readonly Override[] };

/** A schedule with its edits. The first revision also represents the time before it, because no other record exists. */
export interface ScheduleHistory {
  revisions: readonly ScheduleRevision[];
  overrides?: readonly Override[];
}

export interface ScheduleRevision {
  /** Instant from which `spec` is in force; the previous revision applies until then. */
  effectiveFrom: string;
  spec: ScheduleSpec;
}

/** `source` is the name of the layer, or `override`. */
export interface Shift {
  from: string;
  to: string;
  person: string;
  source: string;
}

export interface Gap {
  from: string;
  to: string;
}

/** `items` never overlap, and with `gaps` they cover the requested range exactly. Both are in order of time. */
export interface ResolvedShifts {
  items: Shift[];
  gaps: Gap[];
  timezone: string;
}

/** A schedule or a range that cannot be resolved. The message names the problem, the field and a valid form. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}
