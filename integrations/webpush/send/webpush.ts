/** Channel `webpush`: an encrypted message to the push service of a browser (RFC 8030, 8291, 8292). */
import { createHash } from 'node:crypto';
import type { Channel } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import { vapidKeys } from '../../../shared/keys.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { failure, readProviderAnswer, shownAnswer } from '../../shared/send/provider-answer.js';
import { cutBytes, linkHook, pushText } from '../../shared/send/push-text.js';
import { readSubscriptionKeys } from './subscription.js';

/** Push services accept 4096 bytes, of which encryption needs 103 (RFC 8291 §4). */
const PAYLOAD_BYTES = 3_900;
const TITLE_BYTES = 250;
/** Seconds that the service stores a message for a browser that is off, so that yesterday's page wakes no one. */
const TTL = { loud: 3_600, normal: 3_600, quiet: 86_400 } as const;
const URGENCY = { loud: 'high', normal: 'high', quiet: 'normal' } as const;

/** `subject`: contact for push services about this deployment, `mailto:` or `https:`. */
export function createWebpushChannel(options: {
  egress: EgressPort;
  subject: string;
  secretKey: Buffer;
}): Channel {
  const vapidDetails = { subject: options.subject, ...vapidKeys(options.secretKey) };
  return {
    name: 'webpush',
    async send({ destination, message, idempotencyKey, timeoutMs }) {
      const keys = readSubscriptionKeys(destination.secret);
      if (keys === null)
        return failure('webpush', 'the keys of the subscription are missing or broken', true);
      const { loudness } = pushText(message);
      // Loaded by the first push, not by every process at its start.
      const { default: webpush } = await import('web-push');
      let details;
      try {
        details = webpush.generateRequestDetails(
          { endpoint: destination.address, keys },
          payloadOf(message),
          {
            vapidDetails,
            TTL: TTL[loudness],
            urgency: URGENCY[loudness],
            // A repeat replaces the first while the browser has not fetched it.
            topic: createHash('sha256').update(idempotencyKey).digest('base64url').slice(0, 32),
            contentEncoding: 'aes128gcm',
          },
        );
      } catch {
        // The library's own message may quote the keys.
        return failure('webpush', 'the subscription cannot be used to encrypt a message', true);
      }
      const answer = await options.egress.request({
        method: 'POST',
        url: destination.address,
        headers: headersOf(details.headers),
        body: details.body ?? '',
        timeoutMs,
        maxBytes: 1_024,
      });
      return readProviderAnswer('webpush', answer, (given) => {
        if (given.status === 404 || given.status === 410)
          return failure('webpush', `${given.status}: the subscription is gone`, true);
        if (given.status === 413) return failure('webpush', '413: the message is too large', true);
        if (given.status < 200 || given.status >= 300) return null;
        return given.status < 203
          ? { kind: 'accepted', provider: 'webpush', providerId: given.headers['location'] ?? null }
          : failure('webpush', shownAnswer(given), false);
      });
    },
  };
}

/** Payload for the service worker (`/push-worker.js`). */
interface PushPayload {
  title: string;
  body: string;
  /** The link of the message. */
  url: string;
  /** URL to which the buttons post their decision; null when there are none. */
  hook: string | null;
  /** Notifications with the same tag replace each other. */
  tag: string;
  urgent: boolean;
  actions: { action: string; title: string }[];
}

function payloadOf(message: OutgoingMessage): string {
  const { title, body, loudness } = pushText(message);
  const hook = linkHook(message);
  const payload = (text: string): string =>
    JSON.stringify({
      title: cutBytes(title, TITLE_BYTES),
      body: text,
      url: message.links.respond,
      hook,
      tag: `${message.incident.number}/${message.type}`,
      urgent: loudness === 'loud',
      actions:
        hook === null
          ? []
          : [
              { action: 'acknowledge', title: 'Acknowledge' },
              { action: 'decline', title: "Can't take it" },
            ],
    } satisfies PushPayload);
  // Quotes and line breaks grow in JSON, so the text is shortened until it fits.
  let bytesLeft = PAYLOAD_BYTES - Buffer.byteLength(payload(''));
  let whole = payload(cutBytes(body, bytesLeft));
  while (Buffer.byteLength(whole) > PAYLOAD_BYTES && bytesLeft > 0) {
    bytesLeft = Math.floor(bytesLeft * 0.8);
    whole = payload(cutBytes(body, bytesLeft));
  }
  return whole;
}

/** The egress client sets the content length. */
function headersOf(given: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given)
      .filter(([name]) => name.toLowerCase() !== 'content-length')
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
