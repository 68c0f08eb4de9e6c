import { expect, it } from '@jest/globals';
import { saysAddressIsDead } from './dead-address.js';

it.each([
  ['email', '550 5.1.1 <ana@example.com>: user unknown', true],
  ['email', '550 no such user here', true],
  ['email', '550 5.7.1 message refused as spam; no such user policy', false],
  ['email', '552 5.2.2 mailbox full', false],
  ['email', 'no SMTP_URL configured', false],
  ['sms', 'twilio: 400: 21211 Invalid To number', true],
  ['sms', '400: 21408 not enabled for the region', false],
  ['sms', 'the spend cap of 50 messages a day is reached', false],
  ['webpush', '410: the subscription is gone', true],
  ['webpush', '413: the message is too large', false],
  ['webhook', '410: the receiver has disabled this endpoint', true],
  ['webhook', 'refused: the address is private', false],
  ['slack', 'channel_not_found', true],
  ['slack', 'invalid_auth', false],
  ['telegram', '403: Forbidden: bot was blocked by the user', true],
  ['mailbox', 'anything', false],
])('%s, "%s": dead %s', (channel, error, isDead) => expect(saysAddressIsDead(channel, error)).toBe(isDead));
