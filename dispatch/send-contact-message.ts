/** One attempt to send a code, a test page or a sign-in link, through the same channels as pages. */
import type { Channel, SendOutcome } from '../ports/channel.js';
import type { LeasedContactMessage } from '../domain/delivery/contact-message.js';
import type { ContactMessage } from '../domain/delivery/message.js';
import { CODE_MINUTES, SIGN_IN_MINUTES } from '../domain/people/limits.js';

export async function sendContactMessage(
  channels: ReadonlyMap<string, Channel>,
  publicUrl: string,
  leased: LeasedContactMessage,
  timeoutMs: number,
): Promise<SendOutcome> {
  const channel = channels.get(leased.channel);
  const failed = (error: string): SendOutcome => ({
    kind: 'failed',
    provider: leased.channel,
    error,
    permanent: true,
  });
  if (channel === undefined) return failed(`no channel named ${leased.channel}`);
  const message = contactMessage(leased, publicUrl, new Date().toISOString());
  if (message === null) return failed('the code can no longer be read; ask for a new one');
  const { address, secret, key: idempotencyKey, possibleDuplicate } = leased;
  const request = {
    destination: { channel: leased.channel, address, secret },
    message,
    idempotencyKey,
    timeoutMs,
  };
  const known = possibleDuplicate ? await channel.lookUp?.(request) : null;
  return known ?? channel.send(request);
}

/** Null for a code that can no longer be decrypted. `at`: ISO 8601, time of this attempt. */
export function contactMessage(
  leased: LeasedContactMessage,
  publicUrl: string,
  at: string,
): ContactMessage | null {
  const { person, personName, contact, attempt, possibleDuplicate, key } = leased;
  const about = (title: string) => ({
    incident: {
      id: key,
      number: 'TEST',
      title,
      priority: 'P5' as const,
      priorityReasons: [],
      status: 'closed' as const,
      service: null,
      drill: false,
      createdAt: at,
    },
    person,
    personName,
    contact,
    attempt,
    possibleDuplicate,
    at,
    bridge: null,
  });
  if (leased.kind === 'test') {
    const respond = `${publicUrl}/reach/${leased.link}`;
    return {
      ...about('TEST: nothing is broken'),
      links: { respond, incident: respond },
      type: 'contact.test',
    };
  }
  if (leased.kind === 'sign-in') {
    const respond = `${publicUrl}/setup/${leased.link}`;
    return {
      ...about('Your sign-in link'),
      links: { respond, incident: respond },
      type: 'contact.sign-in',
      minutes: SIGN_IN_MINUTES,
    };
  }
  if (leased.kind === 'notice') {
    const respond = `${publicUrl}/system`;
    return {
      ...about(leased.title),
      links: { respond, incident: respond },
      type: 'contact.notice',
      text: leased.text,
    };
  }
  if (leased.code === null) return null;
  const respond = `${publicUrl}/profile`;
  return {
    ...about(`Your code is ${leased.code}`),
    links: { respond, incident: respond },
    type: 'contact.code',
    code: leased.code,
    minutes: CODE_MINUTES,
  };
}
