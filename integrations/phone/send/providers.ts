/** The phone providers with an account, in the order of `TOCSIN_PHONE_PROVIDERS`. */
import type { EgressPort } from '../../../ports/egress.js';
import type { ChannelSettings } from '../../../config/channel-settings.js';
import type { CallbackBase } from './callback-url.js';
import type { PhoneProvider } from './provider.js';
import { createTelnyx } from '../../telnyx/send/telnyx.js';
import { createTwilio } from '../../twilio/send/twilio.js';

export function createPhoneProviders(
  egress: EgressPort,
  { twilio, telnyx, phone }: ChannelSettings,
  base: CallbackBase,
): PhoneProvider[] {
  return phone.providers.flatMap((name) => {
    switch (name) {
      case 'twilio':
        return twilio === null ? [] : [createTwilio(egress, twilio, base)];
      case 'telnyx':
        return telnyx === null ? [] : [createTelnyx(egress, telnyx, base)];
    }
  });
}
