/**
 * Body of a PagerDuty v3 webhook (PagerDuty, "Webhooks v3: webhook payload"), for receivers written for PagerDuty. Tocsin's names
 * replace PagerDuty's ids. Pure.
 */
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import type { NamedRef } from '../../../domain/subscription/announced-event.js';

export type EventMessage = Extract<OutgoingMessage, { type: 'incident.event' }>;

interface Reference {
  id: string;
  type: string;
  summary: string;
  self: string | null;
  html_url: string | null;
}

export interface PagerdutyBody {
  event: {
    id: string;
    event_type: string;
    resource_type: 'incident';
    occurred_at: string;
    agent: Reference | null;
    client: { name: string };
    data: Record<string, unknown>;
  };
}

/** PagerDuty's limit is 55 KB; these bodies are far smaller, whatever an event contains. */
const MAX_TEXT = 4_000;
const MAX_TITLE = 500;

/** Null for an event without a PagerDuty type; such a row is never planned. */
export function pagerdutyBody(message: EventMessage): PagerdutyBody | null {
  const { incident, event, pagerduty } = message;
  if (pagerduty === null) return null;
  const { type, person } = pagerduty;
  return {
    event: {
      id: [incident.id, event.seq, ...(person === null ? [] : [person.name])].join('-'),
      event_type: type,
      resource_type: 'incident',
      occurred_at: event.at,
      agent: agentOf(message),
      client: { name: 'Tocsin' },
      data: dataOf(message, type, person),
    },
  };
}

function dataOf(message: EventMessage, type: string, person: NamedRef | null): Record<string, unknown> {
  const { event, asOf } = message;
  const policy = asOf.policy === null ? null : policyRef(message, asOf.policy);
  switch (type) {
    case 'incident.annotated': {
      const given = typeof event.data['text'] === 'string' ? event.data['text'] : event.text;
      const content = cut(given, MAX_TEXT);
      const id = `${message.incident.id}-${event.seq}`;
      return {
        incident: incidentRef(message),
        id,
        content,
        trimmed: content !== given,
        type: 'incident_note',
      };
    }
    case 'incident.responder.added':
    case 'incident.responder.replied':
      return {
        incident: incidentRef(message),
        user: person === null ? null : userRef(message, person),
        escalation_policy: policy,
        message: cut(event.text, MAX_TEXT),
        state: type === 'incident.responder.added' ? 'pending' : 'declined',
        type: 'incident_responder',
      };
    default:
      return incidentOf(message, policy);
  }
}

function incidentOf(message: EventMessage, policy: Reference | null): Record<string, unknown> {
  const { incident, asOf, bridge } = message;
  return {
    ...incidentRef(message),
    type: 'incident',
    number: Number(/\d+$/.exec(incident.number)?.[0] ?? 0),
    status: asOf.status === 'closed' ? 'resolved' : asOf.status,
    incident_key: incident.id,
    created_at: incident.createdAt,
    title: titleOf(message),
    service: asOf.service === null ? null : reference(message, 'Service', 'service_reference', asOf.service),
    assignees: asOf.assignees.map((person) => userRef(message, person)),
    escalation_policy: policy,
    teams: [reference(message, 'Team', 'team_reference', asOf.team)],
    priority: {
      id: incident.priority,
      type: 'priority_reference',
      summary: incident.priority,
      self: null,
      html_url: null,
    },
    urgency: asOf.urgency,
    conference_bridge: bridge === null ? null : { conference_number: null, conference_url: bridge },
    resolve_reason: null,
  };
}

/** The engine itself has no agent; sources and keys correspond to PagerDuty's integrations. */
function agentOf(message: EventMessage): Reference | null {
  const { actor, actorName } = message.event;
  if (actorName !== null) return userRef(message, { name: actor, title: actorName });
  if (!actor.includes(':')) return null;
  return {
    id: actor,
    type: 'inbound_integration_reference',
    summary: actor.slice(actor.indexOf(':') + 1),
    self: null,
    html_url: null,
  };
}

const baseOf = ({ incident, links }: EventMessage): string =>
  links.incident.slice(0, -`/incidents/${incident.number}`.length);

/** PagerDuty has no drills: its receivers show the title, so the title must contain it. */
const titleOf = ({ incident: { drill, title } }: EventMessage): string =>
  cut(drill ? `DRILL ${title}` : title, MAX_TITLE);

const incidentRef = (message: EventMessage): Reference => ({
  id: message.incident.id,
  type: 'incident_reference',
  summary: titleOf(message),
  self: `${baseOf(message)}/api/v1/incidents/${message.incident.id}`,
  html_url: message.links.incident,
});

function reference(message: EventMessage, kind: string, type: string, { name, title }: NamedRef): Reference {
  const self = `${baseOf(message)}/api/v1/config/${kind}/${name}`;
  return { id: name, type, summary: title, self, html_url: null };
}

const userRef = (message: EventMessage, person: NamedRef): Reference =>
  reference(message, 'Person', 'user_reference', person);

const policyRef = (message: EventMessage, name: string): Reference =>
  reference(message, 'EscalationPolicy', 'escalation_policy_reference', { name, title: name });

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  // Never cuts inside a surrogate pair: half of one is not valid UTF-8.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
