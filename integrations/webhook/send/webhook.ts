/** Channel `webhook`: one signed POST (Standard Webhooks) to the address, which is a URL. */
import { Webhook } from 'standardwebhooks';
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import { readAnswer } from './answer.js';
import { webhookBody } from './body.js';

/** The id is part of the signed text, joined by dots; other characters would be ambiguous, or invalid in a header. */
const ID = /^[A-Za-z0-9_-]{1,128}$/;

/**
 * `destination.secret` is `whsec_` + base64, and required; with several, separated by spaces, each signs. `webhook-id` is the
 * idempotency key, the same on every attempt; `webhook-timestamp` is the time of this attempt.
 */
export function createWebhookChannel(egress: EgressPort): Channel {
  return {
    name: 'webhook',
    async send({ destination, message, idempotencyKey, timeoutMs }) {
      if (!ID.test(idempotencyKey)) return unsendable(`"${idempotencyKey}" cannot be a webhook-id`);
      const signers = openSigners(destination.secret);
      if (signers === null)
        return unsendable('no usable signing secret; it is written like whsec_ and base64');
      const body = JSON.stringify(webhookBody(message));
      const sentAt = new Date();
      const answer = await egress.request({
        method: 'POST',
        url: destination.address,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'webhook-id': idempotencyKey,
          'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
          'webhook-signature': signers.map((one) => one.sign(idempotencyKey, sentAt, body)).join(' '),
        },
        body,
        timeoutMs,
        maxBytes: 1024,
      });
      return readAnswer(answer, new Date());
    },
  };
}

function openSigners(secret: string | undefined): Webhook[] | null {
  if (secret === undefined || secret === '') return null;
  try {
    return secret.split(' ').map((one) => new Webhook(one));
  } catch {
    // The library's own message may quote the secret.
    return null;
  }
}

function unsendable(error: string): SendOutcome {
  return { kind: 'failed', provider: 'webhook', error, permanent: true };
}
