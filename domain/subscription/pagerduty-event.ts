/**
 * Maps an event to PagerDuty v3 webhook types (PagerDuty, "Webhooks v3: event types"). Pure. Events without a PagerDuty type are
 * not sent in that format (docs/channels/pagerduty-webhook.md).
 */
import type { IncidentEvent } from '../incident/events.js';

const PAGERDUTY_EVENT_TYPES = [
  'incident.triggered',
  'incident.acknowledged',
  'incident.unacknowledged',
  'incident.resolved',
  'incident.reopened',
  'incident.escalated',
  'incident.reassigned',
  'incident.annotated',
  'incident.priority_updated',
  'incident.responder.added',
  'incident.responder.replied',
] as const;
export type PagerdutyEventType = (typeof PAGERDUTY_EVENT_TYPES)[number];

export interface PagerdutyEvent {
  type: PagerdutyEventType;
  /** The responder concerned: PagerDuty sends one event per responder. */
  person: string | null;
}

export function pagerdutyEvents(event: IncidentEvent): PagerdutyEvent[] {
  switch (event.kind) {
    case 'opened':
      return [about('incident.triggered')];
    case 'acknowledged':
      return [about('incident.acknowledged')];
    case 'unacknowledged':
    case 'acknowledgement_expired':
      return [about('incident.unacknowledged')];
    case 'resolved':
    // Merging resolves the merged incident in PagerDuty as well.
    case 'merged':
      return [about('incident.resolved')];
    case 'reopened':
      return [about('incident.reopened')];
    case 'escalated':
      return [about('incident.escalated')];
    case 'role_assigned':
      return event.data.role === 'commander' ? [about('incident.reassigned')] : [];
    case 'noted':
      return [about('incident.annotated')];
    case 'priority_set':
      return [about('incident.priority_updated')];
    case 'paged':
      return [...new Set(event.data.people)].map((person) => about('incident.responder.added', person));
    case 'declined':
      return [about('incident.responder.replied', event.data.person)];
    default:
      return [];
  }
}

const about = (type: PagerdutyEventType, person: string | null = null): PagerdutyEvent => ({ type, person });
