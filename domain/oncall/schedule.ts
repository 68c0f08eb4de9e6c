/** The words of on-call time: what a schedule is made of and what resolving it gives. Instants are ISO 8601 in UTC. */
import type { ScheduleSpec } from '../config/specs.js';

/** A person stands in for whoever the layers name, from one instant to another. Swaps are two overrides. */
export interface Override {
  from: string;
  to: string;
  person: string;
}

export type ScheduleWithOverrides = ScheduleSpec & { overrides?: readonly Override[] };

/** A schedule as it was edited. The first revision also stands for the time before it: there is no other record. */
export interface ScheduleHistory {
  revisions: readonly ScheduleRevision[];
  overrides?: readonly Override[];
}

export interface ScheduleRevision {
  /** Instant from which `spec` is in force; until then the revision before it stays true. */
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

/** `items` never overlap, and with `gaps` they cover the asked range exactly. Both are in order of time. */
export interface ResolvedShifts {
  items: Shift[];
  gaps: Gap[];
  timezone: string;
}

/** A schedule or a range that cannot be resolved. The message says what is wrong, where, and what would be right. */
export class ScheduleError extends Error {
  override readonly name = 'ScheduleError';
}
