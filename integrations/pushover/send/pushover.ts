/** Channel `pushover`: pages are emergency messages, repeated by Pushover until they are acknowledged in the app. */
import type { Channel } from '../../../ports/channel.js';
import type { EgressOutcome, EgressPort } from '../../../ports/egress.js';
import { callbackKey } from '../../../shared/keys.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { answerJson, failure, readProviderAnswer, shownAnswer } from '../../shared/send/provider-answer.js';
import { cutCharacters, pushText } from '../../shared/send/push-text.js';

export interface PushoverOptions {
  egress: EgressPort;
  /** `PUSHOVER_TOKEN`. */
  token: string;
  apiUrl: string;
  secretKey: Buffer;
  publicUrl: string;
}

const MESSAGE = 1_024;
const TITLE = 250;
const URL_LENGTH = 512;
/** Seconds between repeats (Pushover requires at least 30), and until Pushover stops (at most 10,800). */
const RETRY = 60;
const EXPIRE = 3_600;

/** Tag of the receipt: the same for every attempt at one delivery, so that all of them end together. */
const tagOf = (ledgerKey: string): string => ledgerKey.slice(0, 32);

export function createPushoverChannel(options: PushoverOptions): Channel {
  const { egress, token, apiUrl } = options;
  const post = (path: string, form: URLSearchParams, timeoutMs: number): Promise<EgressOutcome> =>
    egress.request({
      method: 'POST',
      url: `${apiUrl}${path}`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
      timeoutMs,
    });
  return {
    name: 'pushover',
    limits: { perSecond: 2, perAddressPerMinute: 20 },
    async send({ destination, message, idempotencyKey, timeoutMs }) {
      const form = pushoverForm(message, destination.address, idempotencyKey, options);
      return readProviderAnswer('pushover', await post('/1/messages.json', form, timeoutMs), (answer) => {
        const { status, receipt, request, errors } = answerJson(answer);
        if (answer.status >= 200 && answer.status < 300) {
          const id = typeof receipt === 'string' ? receipt : typeof request === 'string' ? request : null;
          return status === 1
            ? { kind: 'accepted', provider: 'pushover', providerId: id }
            : failure('pushover', Array.isArray(errors) ? errors.join('; ') : shownAnswer(answer), false);
        }
        // The monthly quota is used up: a retry after a minute would not help, the next contact does.
        if (answer.status === 429 && answer.headers['retry-after'] === undefined)
          return failure('pushover', '429: the monthly limit of the application is reached', true);
        return Array.isArray(errors) && answer.status < 500 && answer.status !== 429
          ? failure('pushover', `${answer.status}: ${errors.join('; ')}`, true)
          : null;
      });
    },
    async silence({ idempotencyKey, timeoutMs }) {
      const path = `/1/receipts/cancel_by_tag/${tagOf(idempotencyKey)}.json`;
      const answer = await post(path, new URLSearchParams({ token }), timeoutMs);
      return readProviderAnswer('pushover', answer, () => null);
    },
  };
}

function pushoverForm(
  message: OutgoingMessage,
  user: string,
  key: string,
  { token, secretKey, publicUrl }: PushoverOptions,
): URLSearchParams {
  const { title, body, loudness, action } = pushText(message);
  const form = new URLSearchParams({
    token,
    user,
    title: cutCharacters(title, TITLE),
    message: cutCharacters(body, MESSAGE),
    priority: message.type === 'page.requested' ? '2' : loudness === 'normal' ? '1' : '0',
    timestamp: String(Math.floor(Date.parse(message.at) / 1000)),
  });
  // A truncated link would not work.
  if (message.links.respond.length <= URL_LENGTH) {
    form.set('url', message.links.respond);
    form.set('url_title', action);
  }
  if (message.type === 'page.requested') {
    form.set('retry', String(RETRY));
    form.set('expire', String(EXPIRE));
    form.set('tags', tagOf(key));
    form.set('callback', `${publicUrl}/hooks/pushover/${callbackKey(secretKey, 'pushover', key)}`);
  }
  return form;
}
