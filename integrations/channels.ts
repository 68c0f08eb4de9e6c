/**
 * All channels by the name that contacts use. A new channel has a line here, its traits in `domain/delivery/channel-traits.ts`, and
 * its page in `docs/channels/`.
 */
import type { Channel } from '../ports/channel.js';
import type { MailboxPort, PhoneCallbackPort, SpendPort } from '../ports/delivery.js';
import type { EgressPort } from '../ports/egress.js';
import type { ChannelSettings } from '../config/channel-settings.js';
import { missingChannels } from '../config/missing-channels.js';
import { createAppriseChannel } from './apprise/send/apprise.js';
import { canaryChannel } from './canary/send/canary.js';
import { createDiscordChannel } from './discord/send/discord.js';
import { createEmailChannel } from './email/send/email.js';
import { createMailboxChannel } from './mailbox/send/mailbox.js';
import { createNtfyChannel } from './ntfy/send/ntfy.js';
import { createPhoneProviders } from './phone/send/providers.js';
import { createPagerdutyWebhook } from './pagerduty/send/pagerduty-webhook.js';
import { createPushoverChannel } from './pushover/send/pushover.js';
import { createSlackChannel } from './slack/send/slack.js';
import { createSmsChannel } from './phone/send/sms/sms.js';
import { createTeamsChannel } from './teams/send/teams.js';
import { createTelegramChannel } from './telegram/send/telegram.js';
import { createVoiceChannel } from './phone/send/voice/voice.js';
import { createWebhookChannel } from './webhook/send/webhook.js';
import { createWebpushChannel } from './webpush/send/webpush.js';

export interface ChannelDeps {
  /** For what the operator configured: providers and their servers. */
  egress: EgressPort;
  /** For addresses that people enter, which reach other private networks: `TOCSIN_EGRESS_ALLOW_CONTACTS`. */
  contactEgress: EgressPort;
  /** `SMTP_URL`; null makes `email` fail with the reason. */
  smtpUrl: string | null;
  /** `TOCSIN_MAIL_FROM`. */
  mailFrom: string;
  mailbox: MailboxPort;
  /** Counts of paid messages. */
  spend: SpendPort;
  /** Callbacks of phone providers. */
  phoneCallbacks: PhoneCallbackPort;
  /** Accounts of the channels below. */
  settings: ChannelSettings;
  /** Root key, from which VAPID and callback keys are derived. */
  secretKey: Buffer;
  /** `TOCSIN_URL`: base URL for callbacks of providers. */
  publicUrl: string;
}

/** A name missing in the map is a channel that this release does not have; `sendDelivery` fails such a row permanently. */
export function createChannels(deps: ChannelDeps): Map<string, Channel> {
  const { contactEgress, smtpUrl, mailFrom, mailbox, publicUrl, settings } = deps;
  const missing = missingChannels({ smtpUrl, publicUrl, channels: settings });
  const channels = [
    ...[...missing].map(([name, reason]) => withoutSetUp(name, reason)),
    ...(smtpUrl === null ? [] : [createEmailChannel({ smtpUrl, from: mailFrom, replies: repliesOf(deps) })]),
    createWebhookChannel(contactEgress),
    createPagerdutyWebhook(contactEgress),
    createMailboxChannel(mailbox),
    canaryChannel,
    ...createPhoneChannels(deps),
    ...createPushChannels(deps),
    ...createChatChannels(deps),
  ];
  return new Map(channels.map((channel) => [channel.name, channel]));
}

function createPhoneChannels({
  egress,
  settings,
  publicUrl,
  spend,
  phoneCallbacks,
  secretKey,
}: ChannelDeps): Channel[] {
  const providers = createPhoneProviders(egress, settings, { publicUrl, secretKey });
  if (providers.length === 0) return [];
  const phone = { providers, limits: settings.phone, spend, phoneCallbacks };
  return [createSmsChannel({ ...phone, secretKey }), createVoiceChannel(phone)];
}

function repliesOf({ settings: { replyMail }, secretKey }: ChannelDeps) {
  return replyMail === null ? null : { domain: replyMail.domain, secretKey };
}

function createPushChannels({
  egress,
  contactEgress,
  settings,
  secretKey,
  publicUrl,
}: ChannelDeps): Channel[] {
  const { pushover, apprise } = settings;
  const subject = settings.webpush.subject ?? (publicUrl.startsWith('https:') ? publicUrl : null);
  return [
    createNtfyChannel({ egress, contactEgress, ...settings.ntfy }),
    ...(pushover === null ? [] : [createPushoverChannel({ egress, secretKey, publicUrl, ...pushover })]),
    ...(subject === null ? [] : [createWebpushChannel({ egress: contactEgress, subject, secretKey })]),
    ...(apprise === null ? [] : [createAppriseChannel({ egress, contactEgress, ...apprise })]),
  ];
}

function createChatChannels({
  egress,
  contactEgress,
  settings: { slack, telegram },
}: ChannelDeps): Channel[] {
  return [
    ...(slack === null
      ? []
      : [
          createSlackChannel({
            egress,
            ...slack,
            withButtons: slack.signingSecret !== null || slack.appToken !== null,
          }),
        ]),
    ...(telegram === null ? [] : [createTelegramChannel({ egress, ...telegram })]),
    createDiscordChannel({ egress: contactEgress }),
    createTeamsChannel({ egress: contactEgress }),
  ];
}

/** Permanent, so that the person's next contact is tried at once. */
function withoutSetUp(name: string, error: string): Channel {
  return { name, send: () => Promise.resolve({ kind: 'failed', provider: name, error, permanent: true }) };
}
