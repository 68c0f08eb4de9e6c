/** Composes the answer to a mail; RFC 3834 headers keep programs from answering it. */
import { createTransport } from 'nodemailer';
import type { Sender } from '../send/address.js';
import type { IncomingMail } from './read-mail.js';

const composer = createTransport(
  { streamTransport: true, buffer: true, newline: 'windows' },
  { disableFileAccess: true, disableUrlAccess: true },
);

const SUBJECT = 200;

export async function composeAnswer(
  mail: Pick<IncomingMail, 'messageId' | 'answers' | 'subject'>,
  { to, text }: { to: string; text: string },
  sender: Sender,
): Promise<Buffer> {
  const subject = oneLine(mail.subject).slice(0, SUBJECT);
  const thread = mail.messageId === null ? [] : [`<${mail.messageId}>`];
  const composed = await composer.sendMail({
    from: { name: oneLine(sender.name), address: sender.address },
    to,
    subject: /^re:/i.test(subject) ? subject : `Re: ${subject}`,
    ...(thread.length === 0
      ? {}
      : {
          inReplyTo: thread[0],
          references: [...mail.answers.slice(0, 5).map((id) => `<${id}>`), ...thread],
        }),
    headers: {
      'Auto-Submitted': 'auto-replied',
      'X-Auto-Response-Suppress': 'All',
      'X-Tocsin-Answer': 'yes',
    },
    text: `${text}\n`,
  });
  if (!Buffer.isBuffer(composed.message))
    throw new Error('the mail composer gave a stream instead of a buffer');
  return composed.message;
}

const oneLine = (text: string): string => text.replace(/\p{Cc}+/gu, ' ').trim();
