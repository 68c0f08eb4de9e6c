/**
 * A provider's error text, sanitised for storage and display: secrets removed, the recipient's address masked.
 * Providers often repeat the whole address: `21211 Invalid 'To' Phone Number: +4930123456`, `550 5.1.1
 * <ana@example.com>`.
 */
import { maskAddress } from '../../domain/people/mask-address.js';
import { jsonbSafeText } from '../../domain/shared/jsonb-safe.js';
import { redactText } from '../../shared/redact.js';

/** Shorter addresses occur inside too many ordinary words. */
const FEWEST = 4;

export function sanitisedError(
  said: string,
  { channel, address }: { channel: string; address: string },
): string {
  const mask = maskAddress(channel, address);
  const masked = formsOf(address).reduce((text, form) => text.replace(form, () => mask), said);
  return jsonbSafeText(redactText(masked));
}

/** Forms of an address: as written, URL-encoded, and the digits of a phone number alone. */
function formsOf(given: string): RegExp[] {
  const address = /<([^<>]+)>$/.exec(given)?.[1] ?? given;
  const digits = /^\+\d{7,15}$/.test(address) ? [new RegExp(`(?<!\\d)${address.slice(1)}(?!\\d)`, 'g')] : [];
  const whole = [...new Set([given, address, encodeURIComponent(address)])]
    .filter((form) => form.length >= FEWEST)
    .map((form) => new RegExp(form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gi'));
  return [...whole, ...digits];
}
