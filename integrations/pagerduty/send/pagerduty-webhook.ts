/** Channel `pagerduty-webhook`: an incident event as one signed POST in PagerDuty's v3 webhook format. For subscriptions only. */
import { createHmac } from 'node:crypto';
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import type { EgressPort } from '../../../ports/egress.js';
import { readAnswer } from '../../webhook/send/answer.js';
import { pagerdutyBody } from './body.js';

const NAME = 'pagerduty-webhook';

/** `destination.secret`: one secret, or several separated by spaces, each of which signs. */
export function createPagerdutyWebhook(egress: EgressPort): Channel {
  return {
    name: NAME,
    async send({ destination, message, idempotencyKey, timeoutMs }) {
      const told = message.type === 'incident.event' ? pagerdutyBody(message) : null;
      if (told === null) return unsendable(`PagerDuty has no webhook for ${message.type}`);
      if (destination.secret === undefined || destination.secret === '')
        return unsendable('no signing secret');
      const body = JSON.stringify(told);
      const answer = await egress.request({
        method: 'POST',
        url: destination.address,
        headers: {
          'content-type': 'application/json',
          'x-pagerduty-signature': signatures(destination.secret.split(' '), body),
          'x-webhook-id': idempotencyKey,
        },
        body,
        timeoutMs,
        maxBytes: 1024,
      });
      return readAnswer(answer, new Date(), NAME);
    },
  };
}

/**
 * `v1=<hex>,v1=<hex>`: HMAC-SHA256 over the bytes of the body, with the secret as written as the key (PagerDuty, "Verifying
 * signatures"). No space after the comma: PagerDuty's verifiers split there without trimming.
 */
const signatures = (secrets: readonly string[], body: string): string =>
  secrets.map((secret) => `v1=${createHmac('sha256', secret).update(body).digest('hex')}`).join(',');

const unsendable = (error: string): SendOutcome => ({
  kind: 'failed',
  provider: NAME,
  error,
  permanent: true,
});
