/** Documents of kind EscalationPolicy. */
import type { Duration } from '../shared/duration.js';

/** Targets allowed in a round robin: any but another round robin. */
export type RotationTarget =
  | { person: string }
  | { schedule: string; slot?: 'now' | 'next' | 'previous' }
  | { team: string }
  | { policy: string };

/** `roundRobin`: each page of the step goes to the next member of the list, or of the team. */
export type PolicyTarget =
  RotationTarget | { team: string; roundRobin: boolean } | { roundRobin: RotationTarget[] };

export interface PolicyStep {
  notify: PolicyTarget[];
  wait: Duration;
  ack?: 'any' | 'everyone';
  /** CEL over `incident` and `time` (domain/rules/variables.ts). */
  if?: string;
}

export interface PolicySpec {
  displayName?: string;
  team: string;
  repeat: number;
  steps: PolicyStep[];
}
