/** Callbacks of Twilio: inbound texts, digits pressed in our calls, and the status of both. */
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../../config/environment.js';
import type { Logger } from '../../../shared/logger.js';
import { closingScript, EMPTY_SCRIPT, textScript } from '../../../domain/delivery/call-script.js';
import { formOf } from '../../../http/bodies/body-parser.js';
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

type Fields = Record<string, string>;

export function registerTwilioHooks(
  fastify: FastifyInstance,
  { phone: replies, callbacks }: PhoneServices,
  config: Pick<Config, 'publicUrl' | 'channels' | 'rootKeys'>,
  logger: Logger,
): void {
  const { twilio, phone } = config.channels;
  const hook = (
    path: string,
    summary: string,
    take: (fields: Fields, tag: string | null) => Promise<HookReply>,
  ): Hook => ({
    provider: 'twilio',
    url: `/hooks/twilio/${path}`,
    summary,
    bodyTypes: [FORM],
    provenBy: ['x-twilio-signature'],
    async handle(request, rawBody): Promise<HookOutcome> {
      if (twilio === null) return { refused: 'no TWILIO_ACCOUNT_SID is configured', status: 403 };
      // The configured address, not the one that a proxy made of it; the SDK tries it with and without port.
      const url = `${config.publicUrl}${request.raw.url ?? ''}`;
      const signature = request.headers['x-twilio-signature'];
      if (typeof signature !== 'string') return { refused: 'no signature', status: 403 };
      // All values of a repeated field are part of the signed text.
      if (!webhooks.validateRequest(twilio.authToken, signature, url, formOf(rawBody)))
        return { refused: 'the signature does not belong to this address and body', status: 403 };
      const fields = formFields(rawBody);
      if (fields['AccountSid'] !== undefined && fields['AccountSid'] !== twilio.accountSid)
        return { refused: 'another account', status: 403 };
      const named = tagOf(request, config.rootKeys, 'twilio');
      return 'refused' in named ? named : take(fields, named.tag);
    },
  });

  registerHook(
    fastify,
    callbacks,
    logger,
    hook('sms', 'A text to the Twilio number', async (fields) => {
      const { From: from = '', Body: text = '', MessageSid: messageId = '' } = fields;
      const answer = await replies.answerText(phone, { from, text, messageId });
      return twiml(answer === null ? EMPTY_SCRIPT : textScript(answer.text));
    }),
  );
  registerHook(
    fastify,
    callbacks,
    logger,
    hook('voice', 'A digit pressed in a call, or a call to the Twilio number', async (fields, tag) => {
      const { From: from = '', To: to = '', Digits: digits, CallSid: callId = '' } = fields;
      // A call to our number has no question, so there is nothing to answer.
      if (digits === undefined) return twiml(EMPTY_SCRIPT);
      const person = from === twilio?.from ? to : from;
      const answer = await replies.answerDigits({ from: person, digits, tag, callId });
      return twiml(answer === null ? EMPTY_SCRIPT : closingScript(answer));
    }),
  );
  registerHook(
    fastify,
    callbacks,
    logger,
    hook('status', 'The status of a text or a call by Twilio', async (fields, tag) => {
      const { MessageSid, CallSid, MessageStatus, CallStatus, AnsweredBy, ErrorCode, Timestamp } = fields;
      const providerId = MessageSid ?? CallSid ?? '';
      if (providerId !== '')
        await callbacks.takePhoneStatus({
          provider: 'twilio',
          tag,
          providerId,
          status: MessageStatus ?? CallStatus ?? '',
          answeredBy: AnsweredBy ?? null,
          error: ErrorCode === undefined || ErrorCode === '' ? null : `error ${ErrorCode}`,
          eventId: null,
          at: instantOf(Timestamp),
        });
      return twiml(EMPTY_SCRIPT);
    }),
  );
}

const twiml = (body: string): HookReply => ({ status: 200, type: 'text/xml', body });

const instantOf = (text: string | undefined): string => {
  const at = new Date(text ?? '');
  return Number.isNaN(at.getTime()) ? new Date().toISOString() : at.toISOString();
};
