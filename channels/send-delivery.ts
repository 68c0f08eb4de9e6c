/**
 * One attempt at one leased ledger row: re-read, call the channel, settle. The worker's activities and the break-glass pager
 * send through this and nothing else.
 */
import type { Channel, LedgerPort } from '../activities/ports.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';
import type { OutgoingMessage } from '../domain/delivery/message.js';

export interface Sender {
  ledger: LedgerPort;
  channels: ReadonlyMap<string, Channel>;
  publicUrl: string;
}

export type Attempted = 'accepted' | 'failed' | 'ambiguous' | 'withdrawn';

export async function sendDelivery(
  sender: Sender,
  delivery: LeasedDelivery,
  timeoutMs: number,
): Promise<Attempted> {
  if (!(await sender.ledger.mayStillSend(delivery.lease))) {
    await sender.ledger.withdraw(delivery.lease);
    return 'withdrawn';
  }
  const channel = sender.channels.get(delivery.channel);
  const outcome =
    channel === undefined
      ? ({
          kind: 'failed',
          provider: delivery.channel,
          error: `no channel named ${delivery.channel}`,
          permanent: true,
        } as const)
      : await channel.send({
          destination: { channel: delivery.channel, address: delivery.address, secret: delivery.secret },
          message: messageOf(delivery, sender.publicUrl, new Date().toISOString()),
          idempotencyKey: delivery.key,
          timeoutMs,
        });
  await sender.ledger.settle(delivery, outcome);
  return outcome.kind;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The message of a ledger row, as it is now: the incident's status and title are those of the moment of sending. */
export function messageOf(delivery: LeasedDelivery, publicUrl: string, at: string): OutgoingMessage {
  const { incident, subject } = delivery;
  const common = {
    incident: {
      id: incident.id,
      number: incident.number,
      title: incident.title,
      priority: incident.priority,
      priorityReasons: incident.priorityReasons,
      status: incident.status,
      service: incident.service,
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
    at,
  };
  switch (delivery.type) {
    case 'page.requested':
      return { ...common, type: delivery.type, step: delivery.step, cycle: delivery.cycle };
    case 'approval.requested': {
      const expiresAt = subject['expiresAt'];
      const approval = {
        id: text(subject['id']),
        run: text(subject['run']),
        step: text(subject['step']),
        message: text(subject['message']),
      };
      return {
        ...common,
        type: delivery.type,
        approval: { ...approval, expiresAt: typeof expiresAt === 'string' ? expiresAt : null },
      };
    }
    case 'review.requested':
      return {
        ...common,
        type: delivery.type,
        review: { postmortem: incident.id, due: text(subject['due']) },
      };
    case 'notice.sent':
      return { ...common, type: delivery.type, text: text(subject['text']) };
  }
}
