/** Composes a message as the bytes of a mail (RFC 5322): threading headers, text and HTML. */
import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { isContactMessage, type OutgoingMessage } from '../../../domain/delivery/message.js';
import { oneLine, renderLongText, renderSubject } from '../../shared/send/render.js';
import type { Sender } from './address.js';
import { renderHtml } from './html.js';

export interface ComposedMail {
  /** With its angle brackets. */
  messageId: string;
  raw: Buffer;
}

/** Composes in memory; opens no file or URL that a text may name. */
const composer = createTransport(
  { streamTransport: true, buffer: true, newline: 'windows' },
  { disableFileAccess: true, disableUrlAccess: true },
);

/**
 * The Message-ID derives from the idempotency key, so a repeat is the same mail and mailboxes may deduplicate it. Every mail
 * about an incident has the same root in `References`, a Message-ID that no mail has: the first mail differs from person to
 * person, and mail programs thread by the reference alone. The subject is the same too, which Gmail requires.
 */
export async function composeMail(
  message: OutgoingMessage,
  to: string,
  idempotencyKey: string,
  sender: Sender,
  /** Address for replies; null: none. */
  replyTo: string | null = null,
): Promise<ComposedMail> {
  const messageId = `<${idOf(idempotencyKey)}@${sender.domain}>`;
  const root = isContactMessage(message) ? null : `<incident-${idOf(message.incident.id)}@${sender.domain}>`;
  const isUrgent =
    message.type === 'page.requested' &&
    (message.incident.priority === 'P1' || message.incident.priority === 'P2');
  const composed = await composer.sendMail({
    messageId,
    from: { name: oneLine(sender.name), address: sender.address },
    to: { name: oneLine(message.personName), address: to },
    ...(replyTo === null ? {} : { replyTo: { name: oneLine(sender.name), address: replyTo } }),
    subject: renderSubject(message),
    ...(root === null ? {} : { inReplyTo: root, references: root }),
    headers: {
      // RFC 3834 and Outlook's equivalent: suppress out-of-office replies.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(root === null ? {} : { 'X-Tocsin-Incident': oneLine(message.incident.number) }),
    },
    ...(isUrgent ? { priority: 'high' as const } : {}),
    text: renderLongText(message),
    html: renderHtml(message),
  });
  if (!Buffer.isBuffer(composed.message))
    throw new Error('the mail composer gave a stream instead of a buffer');
  return { messageId, raw: composed.message };
}

function idOf(key: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(key) ? key : createHash('sha256').update(key).digest('hex');
}
