/** Channel `sms`: a text of at most three segments, answered by replying to it. Address: E.164. */
import type { Channel } from '../../../../ports/channel.js';
import { smsCode } from '../../../../shared/keys.js';
import { createPhoneChannel, type PhoneDeps } from '../channel.js';
import { smsText } from './text.js';

export function createSmsChannel(deps: PhoneDeps & { secretKey: Buffer }): Channel {
  return createPhoneChannel(
    {
      name: 'sms',
      limits: { perSecond: 10, perAddressPerMinute: 6 },
      // Networks confirm a text within seconds; a phone that is off confirms when it is on again.
      confirmsWithinMs: 120_000,
      send: (provider, { destination, message, idempotencyKey }, timeoutMs) =>
        provider.sendText({
          to: destination.address,
          text: smsText(message, smsCode(deps.secretKey, idempotencyKey)),
          tag: idempotencyKey,
          timeoutMs,
        }),
    },
    deps,
  );
}
