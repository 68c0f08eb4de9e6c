/** Callbacks of Telnyx: events of texts (JSON), and digits and states of calls (TeXML, forms as Twilio's). */
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../../config/environment.js';
import type { Logger } from '../../../shared/logger.js';
import { closingScript, EMPTY_SCRIPT } from '../../../domain/delivery/call-script.js';
import {
  FORM,
  formFields,
  type Hook,
  type HookOutcome,
  type HookReply,
  registerHook,
  tagOf,
} from '../../shared/receive/hook.js';
import type { PhoneServices } from '../../phone/receive/phone-services.js';
import { readEvent } from './event.js';
import { signatureProblem, telnyxKey } from './signature.js';

/** Telnyx accepts no answer in the reply to its callback: the answer is a text of its own. */
export type SendAnswer = (to: string, text: string) => Promise<void>;

export function registerTelnyxHooks(
  fastify: FastifyInstance,
  { phone: replies, callbacks }: PhoneServices,
  config: Pick<Config, 'channels' | 'rootKeys'>,
  { logger, sendAnswer }: { logger: Logger; sendAnswer: SendAnswer },
): void {
  const { telnyx, phone } = config.channels;
  const key = telnyx === null ? null : telnyxKey(telnyx.publicKey);
  const hook = (
    path: string,
    bodyType: string,
    summary: string,
    take: (rawBody: string, tag: string | null) => Promise<HookOutcome>,
  ): Hook => ({
    provider: 'telnyx',
    url: `/hooks/telnyx/${path}`,
    summary,
    bodyTypes: [bodyType],
    provenBy: ['telnyx-signature-ed25519', 'telnyx-timestamp'],
    async handle(request, rawBody) {
      if (telnyx === null) return { refused: 'no TELNYX_API_KEY is configured', status: 401 };
      if (key === null) return { refused: 'TELNYX_PUBLIC_KEY is no Ed25519 key', status: 401 };
      const problem = signatureProblem(key, request.headers, rawBody, Date.now() / 1000);
      if (problem !== null) return { refused: problem, status: 401 };
      // The signature does not cover the address.
      const named = tagOf(request, config.rootKeys, 'telnyx');
      return 'refused' in named ? named : take(rawBody, named.tag);
    },
  });

  registerHook(
    fastify,
    callbacks,
    logger,
    hook(
      'events',
      'A text to the Telnyx number, or the status of a sent text',
      'application/json',
      async (rawBody, tag) => {
        const event = readEvent(rawBody);
        if (event === null) return { refused: 'not an event of a message', status: 400 };
        if (event.kind === 'received') {
          const answer = await replies.answerText(phone, event);
          // Telnyx repeats an event that was not answered at once; the person gets one answer.
          if (answer?.isRepeated === false) await sendAnswer(event.from, answer.text);
        } else if (event.kind === 'status') {
          await callbacks.takePhoneStatus({
            ...event.status,
            provider: 'telnyx',
            tag,
            answeredBy: null,
          });
        }
        return { status: 200, type: 'application/json', body: '{}' };
      },
    ),
  );
  registerHook(
    fastify,
    callbacks,
    logger,
    hook('voice', FORM, 'A digit pressed in a call by Telnyx', async (rawBody, tag) => {
      const { From: from = '', To: to = '', Digits: digits, CallSid: callId = '' } = formFields(rawBody);
      if (digits === undefined) return texml(EMPTY_SCRIPT);
      if (tag === null) return { refused: 'digits without the call that they answer', status: 403 };
      const person = from === telnyx?.from ? to : from;
      const answer = await replies.answerDigits({ from: person, digits, tag, callId });
      return texml(answer === null ? EMPTY_SCRIPT : closingScript(answer));
    }),
  );
  registerHook(
    fastify,
    callbacks,
    logger,
    hook('status', FORM, 'The status of a call by Telnyx', async (rawBody, tag) => {
      const fields = formFields(rawBody);
      const at = new Date(fields['Timestamp'] ?? '');
      const providerId = fields['CallSid'] ?? '';
      if (providerId !== '')
        await callbacks.takePhoneStatus({
          provider: 'telnyx',
          tag,
          providerId,
          status: fields['CallStatus'] ?? '',
          answeredBy: fields['AnsweredBy'] ?? null,
          error: fields['ErrorMessage'] ?? null,
          eventId: null,
          at: (Number.isNaN(at.getTime()) ? new Date() : at).toISOString(),
        });
      return texml(EMPTY_SCRIPT);
    }),
  );
}

const texml = (body: string): HookReply => ({ status: 200, type: 'text/xml', body });
