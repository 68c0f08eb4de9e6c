/** Content of one delivery, independent of its channel. Channels render it; the ledger stores it. */
import type { Priority } from '../config/terms.js';
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
  /** Display name of the service; its slug once it is deleted. Left out: the slug. */
  serviceName?: string | null;
  drill: boolean;
  createdAt: string;
}

export interface AlsoPaged {
  number: string;
  title: string;
  priority: Priority;
  /** Link to respond to this incident. */
  link: string;
}

export interface RequestedDigest {
  /** `D-3`. */
  name: string;
  incidents: number;
  /** Display name of the team. */
  team: string;
  /** Why it went to somebody outside the team; null when it did not. */
  because: string | null;
}

interface MessageCommon {
  incident: MessageIncident;
  person: string;
  personName: string;
  attempt: number;
  possibleDuplicate: boolean;
  links: { respond: string; incident: string };
  bridge: string | null;
  /** IANA zone for times in the message; UTC when omitted. */
  zone?: string;
  /** ISO 8601, time of this attempt. */
  at: string;
}

/** One page, approval request, review request or notice to one contact address. */
export type OutgoingMessage =
  | (MessageCommon & {
      type: 'page.requested';
      step: number;
      cycle: number;
      /** The sender's description of the alert, beside its title. */
      about?: { description: string | null; fields: { name: string; value: string }[] };
      /** Other incidents that this message pages for, most urgent first: a person with many due pages receives few messages. */
      alsoPaged?: AlsoPaged[];
    })
  | (MessageCommon & {
      type: 'approval.requested';
      approval: {
        id: string;
        run: string;
        step: string;
        /** The step's title for sentences; when left out, its id is shown. */
        title?: string;
        message: string;
        expiresAt: string | null;
      };
    })
  | (MessageCommon & {
      type: 'review.requested';
      /** With `digest`, about all its incidents: `incident` is a stand-in, numbered and titled like the digest. */
      review: { postmortem: string; due: string; digest?: RequestedDigest };
    })
  | (MessageCommon & { type: 'notice.sent'; text: string })
  /** Concerns no incident: `incident` is a stand-in whose title names the purpose. `links.respond`: where the code is entered. */
  | (MessageCommon & { type: 'contact.code'; contact: string; code: string; minutes: number })
  /** As above. `links.respond`: where the person confirms receipt. */
  | (MessageCommon & { type: 'contact.test'; contact: string })
  /** As above. `links.respond`: where the person signs in, once, within `minutes`. */
  | (MessageCommon & { type: 'contact.sign-in'; contact: string; minutes: number })
  /** As above. `links.respond`: the system page, which shows the details. */
  | (MessageCommon & { type: 'contact.notice'; contact: string; text: string })
  | (MessageCommon & {
      /** To a subscription, not to a person: it requests nothing, and `links.respond` is the incident. */
      type: 'incident.event';
      event: AnnouncedEvent;
      asOf: IncidentThen;
      /** With format `pagerduty-v3`: the PagerDuty webhook type. */
      pagerduty: { type: PagerdutyEventType; person: NamedRef | null } | null;
    });

/** A sent page is changed in place by a separate row (`page.updated`), which notifies no one. */
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

/** Status shown in a sent page after something happened to its incident. */
export interface PageStatus {
  /** `Acknowledged by Bo Lind, 22:12 UTC.` */
  text: string;
  /** A response is still pending: the buttons stay. */
  isOpen: boolean;
}
