/** A maintenance window among the live data. */

/** A window with a time to come. Part of the live data of every snapshot. */
export interface LiveWindow {
  id: string;
  services: readonly string[];
  /** Oldest first, ISO 8601 in UTC. */
  spans: readonly { from: string; to: string }[];
  owner: string;
  reason: string;
}
