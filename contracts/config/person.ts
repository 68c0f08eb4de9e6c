import { z } from 'zod';
import { addressProblem, CHANNELS, isChannelName } from '../../domain/delivery/channel-traits.js';
import type { PersonSpec } from '../../domain/people/person-spec.js';
import { duration, email, isWebUrl, line, slug, timezone } from './fields.js';

/** An enum, because a misspelt channel would be accepted and reach no one. */
const channelNames = Object.keys(CHANNELS).filter(isChannelName);

export const contact = z
  .strictObject({
    name: slug,
    channel: z.enum(channelNames).meta({ description: 'mailbox is the in-app inbox.' }),
    address: line(2048).meta({ description: 'What the channel sends to (docs/channels).' }),
    secret: z
      .string()
      .regex(/^(?:whsec_[A-Za-z0-9+/]{32,88}={0,2}|\{.{1,500}\})$/, {
        error: 'a signing secret: whsec_ and base64 of 24 to 64 bytes',
      })
      .optional()
      .meta({
        description:
          'Signing secret of a webhook, made from the root key when left out; the keys of a push subscription as JSON.',
      }),
  })
  .check((ctx) => {
    const { channel, address, secret } = ctx.value;
    const secretProblem = problemOfSecret(channel, secret);
    const wrong = (path: string, message: string): void =>
      void ctx.issues.push({ code: 'custom', path: [path], message, input: address });
    const problem =
      (channel === 'email' && !z.email().safeParse(address).success) ||
      (channel === 'webhook' && !isWebUrl(address))
        ? CHANNELS[channel].address
        : addressProblem(channel, address);
    if (problem !== null) wrong('address', problem);
    if (secretProblem !== null) wrong('secret', secretProblem);
  })
  .meta({ id: 'Contact', description: 'One address a person can be reached at.' });

/** Describes the valid form of a contact's secret that is invalid; null when it is valid. */
function problemOfSecret(channel: string, secret: string | undefined): string | null {
  switch (channel) {
    case 'webhook':
      return secret === undefined || secret.startsWith('whsec_')
        ? null
        : 'a signing secret: whsec_ and base64 of 24 to 64 bytes';
    case 'webpush':
      return secret === undefined || PUSH_KEYS.test(secret)
        ? null
        : 'the keys of the subscription as JSON: {"p256dh":"…","auth":"…"}';
    default:
      return secret === undefined ? null : 'only a webhook and a browser push have a secret: leave it out';
  }
}

/** `p256dh`: 65 bytes, `auth`: 16 bytes, in base64url, in either order. */
const PUSH_KEYS =
  /^\{\s*(?:"p256dh"\s*:\s*"[\w-]{87}=?"\s*,\s*"auth"\s*:\s*"[\w-]{22}={0,2}"|"auth"\s*:\s*"[\w-]{22}={0,2}"\s*,\s*"p256dh"\s*:\s*"[\w-]{87}=?")\s*\}$/;

const rule = z
  .strictObject({
    after: duration.meta({ description: 'Elapsed since the person was paged; 0s is at once.' }),
    contact: slug.meta({ description: 'Name of one of the contacts.' }),
  })
  .meta({ id: 'PersonalRule' });

export const rules = z
  .strictObject({ high: z.array(rule).max(20).default([]), low: z.array(rule).max(20).default([]) })
  .meta({
    id: 'PersonalRules',
    description: 'Contacts and delays, for high urgency (P1, P2) and low urgency (the others).',
  });

export const personSpec = z
  .strictObject({
    displayName: line(),
    email,
    timezone,
    role: z.enum(['admin', 'manager', 'responder', 'stakeholder']).default('responder'),
    contacts: z.array(contact).max(20).default([]),
    rules: rules.default({ high: [], low: [] }),
  })
  .check((ctx) => {
    const { contacts, rules: own } = ctx.value;
    const names = contacts.map(({ name }) => name);
    names.forEach((name, index) => {
      if (names.indexOf(name) !== index)
        ctx.issues.push({
          code: 'custom',
          path: ['contacts', index, 'name'],
          message: `there is a contact "${name}" already`,
          input: name,
        });
    });
    for (const urgency of ['high', 'low'] as const) {
      own[urgency].forEach((one, index) => {
        if (names.includes(one.contact)) return;
        const message = `no contact is called "${one.contact}"; there ${names.length === 0 ? 'is none' : `are ${names.join(', ')}`}`;
        ctx.issues.push({
          code: 'custom',
          path: ['rules', urgency, index, 'contact'],
          message,
          input: one.contact,
        });
      });
    }
  })
  .meta({
    id: 'PersonSpec',
    description: 'A person who can be paged or notified.',
  }) satisfies z.ZodType<PersonSpec>;
