/** What one delivery says, independent of the channel that carries it. Channels render it; the ledger stores it. */
import type { Priority } from '../config/specs.js';
import type { AnnouncedEvent, IncidentThen, NamedRef } from '../subscription/announced-event.js';
import type { PagerdutyEventType } from '../subscription/pagerduty-event.js';
import type { IncidentStatus } from '../incident/state.js';

export interface MessageIncident {
  id: string;
  number: string;
  title: string;
  priority: Priority;
  priorityReasons: string[];
  status: IncidentStatus;
  service: string | null;
  drill: boolean;
  createdAt: string;
}

export interface AlsoPaged {
  number: string;
  title: string;
  priority: Priority;
  /** Where to respond to it. */
  link: string;
}

interface MessageCommon {
  incident: MessageIncident;
  person: string;
  personName: string;
  attempt: number;
  possibleDuplicate: boolean;
  links: { respond: string; incident: string };
  bridge: string | null;
  /** IANA zone that times are told in; UTC when left out. */
  zone?: string;
  /** ISO 8601, when this attempt was made. */
  at: string;
}

/** One page, approval request, review request or plain notice, on its way to one contact address. */
export type OutgoingMessage =
  | (MessageCommon & {
      type: 'page.requested';
      step: number;
      cycle: number;
      /** What the sender says about the alert, beside its title. */
      about?: { description: string | null; fields: { name: string; value: string }[] };
      /** Other incidents that this message pages for too, most urgent first: a person who is owed many gets few messages. */
      alsoPaged?: AlsoPaged[];
    })
  | (MessageCommon & {
      type: 'approval.requested';
      approval: {
        id: string;
        run: string;
        step: string;
        /** What the step is called; left out: its id. */
        title?: string;
        message: string;
        expiresAt: string | null;
      };
    })
  | (MessageCommon & { type: 'review.requested'; review: { postmortem: string; due: string } })
  | (MessageCommon & { type: 'notice.sent'; text: string })
  /** About no incident: `incident` is a stand-in whose title says what this is. `links.respond`: where the code is typed in. */
  | (MessageCommon & { type: 'contact.code'; contact: string; code: string; minutes: number })
  /** As above. `links.respond`: where somebody says that it arrived. */
  | (MessageCommon & { type: 'contact.test'; contact: string })
  /** As above. `links.respond`: where the person signs in, once, for so many minutes. */
  | (MessageCommon & { type: 'contact.sign-in'; contact: string; minutes: number })
  /** As above. `links.respond`: where it is looked at. */
  | (MessageCommon & { type: 'contact.notice'; contact: string; text: string })
  | (MessageCommon & {
      /** To a subscription, not to a person: it asks for nothing, and `links.respond` is the incident. */
      type: 'incident.event';
      event: AnnouncedEvent;
      asOf: IncidentThen;
      /** With format `pagerduty-v3`: which of PagerDuty's webhooks this is. */
      pagerduty: { type: PagerdutyEventType; person: NamedRef | null } | null;
    });

/** A page that was sent is changed in place by a row of its own (`page.updated`): nobody is told anew. */
export type DeliveryType = Exclude<OutgoingMessage['type'], ContactMessage['type']> | 'page.updated';

/** A code, a test page, a sign-in link or a notice to a source's owner: about no incident, and not in the ledger. */
export type ContactMessage = Extract<
  OutgoingMessage,
  { type: 'contact.code' | 'contact.test' | 'contact.sign-in' | 'contact.notice' }
>;

export const isContactMessage = (message: OutgoingMessage): message is ContactMessage =>
  message.type === 'contact.code' ||
  message.type === 'contact.test' ||
  message.type === 'contact.sign-in' ||
  message.type === 'contact.notice';

export type PageMessage = Extract<OutgoingMessage, { type: 'page.requested' }>;

/** What stands in a page after something happened to its incident. */
export interface PageStanding {
  /** `Acknowledged by Bo Lind, 22:12 UTC.` */
  text: string;
  /** Somebody has still to answer: the buttons stay. */
  isOpen: boolean;
}
