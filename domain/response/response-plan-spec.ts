/** Documents of kind ResponsePlan. */
import type { AfterSpec } from '../alert/after-spec.js';
import type { GroupSpec } from '../alert/group-spec.js';
import type { Priority, Urgency } from '../config/terms.js';
import type { PlannedReview } from '../postmortem/review-kind.js';
import type { Duration } from '../shared/duration.js';
import type { BridgeSpec } from './bridge.js';

export interface PostmortemPlan extends Omit<PlannedReview, 'plan'> {
  /** Business days (`3bd`) or a duration. */
  due: string;
}

/** End of an incident while a person holds it or an alert still fires. */
export interface ResolvePlan {
  /** The incident resolves automatically when nothing happens for this long after all alerts have closed. */
  quiet: Duration;
  /** Repeats of an alert are only counted for this long after a person resolved it while it was firing. */
  stillFiring: Duration;
}

export interface PriorityPlan {
  disciplines: { discipline: string; required: boolean }[];
  ackTimeout: Duration;
  settle: Duration;
  bridge: false | BridgeSpec;
  runbooks: string[];
  /** Updates are owed this often while somebody has the incident; null: none. */
  updates: { every: Duration } | null;
  /** Roles that somebody should take. */
  roles: string[];
  postmortem: PostmortemPlan;
  stakeholders: string[];
  urgency: Urgency;
}

export interface ResponsePlanSpec {
  displayName?: string;
  resolve?: ResolvePlan;
  group?: GroupSpec;
  after?: AfterSpec;
  /** Time without a message about an alert after which it is closed as stale, unless its source says another. */
  staleAfter?: Duration;
  priorities: Partial<Record<Priority, Partial<PriorityPlan>>>;
}
