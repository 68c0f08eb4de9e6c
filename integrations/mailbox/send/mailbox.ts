/** Channel `mailbox`: the in-app inbox of the practice organisation. The address is the person's name. */
import type { Channel } from '../../../ports/channel.js';
import type { MailboxPort } from '../../../ports/delivery.js';
import { renderLongText, renderSubject } from '../../shared/send/render.js';

/** A repeat under the same key is the same entry, so a failure is safe to retry and never ambiguous. */
export function createMailboxChannel(mailbox: MailboxPort): Channel {
  return {
    name: 'mailbox',
    async send({ destination, message, idempotencyKey }) {
      try {
        await mailbox.put({
          idempotencyKey,
          person: destination.address,
          subject: renderSubject(message),
          text: renderLongText(message),
          link: message.links.respond,
          message,
        });
        return { kind: 'accepted', provider: 'mailbox', providerId: idempotencyKey };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return {
          kind: 'failed',
          provider: 'mailbox',
          error: `the mailbox did not take it: ${reason}`,
          permanent: false,
        };
      }
    },
  };
}
