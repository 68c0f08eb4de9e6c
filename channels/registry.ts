/** Every channel there is, by the name that contacts use. */
import type { Channel, EgressPort, MailboxPort } from '../activities/ports.js';
import type { ChannelSettings } from '../config/channel-settings.js';
import { createEmailChannel } from './email/email.js';
import { createMailboxChannel } from './mailbox/mailbox.js';
import { createWebhookChannel } from './webhook/webhook.js';

export interface ChannelDeps {
  egress: EgressPort;
  /** `SMTP_URL`; null leaves `email` in place, failing with the reason. */
  smtpUrl: string | null;
  /** `TOCSIN_MAIL_FROM`. */
  mailFrom: string;
  mailbox: MailboxPort;
  /** Accounts of the channels below. */
  settings: ChannelSettings;
  /** Root key, for keys that are derived (VAPID, callbacks). */
  secretKey: Buffer;
  /** `TOCSIN_URL`: where providers call back. */
  publicUrl: string;
}

/** A name that is not in the map is a channel this release does not have; `sendDelivery` fails such a row for good. */
export function createChannels({ egress, smtpUrl, mailFrom, mailbox }: ChannelDeps): Map<string, Channel> {
  const channels = [
    smtpUrl === null
      ? withoutSetUp('email', 'no SMTP_URL configured')
      : createEmailChannel({ smtpUrl, from: mailFrom }),
    createWebhookChannel(egress),
    createMailboxChannel(mailbox),
  ];
  return new Map(channels.map((channel) => [channel.name, channel]));
}

/** Permanent, so that the page goes on to the person's next contact at once. */
function withoutSetUp(name: string, error: string): Channel {
  return { name, send: () => Promise.resolve({ kind: 'failed', provider: name, error, permanent: true }) };
}
