import { expect, it } from '@jest/globals';
import { sanitisedError } from './sanitised-error.js';

it.each([
  [
    'sms',
    '+4930123456',
    "21211 Invalid 'To' Phone Number: +4930123456",
    "21211 Invalid 'To' Phone Number: …56",
  ],
  [
    'voice',
    '+4930123456',
    'To=%2B4930123456 and 4930123456 (SM14930123456)',
    'To=…56 and …56 (SM14930123456)',
  ],
  ['email', 'Ana@Example.com', '550 5.1.1 <ana@example.com>: unknown', '550 5.1.1 <A…@Example.com>: unknown'],
  ['email', 'Ana <ana@example.com>', 'no ana@example.com here', 'no a…@example.com here'],
  [
    'webhook',
    'https://hooks.example.com/T0/secret?a=1',
    'no answer from https://hooks.example.com/T0/secret?a=1',
    'no answer from hooks.example.com',
  ],
  ['telegram', '42', '400: chat 42 not found', '400: chat 42 not found'],
  ['mailbox', 'ana', 'no mailbox of ana', 'no mailbox of ana'],
  ['email', 'a.b@c.de', 'Bearer abc\0 for aXb@c.de', 'Bearer [redacted]\uFFFD for aXb@c.de'],
])('of %s to %s, "%s" is kept as "%s"', (channel, address, said, kept) =>
  expect(sanitisedError(said, { channel, address })).toBe(kept),
);
