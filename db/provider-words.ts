/**
 * What a provider said, as it is kept and shown: without secrets, and with the address that it was about masked as it is beside it.
 * Providers like to repeat it whole: `21211 Invalid 'To' Phone Number: +4930123456`, `550 5.1.1 <ana@example.com>`.
 */
import { redactText } from '../config/logger.js';
import { maskAddress } from './views/mask-address.js';

/** Whatever is shorter stands in too many other words. */
const FEWEST = 4;

export function providerWords(
  said: string,
  { channel, address }: { channel: string; address: string },
): string {
  const mask = maskAddress(channel, address);
  const masked = formsOf(address).reduce((text, form) => text.replace(form, () => mask), said);
  // PostgreSQL keeps no NUL in a text.
  return redactText(masked).replaceAll('\0', '\uFFFD');
}

/** As a person wrote it, as it stands in a query, and the digits of a telephone number alone. */
function formsOf(given: string): RegExp[] {
  const address = /<([^<>]+)>$/.exec(given)?.[1] ?? given;
  const digits = /^\+\d{7,15}$/.test(address) ? [new RegExp(`(?<!\\d)${address.slice(1)}(?!\\d)`, 'g')] : [];
  const whole = [...new Set([given, address, encodeURIComponent(address)])]
    .filter((form) => form.length >= FEWEST)
    .map((form) => new RegExp(form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gi'));
  return [...whole, ...digits];
}
