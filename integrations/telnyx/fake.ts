/**
 * Fake Telnyx for tests: the used parts of Messages v2 and TeXML calls (Bearer auth, E.164, error bodies), and its callbacks,
 * signed with Ed25519 by a key generated at the start.
 */
import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import {
  type FakeAnswer,
  type FakeRequest,
  headerText,
  startFakeProvider,
} from '../shared/testing/fake-provider.js';
import { createWaitingList } from '../shared/testing/waiting-list.js';
import { jsonObject, textAt } from '../phone/send/answer.js';
import { isObject } from '../../domain/shared/is-object.js';
import {
  callBack,
  type CallbackAnswer,
  E164,
  type FakeCall,
  type FakePhoneProvider,
  type FakeText,
  gatherAction,
  handOut,
} from '../phone/fake-phone.js';

const MOST_CHARACTERS = 1_530;

export interface FakeTelnyx extends FakePhoneProvider {
  /** In the format of `TELNYX_PUBLIC_KEY`. */
  readonly publicKey: string;
  readonly account: { apiKey: string; from: string; connectionId: string; accountId: string };
  /** A body as Telnyx would send it; `ageS` for an old one, `forged` for a signature with another key. */
  send(
    url: string,
    contentType: string,
    body: string,
    more?: { ageS?: number; forged?: boolean },
  ): Promise<CallbackAnswer>;
}

export async function startTelnyx(): Promise<FakeTelnyx> {
  const account = {
    apiKey: 'KEY0123456789',
    from: '+4930000002',
    connectionId: '1494404757140276705',
    accountId: 'f5586561-8ff0-4291-a51b-c7dfe4139ff9',
  };
  const keys = generateKeyPairSync('ed25519');
  const forger = generateKeyPairSync('ed25519');
  const texts = createWaitingList<FakeText>(({ to, body }) => `${to} ${body}`);
  const calls = createWaitingList<FakeCall>(({ to, script }) => `${to} ${script}`);
  const optedOut = new Set<string>();

  const provider = await startFakeProvider({
    what: 'request to Telnyx',
    answer(request) {
      if (headerText(request.headers, 'authorization') !== `Bearer ${account.apiKey}`)
        return refused(401, '10009', 'Authentication failed');
      const body = jsonObject(request.rawBody);
      if (body === null) return refused(400, '10015', 'Bad Request', 'the body is not JSON');
      if (request.method === 'POST' && request.path === '/v2/messages') return takeText(request, body);
      if (request.method === 'POST' && request.path === `/v2/texml/Accounts/${account.accountId}/Calls`)
        return takeCall(request, body);
      return refused(404, '10005', 'Resource not found');
    },
  });

  function takeText(request: FakeRequest, body: Record<string, unknown>): FakeAnswer {
    const to = textAt(body, 'to') ?? '';
    const text = textAt(body, 'text') ?? '';
    if (!E164.test(to)) return refused(422, '40310', `Invalid 'to' address`, `${to} is not in E.164`);
    if (textAt(body, 'from') !== account.from) return refused(422, '40305', `Invalid 'from' address`);
    if (text === '' || text.length > MOST_CHARACTERS) return refused(422, '40302', 'Message too large');
    if (optedOut.has(to)) return refused(403, '40300', 'Blocked due to STOP message');
    const taken: FakeText = {
      id: randomUUID(),
      to,
      from: account.from,
      body: text,
      callback: textAt(body, 'webhook_url') ?? '',
      at: request.at,
      status: 'queued',
    };
    texts.add(taken);
    return {
      status: 200,
      body: {
        data: { record_type: 'message', id: taken.id, text, to: [{ phone_number: to, status: 'queued' }] },
      },
    };
  }

  function takeCall(request: FakeRequest, body: Record<string, unknown>): FakeAnswer {
    const to = textAt(body, 'To') ?? '';
    const script = textAt(body, 'Texml') ?? '';
    if (!E164.test(to)) return refused(422, '10016', 'Phone number must be in +E164 format');
    if (textAt(body, 'From') !== account.from || textAt(body, 'ApplicationSid') !== account.connectionId)
      return refused(422, '10015', 'Invalid value for connection_id (Call Control App ID)');
    if (!script.includes('<Response>')) return refused(422, '10015', 'Invalid Texml');
    const call: FakeCall = {
      id: `v3:${randomUUID()}`,
      to,
      from: account.from,
      script,
      callback: textAt(body, 'StatusCallback') ?? '',
      machineCallback: textAt(body, 'AsyncAmdStatusCallback') ?? '',
      at: request.at,
    };
    calls.add(call);
    // The API reference guarantees only these three.
    return { status: 200, body: { from: call.from, to, status: 'queued' } };
  }

  const send: FakeTelnyx['send'] = (url, contentType, body, { ageS = 0, forged = false } = {}) => {
    const timestamp = String(Math.floor(Date.now() / 1000) - ageS);
    const signature = sign(null, Buffer.from(`${timestamp}|${body}`), (forged ? forger : keys).privateKey);
    return callBack(
      url,
      {
        'content-type': contentType,
        'telnyx-timestamp': timestamp,
        'telnyx-signature-ed25519': signature.toString('base64'),
      },
      body,
    );
  };
  const sendForm = (url: string, fields: Record<string, string>): Promise<CallbackAnswer> =>
    send(url, 'application/x-www-form-urlencoded', new URLSearchParams(fields).toString());
  const sendEvent = (url: string, type: string, payload: object): Promise<CallbackAnswer> =>
    send(
      url,
      'application/json',
      JSON.stringify({
        data: {
          record_type: 'event',
          event_type: type,
          id: randomUUID(),
          occurred_at: new Date().toISOString(),
          payload,
        },
        meta: { attempt: 1, delivered_to: url },
      }),
    );
  const ofCall = ({ id, to, from }: FakeCall): Record<string, string> => ({
    AccountSid: account.accountId,
    CallSid: id,
    CallSidLegacy: id,
    ConnectionId: account.connectionId,
    From: from,
    To: to,
  });

  return {
    url: provider.url,
    provider,
    account,
    publicKey: rawPublicKey(keys.publicKey.export({ format: 'jwk' })),
    texts: texts.all,
    calls: calls.all,
    nextText: handOut(texts, 'text by Telnyx'),
    nextCall: handOut(calls, 'call by Telnyx'),
    optedOut,
    send,
    tell(about, status, more = {}) {
      if ('script' in about)
        return sendForm(about.callback, {
          ...ofCall(about),
          CallStatus: status,
          Timestamp: new Date().toISOString(),
          ...more,
        });
      about.status = status;
      const isFinal = !['queued', 'sending', 'sent'].includes(status);
      return sendEvent(about.callback, isFinal ? 'message.finalized' : 'message.sent', {
        record_type: 'message',
        direction: 'outbound',
        id: about.id,
        from: { phone_number: about.from },
        to: [{ phone_number: about.to, status }],
        text: about.body,
        errors: more['code'] === undefined ? [] : [{ code: more['code'], title: more['title'] ?? '' }],
      });
    },
    reportAnsweredBy: (call, answeredBy) =>
      sendForm(call.machineCallback, {
        AccountSid: account.accountId,
        CallSid: call.id,
        AnsweredBy: answeredBy,
      }),
    press: (call, digits) => sendForm(gatherAction(call.script), { ...ofCall(call), Digits: digits }),
    text: (url, from, body, id = randomUUID()) =>
      sendEvent(url, 'message.received', {
        record_type: 'message',
        direction: 'inbound',
        id,
        from: { phone_number: from },
        to: [{ phone_number: account.from, status: 'webhook_delivered' }],
        text: body,
      }),
    close: provider.close,
  };
}

/** Base64 of the 32 bytes, from base64url. */
const rawPublicKey = (jwk: unknown): string =>
  Buffer.from((isObject(jwk) ? textAt(jwk, 'x') : null) ?? '', 'base64url').toString('base64');

const refused = (status: number, code: string, title: string, detail = title): FakeAnswer => ({
  status,
  body: { errors: [{ code, title, detail }] },
});
