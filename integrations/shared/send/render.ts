/** Renders a message as text for every channel. Pure; each channel adds its own format. */
import { plain } from '../../../domain/shared/plain-text.js';
import { minuteText, withTimesIn } from '../../../domain/oncall/time-text.js';
import { stepRefText } from '../../../domain/incident/step-text.js';
import {
  type AlsoPaged,
  isContactMessage,
  type MessageIncident,
  type OutgoingMessage,
  type RequestedDigest,
} from '../../../domain/delivery/message.js';

const MAX_TITLE = 160;
const MAX_DESCRIPTION = 2000;
const MAX_FIELD_NAME = 40;

/** The parts of a long text, so that channels with and without layout have the same content. */
export interface RenderedMessage {
  /** The same for every message about an incident, so mail programs thread them: `[P1] INC-42 Replica lag – checkout-db`. */
  subject: string;
  /** One sentence with the request to the reader. */
  lead: string;
  /** Remarks that change the meaning of the rest: a drill, a possible repeat. */
  notices: string[];
  facts: { name: string; value: string }[];
  /** A longer text: the approval's question, the notice, the other incidents of a page. Null for most pages and reviews. */
  body: string | null;
  /** The sender's description of the alert. Null: none, or not a page. For channels with enough space. */
  description: string | null;
  /** Annotations, custom details, own fields. */
  fields: { name: string; value: string }[];
  /** Label of the button to `links.respond`. */
  action: string;
}

export function renderMessage(message: OutgoingMessage): RenderedMessage {
  const { incident } = message;
  const service = serviceOf(incident);
  return {
    subject: renderSubject(message),
    lead: leadOf(message),
    notices: noticesOf(message),
    facts:
      isContactMessage(message) || digestOf(message) !== null
        ? factsOf(message)
        : [
            { name: 'Incident', value: `${incident.number}, ${incident.priority}, ${incident.status}` },
            ...(service === null ? [] : [{ name: 'Service', value: service }]),
            { name: 'Since', value: clock(incident.createdAt, message.zone) },
            ...(incident.priorityReasons.length === 0
              ? []
              : [{ name: `Why ${incident.priority}`, value: oneLine(incident.priorityReasons.join('; ')) }]),
            ...factsOf(message),
            ...(message.bridge === null ? [] : [{ name: 'Bridge', value: oneLine(message.bridge) }]),
          ],
    body: bodyOf(message),
    description: descriptionOf(message),
    fields: (message.type === 'page.requested' ? (message.about?.fields ?? []) : []).map(
      ({ name, value }) => ({
        name: cut(oneLine(name), MAX_FIELD_NAME),
        value: oneLine(value),
      }),
    ),
    action: actionOf(message),
  };
}

/** The service as people call it, on one line. */
export function serviceOf({ service, serviceName = service }: MessageIncident): string | null {
  return serviceName === null ? null : oneLine(serviceName);
}

export function renderSubject(message: OutgoingMessage): string {
  const { incident } = message;
  if (message.type === 'contact.code') return `${message.code} is your Tocsin code`;
  if (message.type === 'contact.test') return 'TEST page from Tocsin: nothing is broken';
  if (message.type === 'contact.sign-in') return 'Your sign-in link for Tocsin';
  if (message.type === 'contact.notice') return cut(oneLine(incident.title), MAX_TITLE);
  const named = serviceOf(incident);
  const service = named === null ? '' : ` – ${named}`;
  const title = cut(oneLine(incident.title), MAX_TITLE);
  if (digestOf(message) !== null) return `${incident.number} ${title}: please review`;
  return `${incident.drill ? 'DRILL ' : ''}[${incident.priority}] ${incident.number} ${title}${service}`;
}

/** For SMS-sized channels and list rows: the subject, the remarks and the link, on one line. */
export function renderShortText(message: OutgoingMessage): string {
  const { subject, notices } = renderMessage(message);
  const bundled = bundledOf(message).length;
  const remarks = [
    ...notices.filter((notice) => notice !== DRILL_NOTICE).map((notice) => ` ${notice}`),
    ...(bundled === 0 ? [] : [` And ${countOf(bundled)}.`]),
  ];
  return `${subject}.${remarks.join('')} ${message.links.respond}`;
}

/** The complete message as plain text with written-out links. */
export function renderLongText(message: OutgoingMessage): string {
  const { lead, notices, facts, body, description, fields, action } = renderMessage(message);
  const width = Math.max(...facts.map(({ name }) => name.length)) + 1;
  return [
    ...notices.flatMap((notice) => [notice, '']),
    lead,
    '',
    ...(isContactMessage(message) ? [] : [oneLine(message.incident.title), '']),
    ...(description === null ? [] : [description, '']),
    ...facts.map(({ name, value }) => `${`${name}:`.padEnd(width)} ${value}`),
    ...(fields.length === 0 ? [] : ['', ...fields.map(({ name, value }) => `${name}: ${value}`)]),
    ...(body === null ? [] : ['', body]),
    ...renderAlsoPaged(message).map(({ text, link }) => `  ${text}: ${link}`),
    '',
    `${action}: ${message.links.respond}`,
    ...(isContactMessage(message)
      ? []
      : [`${digestOf(message) === null ? 'Incident' : 'Digest'}: ${message.links.incident}`]),
    '',
  ].join('\n');
}

/** Removes line breaks and other control characters: for headers, subjects and single lines. */
export function oneLine(text: string): string {
  // Bidirectional overrides are removed too, because they change the way a subject reads.
  return text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

const DRILL_NOTICE = 'DRILL: this is an exercise. Nothing is really broken; respond as if it were.';
const DUPLICATE_NOTICE = 'May be a repeat of an earlier message.';

function noticesOf(message: OutgoingMessage): string[] {
  return [
    ...(message.incident.drill ? [DRILL_NOTICE] : []),
    ...(message.possibleDuplicate ? [DUPLICATE_NOTICE] : []),
  ];
}

function leadOf(message: OutgoingMessage): string {
  const name = oneLine(message.personName);
  switch (message.type) {
    case 'page.requested': {
      const more = bundledOf(message).length;
      const what = more === 0 ? '' : ` for ${more + 1} incidents`;
      return message.cycle === 0
        ? `${name}, you are being paged${what}.`
        : `${name}, you are being paged again${what}: nobody has it yet.`;
    }
    case 'approval.requested':
      return `${name}, a runbook step waits for your approval.`;
    case 'review.requested':
      return digestOf(message) === null
        ? `${name}, please review this post-mortem.`
        : `${name}, please review these incidents: one sentence, and approve or pull out.`;
    case 'notice.sent':
    case 'contact.notice':
      return `${name}, for your information.`;
    case 'contact.code':
      return `${name}, your code is ${message.code}. It is good for ${message.minutes} minutes; if you did not ask for it, do nothing.`;
    case 'contact.sign-in':
      return `${name}, this link signs you in. It works once, for ${message.minutes} minutes; if you did not ask for it, do nothing.`;
    case 'contact.test':
      return `${name}, this is a TEST: nothing is broken. Say that it arrived, so that everybody knows you can be reached here.`;
    case 'incident.event':
      return oneLine(message.event.text);
  }
}

function factsOf(message: OutgoingMessage): { name: string; value: string }[] {
  switch (message.type) {
    case 'page.requested':
      return [{ name: 'Escalation', value: stepRefText(message) }];
    case 'approval.requested': {
      const { step, title, message: asks, expiresAt } = message.approval;
      return [
        // The complete question follows below.
        ...(title !== undefined && asks.startsWith(title.replace(/…$/, ''))
          ? []
          : [{ name: 'Step', value: oneLine(title ?? step) }]),
        ...(expiresAt === null ? [] : [{ name: 'Answer by', value: clock(expiresAt, message.zone) }]),
      ];
    }
    case 'review.requested': {
      const { due, digest = null } = message.review;
      return [
        ...(digest === null
          ? []
          : [
              { name: 'Digest', value: oneLine(`${digest.name}, team ${digest.team}`) },
              { name: 'Incidents', value: String(digest.incidents) },
            ]),
        ...(due === '' ? [] : [{ name: 'Review by', value: clock(due, message.zone) }]),
      ];
    }
    case 'contact.code':
    case 'contact.sign-in':
    case 'contact.test':
      return [{ name: 'Contact', value: oneLine(message.contact) }];
    case 'notice.sent':
    case 'contact.notice':
    case 'incident.event':
      return [];
  }
}

function bodyOf(message: OutgoingMessage): string | null {
  switch (message.type) {
    case 'approval.requested':
      return printable(message.approval.message);
    case 'notice.sent':
    case 'contact.notice':
      return withTimesIn(printable(message.text), message.zone);
    case 'page.requested': {
      const more = bundledOf(message);
      return more.length === 0
        ? null
        : `${countOf(more.length)}: ${more.map(({ number }) => number).join(', ')}.`;
    }
    case 'review.requested':
      return digestOf(message)?.because ?? null;
    case 'contact.code':
    case 'contact.sign-in':
    case 'contact.test':
    case 'incident.event':
      return null;
  }
}

const digestOf = (message: OutgoingMessage): RequestedDigest | null =>
  message.type === 'review.requested' ? (message.review.digest ?? null) : null;

const countOf = (more: number): string => `${more} more ${more === 1 ? 'incident' : 'incidents'}`;

const bundledOf = (message: OutgoingMessage): AlsoPaged[] =>
  message.type === 'page.requested' ? (message.alsoPaged ?? []) : [];

/** One line for each other incident of a page, with its link; empty for all other messages. */
export const renderAlsoPaged = (message: OutgoingMessage): { text: string; link: string }[] =>
  bundledOf(message).map(({ priority, number, title, link }) => ({
    text: `[${priority}] ${number} ${cut(oneLine(title), MAX_TITLE)}`,
    link,
  }));

function actionOf(message: OutgoingMessage): string {
  switch (message.type) {
    case 'page.requested':
      return 'Respond';
    case 'approval.requested':
      return 'Approve or reject';
    case 'review.requested':
      return 'Review';
    case 'contact.code':
      return 'Enter the code';
    case 'contact.sign-in':
      return 'Sign in';
    case 'contact.test':
      return 'I have it';
    case 'contact.notice':
      return 'See what was refused';
    case 'notice.sent':
    case 'incident.event':
      return 'Open';
  }
}

function descriptionOf(message: OutgoingMessage): string | null {
  const description = message.type === 'page.requested' ? (message.about?.description ?? null) : null;
  return description === null ? null : cut(printable(description).trim(), MAX_DESCRIPTION);
}

/** `2026-11-22 23:10 CET`; a text that is not an instant stays unchanged. */
function clock(instant: string, zone: string | undefined): string {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(instant) ? minuteText(instant, zone) : oneLine(instant);
}

function printable(text: string): string {
  return plain(text.replace(/\r\n?/g, '\n'));
}

function cut(text: string, max: number): string {
  const characters = Array.from(text);
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join('')}…`;
}
