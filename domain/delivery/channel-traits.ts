/** All channels to people with their address formats, costs and capabilities (docs/channels); `integrations/channels.ts` sends. */
import { readAppriseUrl } from './apprise-url.js';

export interface ChannelTraits {
  title: string;
  /** Description of the address, for people and for the refusal of an invalid one. */
  address: string;
  /** Each message costs money: spend caps and country lists apply. */
  paid: boolean;
  /** Loud enough to wake a person; readiness requires at least one. */
  wakes: boolean;
  /** Can return replies: buttons, texts or digits. */
  answers: boolean;
  /** A sent message can be changed in place, silently. */
  updates: boolean;
}

const traits = (
  title: string,
  address: string,
  { paid = false, wakes = false, answers = false, updates = false }: Partial<ChannelTraits> = {},
): ChannelTraits => ({ title, address, paid, wakes, answers, updates });

export const CHANNELS = {
  email: traits('Email', 'an email address such as ana@example.com', { answers: true }),
  sms: traits('SMS', 'a phone number in E.164, such as +4930123456', {
    paid: true,
    wakes: true,
    answers: true,
  }),
  voice: traits('Phone call', 'a phone number in E.164, such as +4930123456', {
    paid: true,
    wakes: true,
    answers: true,
  }),
  slack: traits('Slack', 'the member id of a person, such as U024BE7LH', { answers: true, updates: true }),
  teams: traits('Microsoft Teams', 'the https address of a Teams workflow'),
  telegram: traits('Telegram', 'a chat id such as 123456789', { wakes: true, answers: true, updates: true }),
  ntfy: traits('ntfy', 'a topic, or the full https address of one', { wakes: true, answers: true }),
  pushover: traits('Pushover', 'a user key of 30 letters and digits', {
    wakes: true,
    answers: true,
    updates: true,
  }),
  webpush: traits('Browser push', 'a push subscription, made by the browser itself', { answers: true }),
  discord: traits('Discord', 'the https address of a Discord webhook', { updates: true }),
  apprise: traits('Apprise', 'an Apprise URL, or the key of a configuration stored in the Apprise API'),
  webhook: traits('Webhook', 'a full http or https address such as https://hooks.example.com/ana'),
  mailbox: traits('In-app mailbox', 'the name of the mailbox', { answers: true }),
} as const satisfies Record<string, ChannelTraits>;

export type ChannelName = keyof typeof CHANNELS;

/** Channels whose sent messages are updated in place. */
export const UPDATING_CHANNELS: readonly string[] = Object.entries(CHANNELS)
  .filter(([, { updates }]) => updates)
  .map(([name]) => name);

export const isChannelName = (name: string): name is ChannelName => Object.hasOwn(CHANNELS, name);

/** E.164: a plus, a country code that does not begin with 0, at most 15 digits (ITU-T E.164 §6). */
const PHONE = /^\+[1-9]\d{6,14}$/;

/** Describes the valid form of an address that is invalid; null when it is plausible. */
export function addressProblem(channel: ChannelName, address: string): string | null {
  return isPlausible[channel](address) ? null : CHANNELS[channel].address;
}

/** The name of a configuration stored in the Apprise API: its operator decided where that one sends. */
export const isAppriseKey = (text: string): boolean => /^[A-Za-z0-9_-]{1,128}$/.test(text);

const isHttp = (text: string): boolean => /^https?:\/\/[^\s/]+/i.test(text);

/** Checks the form only; a verification or test page proves that the address works. Loopback http is for local fakes. */
const isPlausible: Record<ChannelName, (address: string) => boolean> = {
  email: (text) => /^[^\s@,;<>"]{1,64}@[^\s@,;<>"]{1,255}$/.test(text),
  sms: (text) => PHONE.test(text),
  voice: (text) => PHONE.test(text),
  slack: (text) => /^[UWDCG][A-Z0-9]{2,20}$/.test(text),
  teams: isHttp,
  telegram: (text) => /^-?\d{1,20}$|^@[A-Za-z][A-Za-z0-9_]{4,31}$/.test(text),
  ntfy: (text) => /^[A-Za-z0-9_-]{1,64}$/.test(text) || isHttp(text),
  pushover: (text) => /^[A-Za-z0-9]{30}$/.test(text),
  webpush: isHttp,
  discord: isHttp,
  apprise: (text) => isAppriseKey(text) || readAppriseUrl(text).kind === 'service',
  webhook: isHttp,
  mailbox: (text) => text !== '',
};
