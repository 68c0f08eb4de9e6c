/** Channel `voice`: a call that reads the page and accepts 4, 6 or 9 as an answer. Address: E.164. */
import type { Channel } from '../../../../ports/channel.js';
import { questionScript, announcementScript } from '../../../../domain/delivery/call-script.js';
import { createPhoneChannel, type PhoneDeps } from '../channel.js';
import { isPage, spokenText } from './spoken.js';

export function createVoiceChannel(deps: PhoneDeps): Channel {
  return createPhoneChannel(
    {
      name: 'voice',
      // Providers limit new accounts to one call a second. Half of the six go at once, so that a failed call is repeated after 2
      // and 10 s, as the ledger requires, and not when the minute allows.
      limits: { perSecond: 1, perAddressPerMinute: 6 },
      // The receipt comes at the end of the call: a minute of ringing, and two readings.
      confirmsWithinMs: 180_000,
      send: (provider, { destination, message, idempotencyKey: tag }, timeoutMs) => {
        const text = spokenText(message);
        const script = isPage(message)
          ? questionScript(text, provider.answersAt(tag))
          : announcementScript(text);
        return provider.placeCall({ to: destination.address, script, tag, timeoutMs });
      },
    },
    deps,
  );
}
