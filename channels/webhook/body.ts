/** The body of the signed webhook (docs/channels/webhook.md): names that receivers script against. Pure. */
import type { OutgoingMessage } from '../../domain/delivery/message.js';

/** Standard Webhooks asks for less than 20 kB; these caps keep the worst case (6 bytes a character, escaped) below it. */
const MAX_TITLE = 500;
const MAX_TEXT = 1500;
const MAX_NAME = 200;

export interface WebhookBody {
  type: OutgoingMessage['type'];
  /** ISO 8601 in UTC: when this attempt was made. */
  timestamp: string;
  data: Record<string, unknown>;
}

export function webhookBody(message: OutgoingMessage): WebhookBody {
  const { incident } = message;
  return {
    type: message.type,
    timestamp: message.at,
    data: {
      incident: {
        id: incident.id,
        number: incident.number,
        title: cut(incident.title, MAX_TITLE),
        priority: incident.priority,
        status: incident.status,
        service: incident.service,
        drill: incident.drill,
      },
      person: message.person,
      ...detailsOf(message),
      attempt: message.attempt,
      possibleDuplicate: message.possibleDuplicate,
      links: { respond: message.links.respond, incident: message.links.incident },
      bridge: message.bridge === null ? null : cut(message.bridge, MAX_TITLE),
    },
  };
}

function detailsOf(message: OutgoingMessage): Record<string, unknown> {
  switch (message.type) {
    case 'page.requested':
      return { step: message.step, cycle: message.cycle };
    case 'approval.requested': {
      const { id, run, step, message: text, expiresAt } = message.approval;
      return { approval: { id, run, step: cut(step, MAX_NAME), message: cut(text, MAX_TEXT), expiresAt } };
    }
    case 'review.requested':
      return { review: { postmortem: message.review.postmortem, due: message.review.due } };
    case 'notice.sent':
      return { text: cut(message.text, MAX_TEXT) };
  }
}

function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  // Not in the middle of a surrogate pair: half of one is not valid UTF-8.
  return `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
