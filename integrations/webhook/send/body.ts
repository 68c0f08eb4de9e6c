/** Body of the signed webhook (docs/channels/webhook.md), with names that receivers' scripts rely on. Pure. */
import {
  type ContactMessage,
  isContactMessage,
  type MessageIncident,
  type OutgoingMessage,
} from '../../../domain/delivery/message.js';

/** Standard Webhooks recommends less than 20 kB; these limits keep the worst case (6 bytes a character, escaped) below it. */
const MAX_TITLE = 500;
const MAX_TEXT = 1500;
const MAX_NAME = 200;
/** Of the alert of a page. */
const MAX_DESCRIPTION = 600;
const MAX_FIELDS = 5;
const MAX_FIELD_NAME = 60;
const MAX_FIELD = 150;
/** Bytes of an event's own data. */
const MAX_DATA = 6_000;

type EventMessage = Extract<OutgoingMessage, { type: 'incident.event' }>;

type PageMessage = Extract<OutgoingMessage, { type: 'page.requested' }>;

type ReviewMessage = Extract<OutgoingMessage, { type: 'review.requested' }>;

export interface WebhookBody {
  type: OutgoingMessage['type'] | `incident.${string}`;
  /** ISO 8601 in UTC: time of this attempt; for an event, time of the event. */
  timestamp: string;
  data: Record<string, unknown>;
}

export function webhookBody(message: OutgoingMessage): WebhookBody {
  if (message.type === 'incident.event') return eventBody(message);
  if (isContactMessage(message)) return contactBody(message);
  const { incident } = message;
  return {
    type: message.type,
    timestamp: message.at,
    data: {
      incident: shownIncident(incident),
      person: message.person,
      ...detailsOf(message),
      attempt: message.attempt,
      possibleDuplicate: message.possibleDuplicate,
      links: { respond: message.links.respond, incident: message.links.incident },
      bridge: message.bridge === null ? null : cut(message.bridge, MAX_TITLE),
    },
  };
}

const shownIncident = ({ id, number, title, priority, status, service, drill }: MessageIncident) => ({
  id,
  number,
  title: cut(title, MAX_TITLE),
  priority,
  status,
  service,
  drill,
});

/** A subscription's body: no personal data, and the incident right after the event. */
function eventBody({ incident, event, asOf, links, ...message }: EventMessage): WebhookBody {
  const { actorName: _name, ...told } = event;
  const isLarge = Buffer.byteLength(JSON.stringify(event.data)) > MAX_DATA;
  return {
    type: `incident.${event.kind}`,
    timestamp: event.at,
    data: {
      incident: { ...shownIncident(incident), team: asOf.team.name },
      event: {
        ...told,
        text: cut(event.text, MAX_TEXT),
        ...(isLarge ? { data: {}, dataOmitted: true } : {}),
      },
      attempt: message.attempt,
      possibleDuplicate: message.possibleDuplicate,
      links: { incident: links.incident },
    },
  };
}

/** Concerns a contact and no incident. */
const contactBody = (message: ContactMessage): WebhookBody => ({
  type: message.type,
  timestamp: message.at,
  data: {
    person: message.person,
    contact: message.contact,
    ...(message.type === 'contact.code' ? { code: message.code, minutes: message.minutes } : {}),
    ...(message.type === 'contact.notice'
      ? { title: cut(message.incident.title, MAX_NAME), text: cut(message.text, MAX_TEXT) }
      : {}),
    attempt: message.attempt,
    possibleDuplicate: message.possibleDuplicate,
    links: { respond: message.links.respond },
  },
});

function detailsOf(
  message: Exclude<OutgoingMessage, EventMessage | ContactMessage>,
): Record<string, unknown> {
  switch (message.type) {
    case 'page.requested':
      return { step: message.step, cycle: message.cycle, alert: alertOf(message.about) };
    case 'approval.requested': {
      const { id, run, step, message: text, expiresAt } = message.approval;
      return { approval: { id, run, step: cut(step, MAX_NAME), message: cut(text, MAX_TEXT), expiresAt } };
    }
    case 'review.requested':
      return { review: reviewOf(message.review) };
    case 'notice.sent':
      return { text: cut(message.text, MAX_TEXT) };
  }
}

/** What the sender says of the alert beside its title; null when nothing. */
const alertOf = (about: PageMessage['about']) =>
  about === undefined
    ? null
    : {
        description: about.description === null ? null : cut(about.description, MAX_DESCRIPTION),
        fields: about.fields
          .slice(0, MAX_FIELDS)
          .map(({ name, value }) => ({ name: cut(name, MAX_FIELD_NAME), value: cut(value, MAX_FIELD) })),
      };

const reviewOf = ({ postmortem, due, digest }: ReviewMessage['review']) => ({
  postmortem,
  due,
  ...(digest === undefined ? {} : { digest: digest.name, incidents: digest.incidents }),
});

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  // Never cuts inside a surrogate pair: half of one is not valid UTF-8.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
