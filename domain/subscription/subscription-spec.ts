/** Documents of kind Subscription. */
import type { IncidentEventKind } from '../incident/events.js';

export type SubscriptionFormat = 'standard' | 'pagerduty-v3';

/** A receiver of incident events (docs/channels/webhook.md). Omitted filters match everything. */
export interface SubscriptionSpec {
  url: string;
  format: SubscriptionFormat;
  events?: IncidentEventKind[];
  teams?: string[];
  services?: string[];
  /** Include the events of drills. */
  drills: boolean;
  /** Signing secret; derived from the root key when omitted. */
  secret?: string;
  /** Second signing secret, used while receivers change over to `secret`. */
  previousSecret?: string;
}
