/** Channel `voice`: a call that says what is wrong and takes 4, 6 or 9 for an answer. Address: E.164. */
import type { Channel } from '../../activities/ports.js';
import { askingScript, tellingScript } from '../../domain/delivery/call-script.js';
import { createPhoneChannel, type PhoneDeps } from '../phone/channel.js';
import { isPage, spokenText } from './spoken.js';

export function createVoiceChannel(deps: PhoneDeps): Channel {
  return createPhoneChannel(
    {
      name: 'voice',
      limits: { perSecond: 1, perAddressPerMinute: 2 },
      send: (provider, { destination, message, idempotencyKey: tag }, timeoutMs) => {
        const text = spokenText(message);
        const script = isPage(message) ? askingScript(text, provider.answersAt(tag)) : tellingScript(text);
        return provider.placeCall({ to: destination.address, script, tag, timeoutMs });
      },
    },
    deps,
  );
}
