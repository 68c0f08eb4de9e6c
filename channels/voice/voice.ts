/** Channel `voice`: a call that says what is wrong and takes 4, 6 or 9 for an answer. Address: E.164. */
import type { Channel } from '../../activities/ports.js';
import { askingScript, tellingScript } from '../../domain/delivery/call-script.js';
import { createPhoneChannel, type PhoneDeps } from '../phone/channel.js';
import { isPage, spokenText } from './spoken.js';

export function createVoiceChannel(deps: PhoneDeps): Channel {
  return createPhoneChannel(
    {
      name: 'voice',
      // One a second is what providers start new accounts with. Half of the six go at once, so that a call that did not get
      // through is made again after 2 and 10 s, as the ledger wants, and not when the minute allows.
      limits: { perSecond: 1, perAddressPerMinute: 6 },
      // The receipt comes at the end of the call: a minute of ringing, and listening twice.
      confirmsWithinMs: 180_000,
      send: (provider, { destination, message, idempotencyKey: tag }, timeoutMs) => {
        const text = spokenText(message);
        const script = isPage(message) ? askingScript(text, provider.answersAt(tag)) : tellingScript(text);
        return provider.placeCall({ to: destination.address, script, tag, timeoutMs });
      },
    },
    deps,
  );
}
