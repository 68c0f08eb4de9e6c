/** Documents of kind Organisation. */
import type { PolicyTarget } from '../escalation/policy-spec.js';
import type { Duration } from '../shared/duration.js';

/** Organisation-wide settings, such as the catch-all for when no other person can be paged. One document, named `default`. */
export interface OrganisationSpec {
  displayName: string;
  timezone: string;
  catchAll: PolicyTarget[];
  /** Opt-in: each person on call receives a test page at each contact of their rules once per interval. */
  reachability?: { every: Duration };
}
