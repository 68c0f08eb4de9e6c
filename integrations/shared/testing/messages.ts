/** Messages for channel tests. */
import type { SpendPort } from '../../../ports/delivery.js';
import type { ChannelSettings } from '../../../config/channel-settings.js';
import type { MessageIncident, OutgoingMessage } from '../../../domain/delivery/message.js';

type Page = Extract<OutgoingMessage, { type: 'page.requested' }>;
const { type: _type, step: _step, cycle: _cycle, ...common } = pageMessage();

export function pageMessage(
  changes: Partial<Omit<Page, 'incident'>> & { incident?: Partial<MessageIncident> } = {},
): Page {
  return {
    type: 'page.requested',
    step: 1,
    cycle: 0,
    person: 'ana',
    personName: 'Ana Sorel',
    attempt: 1,
    possibleDuplicate: false,
    links: {
      respond: 'https://tocsin.example.com/l/abc',
      incident: 'https://tocsin.example.com/incidents/INC-42',
    },
    bridge: null,
    at: '2026-11-22T22:10:00.000Z',
    ...changes,
    incident: {
      id: '018f0000-0000-7000-8000-000000000042',
      number: 'INC-42',
      title: 'Replica lag 900 s',
      priority: 'P1',
      priorityReasons: ['severity is critical', 'checkout-db is tier 1'],
      status: 'triggered',
      service: 'checkout-db',
      drill: false,
      createdAt: '2026-11-22T22:09:58.000Z',
      ...changes.incident,
    },
  };
}

export const approvalMessage: OutgoingMessage = {
  ...common,
  type: 'approval.requested',
  approval: {
    id: 'a1',
    run: 'r1',
    step: 'ok',
    message: 'Drain db-2?\nIt takes 2 minutes.',
    expiresAt: '2026-11-22T22:25:00.000Z',
  },
};
export const reviewMessage: OutgoingMessage = {
  ...common,
  type: 'review.requested',
  review: { postmortem: '018f0000-0000-7000-8000-000000000042', due: '2026-11-25T17:00:00.000Z' },
};
export const noticeMessage: OutgoingMessage = { ...common, type: 'notice.sent', text: 'Drained.' };

type Told = Extract<OutgoingMessage, { type: 'incident.event' }>;

/** An event message to a subscription; `title` belongs to the incident, the rest to the event. */
export function eventMessage({
  title,
  drill = false,
  pagerduty = { type: 'incident.acknowledged', person: null },
  ...event
}: Partial<Told['event']> & { title?: string; drill?: boolean; pagerduty?: Told['pagerduty'] } = {}): Told {
  return {
    ...common,
    type: 'incident.event',
    person: 'subscription/chat',
    personName: 'subscription/chat',
    incident: {
      ...common.incident,
      status: 'acknowledged',
      drill,
      ...(title === undefined ? {} : { title }),
    },
    event: {
      seq: 3,
      kind: 'acknowledged',
      at: '2026-11-22T22:10:00.000Z',
      actor: 'ana',
      actorName: 'Ana Sorel',
      text: 'ana acknowledged',
      data: { person: 'ana' },
      ...event,
    },
    asOf: {
      title: 'Replica lag 900 s',
      priority: 'P1',
      priorityReasons: [],
      status: 'acknowledged',
      urgency: 'high',
      service: { name: 'checkout-db', title: 'Checkout database' },
      team: { name: 'checkout', title: 'Checkout' },
      policy: 'checkout',
      assignees: [{ name: 'ana', title: 'Ana Sorel' }],
    },
    pagerduty,
  };
}

/** No provider is configured; a test adds its own, with the fake's address. */
export const noAccounts: ChannelSettings = {
  twilio: null,
  telnyx: null,
  phone: { providers: ['twilio', 'telnyx'], countries: [], dailyLimit: 1_000, dailyLimitPerPerson: 100 },
  slack: null,
  telegram: null,
  ntfy: { url: 'https://ntfy.sh', token: null },
  pushover: null,
  webpush: { subject: null },
  apprise: null,
  replyMail: null,
};

/** Counts nothing and allows everything. */
export const noSpend: SpendPort = {
  reserve: () => Promise.resolve({ kind: 'allowed' }),
  refund: () => Promise.resolve(),
  refused: () => Promise.resolve(),
};
