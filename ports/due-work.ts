/** Due work and due deliveries of an incident; `dispatch/` implements it. */
import type { DueItem } from '../domain/incident/deadline.js';
import type { IncidentEvent } from '../domain/incident/events.js';

export interface About {
  incidentId: string;
  /** The reply contains the events after this one. */
  afterSeq: number;
}

export interface Happened {
  events: IncidentEvent[];
}

/** `nextDueMs`: time to this incident's next due delivery; null for none. */
export interface Sent extends Happened {
  nextDueMs: number | null;
}

/** Safe to repeat: what is done is refused by the record, and what was sent has its ledger key. */
export interface DueWorkPort {
  /** Records these items and makes the first attempts at their pages. */
  run(request: About & { items: readonly DueItem[] }): Promise<Sent>;
  /** Sends due deliveries: retries, later contacts, contacts after a missing receipt. */
  sendDue(about: About): Promise<Sent>;
}
