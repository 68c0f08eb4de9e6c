/** Provider `twilio`: texts and calls by its REST API of 2010-04-01. It has no idempotency key: lost attempts are looked up. */
import type { EgressOutcome, EgressPort } from '../../../ports/egress.js';
import type { ChannelSettings } from '../../../config/channel-settings.js';
import { failed, jsonObject, refusal, textAt, unanswered } from '../../phone/send/answer.js';
import { isObject } from '../../../domain/shared/is-object.js';
import { type CallbackBase, callbackUrl } from '../../phone/send/callback-url.js';
import type { PhoneProvider, ProviderOutcome } from '../../phone/send/provider.js';
import type { TwilioSdk } from './sdk.js';

const PROVIDER = 'twilio';
/** A page not delivered by then is reported as failed, and another contact is tried; Twilio would try for ten hours. */
const VALID_FOR_S = 600;
/** Most voice mailboxes take over after 20 to 30 s. */
const RING_FOR_S = 25;
/** Error 21610: the person replied STOP to the sending number. */
const OPTED_OUT = '21610';
const FAILED = ['failed', 'undelivered', 'canceled'];

export function createTwilio(
  egress: EgressPort,
  settings: NonNullable<ChannelSettings['twilio']>,
  base: CallbackBase,
): PhoneProvider {
  const status = (tag: string): string => callbackUrl(base, PROVIDER, { path: 'status', tag });
  const ask = async (
    timeoutMs: number,
    use: (sdk: TwilioSdk) => Promise<unknown>,
  ): Promise<EgressOutcome | null> => {
    const { exchangeWithTwilio } = await import('./sdk.js');
    return exchangeWithTwilio(egress, settings, timeoutMs, use);
  };
  return {
    name: PROVIDER,
    answersAt: (tag) => callbackUrl(base, PROVIDER, { path: 'voice', tag }),
    async sendText({ to, text, tag, timeoutMs }) {
      const sender =
        settings.messagingServiceSid === null
          ? { from: settings.from }
          : { messagingServiceSid: settings.messagingServiceSid };
      return readAccepted(
        await ask(timeoutMs, (sdk) =>
          sdk.messages.create({
            ...sender,
            to,
            body: text,
            statusCallback: status(tag),
            validityPeriod: VALID_FOR_S,
          }),
        ),
      );
    },
    async placeCall({ to, script, tag, timeoutMs }) {
      return readAccepted(
        await ask(timeoutMs, (sdk) =>
          sdk.calls.create({
            to,
            from: settings.from,
            twiml: script,
            timeout: RING_FOR_S,
            statusCallback: status(tag),
            statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
            machineDetection: 'Enable',
            asyncAmd: 'true',
            asyncAmdStatusCallback: status(tag),
          }),
        ),
      );
    },
    /** Texts contain their unique link. A call in Twilio's list contains nothing that identifies it. */
    async lookUp({ kind, to, mark, timeoutMs }) {
      if (kind === 'voice') return null;
      const listed = await ask(timeoutMs, (sdk) => sdk.messages.list({ to, limit: 20, pageSize: 20 }));
      if (listed?.kind !== 'answered' || listed.status !== 200) return null;
      const messages = jsonObject(listed.body)?.['messages'];
      if (!Array.isArray(messages)) return null;
      const found: unknown = messages.find(
        (one) =>
          textAt(one, 'body')?.includes(mark) === true && !FAILED.includes(textAt(one, 'status') ?? 'failed'),
      );
      const sid = textAt(found, 'sid');
      return sid === null ? null : { kind: 'accepted', provider: PROVIDER, providerId: sid };
    },
  };
}

function readAccepted(outcome: EgressOutcome | null): ProviderOutcome {
  if (outcome === null) return failed(PROVIDER, 'the request could not be written', true);
  if (outcome.kind !== 'answered') return unanswered(PROVIDER, outcome);
  const body = jsonObject(outcome.body);
  const code = textAt(body, 'code') ?? textAt(body, 'error_code');
  const reason = `${code === null ? '' : `${code} `}${textAt(body, 'message') ?? textAt(body, 'error_message') ?? outcome.body}`;
  if (outcome.status < 200 || outcome.status > 299) {
    const refused = refusal(PROVIDER, outcome, reason);
    return code === OPTED_OUT && refused.kind === 'failed'
      ? { ...refused, permanent: true, isFinal: true }
      : refused;
  }
  const sid = textAt(body, 'sid');
  if (sid === null)
    // The request was received, but the response has no id.
    return isObject(body)
      ? failed(PROVIDER, `${outcome.status} without a sid: ${reason.slice(0, 200)}`, false)
      : { kind: 'ambiguous', provider: PROVIDER, error: `${outcome.status} with a body that is not JSON` };
  if (FAILED.includes(textAt(body, 'status') ?? ''))
    return failed(PROVIDER, `${textAt(body, 'status') ?? ''}: ${reason.slice(0, 200)}`, false);
  return { kind: 'accepted', provider: PROVIDER, providerId: sid };
}
