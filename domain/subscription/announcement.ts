/** The `subject` of a ledger row of type `incident.event`: written when planned, read when sent. */
import type { AnnouncedEvent, IncidentThen, NamedRef } from './announced-event.js';
import type { PagerdutyEventType } from './pagerduty-event.js';

export interface Announcement {
  event: AnnouncedEvent;
  asOf: IncidentThen;
  pagerduty: { type: PagerdutyEventType; person: NamedRef | null } | null;
}

/** Rows are written from `Announcement` and never change; anything else is a bug. */
export function readAnnouncement(subject: Partial<Announcement>): Announcement {
  const { event, asOf, pagerduty = null } = subject;
  if (event === undefined || asOf === undefined) throw new Error('this delivery announces no event');
  return { event, asOf, pagerduty };
}
