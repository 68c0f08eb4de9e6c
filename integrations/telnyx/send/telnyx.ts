/**
 * Provider `telnyx`: texts by Messages v2, calls by TeXML, which accepts Twilio's instructions. Neither endpoint's reference
 * documents `Idempotency-Key`, so it is not relied on: lost attempts are found by callbacks that contain their key.
 */
import type { EgressOutcome, EgressPort } from '../../../ports/egress.js';
import { failed, jsonObject, refusal, textAt, unanswered } from '../../phone/send/answer.js';
import { isObject } from '../../../domain/shared/is-object.js';
import { type CallbackBase, callbackUrl } from '../../phone/send/callback-url.js';
import type { PhoneProvider, ProviderOutcome } from '../../phone/send/provider.js';
import { postToTelnyx, type TelnyxSettings } from './post.js';

const PROVIDER = 'telnyx';
const RING_FOR_S = 25;
/** Error 40300: the person replied STOP to the sending number. */
const OPTED_OUT = '40300';

export function createTelnyx(
  egress: EgressPort,
  settings: TelnyxSettings,
  base: CallbackBase,
): PhoneProvider {
  return {
    name: PROVIDER,
    answersAt: (tag) => callbackUrl(base, PROVIDER, { path: 'voice', tag }),
    async sendText({ to, text, tag, timeoutMs }) {
      const answer = await postToTelnyx(egress, settings, {
        path: '/v2/messages',
        body: {
          from: settings.from,
          to,
          text,
          webhook_url: callbackUrl(base, PROVIDER, { path: 'events', tag }),
          use_profile_webhooks: false,
        },
        timeoutMs,
      });
      return readAccepted(answer, (body) => textAt(body['data'], 'id'));
    },
    async placeCall({ to, script, tag, timeoutMs }) {
      const { accountId, connectionId } = settings;
      if (accountId === null || connectionId === null)
        return failed(PROVIDER, 'calls need TELNYX_ACCOUNT_ID and TELNYX_CONNECTION_ID', true);
      const callback = callbackUrl(base, PROVIDER, { path: 'status', tag });
      const answer = await postToTelnyx(egress, settings, {
        path: `/v2/texml/Accounts/${encodeURIComponent(accountId)}/Calls`,
        body: {
          ApplicationSid: connectionId,
          To: to,
          From: settings.from,
          Texml: script,
          Timeout: RING_FOR_S,
          StatusCallback: callback,
          StatusCallbackMethod: 'POST',
          StatusCallbackEvent: 'initiated ringing answered completed',
          MachineDetection: 'Enable',
          AsyncAmd: true,
          AsyncAmdStatusCallback: callback,
          AsyncAmdStatusCallbackMethod: 'POST',
        },
        timeoutMs,
      });
      // The API reference guarantees from, to and status; callbacks provide the id when it is missing.
      return readAccepted(answer, (body) =>
        textAt(body, 'status') === null && textAt(body, 'call_sid') === null
          ? null
          : (textAt(body, 'call_sid') ?? textAt(body, 'sid') ?? ''),
      );
    },
  };
}

function readAccepted(
  answer: EgressOutcome,
  idOf: (body: Record<string, unknown>) => string | null,
): ProviderOutcome {
  if (answer.kind !== 'answered') return unanswered(PROVIDER, answer);
  const body = jsonObject(answer.body);
  const errors = body?.['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  const code = textAt(first, 'code');
  const reason = isObject(first)
    ? [code, textAt(first, 'title'), textAt(first, 'detail')].filter((part) => part !== null).join(' ')
    : answer.body;
  if (answer.status < 200 || answer.status > 299) {
    const refused = refusal(PROVIDER, answer, reason);
    return code === OPTED_OUT && refused.kind === 'failed'
      ? { ...refused, permanent: true, isFinal: true }
      : refused;
  }
  if (body === null)
    return {
      kind: 'ambiguous',
      provider: PROVIDER,
      error: `${answer.status} with a body that is not JSON`,
    };
  const id = first === undefined ? idOf(body) : null;
  if (id === null) return failed(PROVIDER, `${answer.status} without an id: ${reason.slice(0, 200)}`, false);
  return { kind: 'accepted', provider: PROVIDER, providerId: id === '' ? null : id };
}
