/** Normalises an address, so that a provider's form of it matches the contact that a person entered. Pure. */
import type { ChannelName } from '../delivery/channel-traits.js';

export function contactIdentity(channel: ChannelName, address: string): string {
  const text = address.trim();
  switch (channel) {
    case 'sms':
    case 'voice': {
      // `whatsapp:+49…` and `sip:` are other services of the same providers, not this phone.
      const digits = text.replace(/[\s()./-]/g, '').replace(/^00(?=[1-9])/, '+');
      return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : digits;
    }
    case 'email':
      return (/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text).trim().toLowerCase();
    case 'slack':
      return text.toUpperCase();
    case 'telegram':
      return text.toLowerCase();
    default:
      return text;
  }
}
