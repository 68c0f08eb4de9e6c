/** The message of one ledger row, for whatever channel sends it. */
import { ownFields } from '../alert/own-fields.js';
import { PRIORITIES } from '../config/terms.js';
import { plainValue } from '../shared/plain-text.js';
import { readAnnouncement } from '../subscription/announcement.js';
import type { LeasedDelivery } from './leased-delivery.js';
import type { AlsoPaged, OutgoingMessage, PageMessage, RequestedDigest } from './message.js';

/**
 * The current message of a ledger row: status and title of the incident are those at the time of sending. Its texts contain no
 * direction overrides, on any channel.
 */
export const messageOf = (delivery: LeasedDelivery, publicUrl: string, at: string): OutgoingMessage =>
  plainValue(rawMessageOf(delivery, publicUrl, at));

/** The page that a change in place shows, with the incident as it is now. */
export const updatedPageOf = (delivery: LeasedDelivery, publicUrl: string, at: string): PageMessage =>
  plainValue(pageOf(delivery, publicUrl, at));

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

function rawMessageOf(delivery: LeasedDelivery, publicUrl: string, at: string): OutgoingMessage {
  const { incident, subject } = delivery;
  const common = commonOf(delivery, publicUrl, at);
  switch (delivery.type) {
    case 'page.requested':
    case 'page.updated':
      return pageOf(delivery, publicUrl, at);
    case 'approval.requested': {
      const expiresAt = subject['expiresAt'];
      const approval = {
        id: text(subject['id']),
        run: text(subject['run']),
        step: text(subject['step']),
        ...(typeof subject['title'] === 'string' ? { title: subject['title'] } : {}),
        message: text(subject['message']),
      };
      return {
        ...common,
        type: delivery.type,
        approval: { ...approval, expiresAt: typeof expiresAt === 'string' ? expiresAt : null },
      };
    }
    case 'review.requested': {
      const due = text(subject['due']);
      const digest = digestOf(subject);
      return digest === null
        ? { ...common, type: delivery.type, review: { postmortem: incident.id, due } }
        : {
            ...aboutDigest(common, digest, subject, publicUrl),
            type: delivery.type,
            review: { postmortem: digest.name, due, digest },
          };
    }
    case 'notice.sent':
      return { ...common, type: delivery.type, text: text(subject['text']) };
    case 'incident.event': {
      const announced = readAnnouncement(subject);
      const { title, priority, priorityReasons, status } = announced.asOf;
      return {
        ...common,
        incident: { ...common.incident, title, priority, priorityReasons, status },
        links: { ...common.links, respond: common.links.incident },
        type: delivery.type,
        ...announced,
      };
    }
  }
}

function digestOf(subject: Record<string, unknown>): RequestedDigest | null {
  const { digest: name, incidents, team, because } = subject;
  return typeof name === 'string' && typeof incidents === 'number'
    ? { name, incidents, team: text(team), because: typeof because === 'string' ? because : null }
    : null;
}

/** No single incident stands for a digest: its message has the digest's own number, title and page. */
function aboutDigest<Common extends ReturnType<typeof commonOf>>(
  common: Common,
  { name, incidents, team }: RequestedDigest,
  { priority, openedAt }: Record<string, unknown>,
  publicUrl: string,
): Common {
  return {
    ...common,
    incident: {
      id: name,
      number: name,
      title: `Digest of ${incidents} ${incidents === 1 ? 'incident' : 'incidents'} of ${team}`,
      priority: PRIORITIES.find((one) => one === priority) ?? common.incident.priority,
      priorityReasons: [],
      status: 'resolved',
      service: null,
      serviceName: null,
      drill: false,
      createdAt: typeof openedAt === 'string' ? openedAt : common.incident.createdAt,
    },
    links: { ...common.links, incident: `${publicUrl}/digests/${name}` },
    bridge: null,
  };
}

function bundledInto({ alsoPaged = [] }: LeasedDelivery, publicUrl: string): { alsoPaged?: AlsoPaged[] } {
  if (alsoPaged.length === 0) return {};
  return { alsoPaged: alsoPaged.map((page) => ({ ...page, link: `${publicUrl}/l/${page.link}` })) };
}

function commonOf(delivery: LeasedDelivery, publicUrl: string, at: string) {
  const { incident } = delivery;
  return {
    incident: {
      id: incident.id,
      number: incident.number,
      title: incident.title,
      priority: incident.priority,
      priorityReasons: incident.priorityReasons,
      status: incident.status,
      service: incident.service,
      serviceName: delivery.serviceName ?? incident.service,
      drill: incident.drill !== null,
      createdAt: incident.createdAt,
    },
    person: delivery.person,
    personName: delivery.personName,
    attempt: delivery.attempt,
    possibleDuplicate: delivery.possibleDuplicate,
    links: {
      respond: `${publicUrl}/l/${delivery.link}`,
      incident: `${publicUrl}/incidents/${incident.number}`,
    },
    bridge: delivery.bridge,
    zone: delivery.zone ?? 'UTC',
    at,
  };
}

/** Enough to understand the page; the linked page shows all fields. */
const FIELDS_SENT = 12;

function aboutOf({ alert = null, incident }: LeasedDelivery): Pick<PageMessage, 'about'> {
  if (alert === null) return {};
  const { description } = alert;
  const fields = ownFields(alert.details, [description, incident.title]).slice(0, FIELDS_SENT);
  return { about: { description: description === '' ? null : description, fields } };
}

const pageOf = (delivery: LeasedDelivery, publicUrl: string, at: string): PageMessage => ({
  ...commonOf(delivery, publicUrl, at),
  type: 'page.requested',
  step: delivery.step,
  cycle: delivery.cycle,
  ...aboutOf(delivery),
  ...bundledInto(delivery, publicUrl),
});
