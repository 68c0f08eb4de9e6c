import { expect, it } from '@jest/globals';
import { maskAddress } from './mask-address.js';

it.each([
  ['email', 'ana@example.com', 'a…@example.com'],
  ['email', 'Ana Sorel <ana@example.com>', 'a…@example.com'],
  ['webhook', 'https://user:secret@hooks.example.com:8443/T0/B1/xyz?token=1', 'hooks.example.com:8443'],
  ['sms', '+49 170 1234567', '…67'],
  ['mailbox', 'ana', 'ana'],
  ['webhook', 'https://discord.com/api/webhooks/1/secret', 'discord.com'],
  ['slack', 'U024BE7LH', 'U…'],
  ['chat', '🙂channel', '🙂…'],
  ['email', '', ''],
])('%s %s is shown as %s', (channel, address, masked) => {
  expect(maskAddress(channel, address)).toBe(masked);
});
