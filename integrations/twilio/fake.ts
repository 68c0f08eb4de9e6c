/**
 * Fake Twilio for tests: the used parts of its REST API of 2010-04-01 (Basic auth, E.164, its limits and error codes), and its
 * callbacks, signed with X-Twilio-Signature by a separate implementation.
 */
import { createHmac, randomBytes } from 'node:crypto';
import {
  type FakeAnswer,
  type FakeRequest,
  headerText,
  startFakeProvider,
} from '../shared/testing/fake-provider.js';
import { createWaitingList } from '../shared/testing/waiting-list.js';
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

const MOST_CHARACTERS = 1_600;
const MOST_TWIML = 4_000;

export const twilioAccount = {
  accountSid: `AC${'0123456789abcdef'.repeat(2)}`,
  authToken: 'the-auth-token-of-the-fake-account',
  from: '+4930000001',
  messagingServiceSid: null,
};

export interface FakeTwilio extends FakePhoneProvider {
  /** Sends a callback as a forger without the token would. */
  forge(url: string, fields: Record<string, string>): Promise<CallbackAnswer>;
  /** Signed as for `signedUrl`, sent to `url`. */
  send(url: string, fields: Record<string, string>, signedUrl?: string): Promise<CallbackAnswer>;
}

export async function startTwilio(
  account: { accountSid: string; authToken: string; from: string } = twilioAccount,
): Promise<FakeTwilio> {
  const texts = createWaitingList<FakeText>(({ to, body }) => `${to} ${body}`);
  const calls = createWaitingList<FakeCall>(({ to, script }) => `${to} ${script}`);
  const optedOut = new Set<string>();
  const base = `/2010-04-01/Accounts/${account.accountSid}`;
  const credential = `Basic ${Buffer.from(`${account.accountSid}:${account.authToken}`).toString('base64')}`;

  const provider = await startFakeProvider({
    what: 'request to Twilio',
    answer(request) {
      if (headerText(request.headers, 'authorization') !== credential)
        return refused(401, 20003, 'Authenticate');
      const { pathname, searchParams } = new URL(request.path, 'http://twilio');
      if (request.method === 'GET' && pathname === `${base}/Messages.json`) return list(searchParams);
      if (request.method === 'POST' && pathname === `${base}/Messages.json`) return takeText(request);
      if (request.method === 'POST' && pathname === `${base}/Calls.json`) return takeCall(request);
      return refused(404, 20404, `The requested resource ${pathname} was not found`);
    },
  });

  function takeText(request: FakeRequest): FakeAnswer {
    const form = new URLSearchParams(request.rawBody);
    const to = form.get('To') ?? '';
    const body = form.get('Body') ?? '';
    if (!E164.test(to)) return refused(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    if (!form.has('From') && !form.has('MessagingServiceSid'))
      return refused(400, 21603, `A 'From' phone number is required.`);
    if (body === '') return refused(400, 21602, 'Message body is required.');
    if (body.length > MOST_CHARACTERS)
      return refused(400, 21617, 'The concatenated message body exceeds the 1600 character limit');
    if (optedOut.has(to)) return refused(400, 21610, 'Attempt to send to unsubscribed recipient');
    const text: FakeText = {
      id: sid('SM'),
      to,
      from: form.get('From') ?? account.from,
      body,
      callback: form.get('StatusCallback') ?? '',
      at: request.at,
      status: 'queued',
    };
    texts.add(text);
    return { status: 201, body: shown(text) };
  }

  function takeCall(request: FakeRequest): FakeAnswer {
    const form = new URLSearchParams(request.rawBody);
    const to = form.get('To') ?? '';
    const script = form.get('Twiml') ?? '';
    if (!E164.test(to)) return refused(400, 21211, `Invalid 'To' Phone Number: ${to}`);
    if (form.get('From') !== account.from)
      return refused(400, 21210, `'From' phone number not verified: ${form.get('From') ?? ''}`);
    if (script === '') return refused(400, 21205, 'Url parameter is required.');
    if (script.length > MOST_TWIML) return refused(400, 21220, 'Twiml is longer than 4000 characters');
    const call: FakeCall = {
      id: sid('CA'),
      to,
      from: account.from,
      script,
      callback: form.get('StatusCallback') ?? '',
      machineCallback: form.get('AsyncAmdStatusCallback') ?? '',
      at: request.at,
    };
    calls.add(call);
    return { status: 201, body: { sid: call.id, to, from: call.from, status: 'queued' } };
  }

  /** Newest first, as Twilio lists. */
  const list = (query: URLSearchParams): FakeAnswer => ({
    status: 200,
    body: {
      messages: texts.all
        .filter(({ to }) => !query.has('To') || to === query.get('To'))
        .toReversed()
        .slice(0, Number(query.get('PageSize') ?? '50'))
        .map(shown),
      next_page_uri: null,
    },
  });

  const shown = ({ id, to, from, body, status, at }: FakeText): object => ({
    sid: id,
    to,
    from,
    body,
    status,
    direction: 'outbound-api',
    error_code: null,
    error_message: null,
    date_created: at.toUTCString(),
  });

  const send = (url: string, fields: Record<string, string>, signedUrl = url): Promise<CallbackAnswer> =>
    post(url, fields, sign(account.authToken, signedUrl, fields));
  const ofCall = ({ id, to, from }: FakeCall): Record<string, string> => ({
    AccountSid: account.accountSid,
    CallSid: id,
    From: from,
    To: to,
    Direction: 'outbound-api',
  });

  return {
    url: provider.url,
    provider,
    texts: texts.all,
    calls: calls.all,
    nextText: handOut(texts, 'text by Twilio'),
    nextCall: handOut(calls, 'call by Twilio'),
    optedOut,
    send,
    forge: (url, fields) => post(url, fields, sign('not the token', url, fields)),
    tell(about, status, more = {}) {
      if ('script' in about) return send(about.callback, { ...ofCall(about), CallStatus: status, ...more });
      about.status = status;
      return send(about.callback, {
        AccountSid: account.accountSid,
        MessageSid: about.id,
        MessageStatus: status,
        From: about.from,
        To: about.to,
        ...more,
      });
    },
    reportAnsweredBy: (call, answeredBy) =>
      send(call.machineCallback, {
        AccountSid: account.accountSid,
        CallSid: call.id,
        AnsweredBy: answeredBy,
        MachineDetectionDuration: '3000',
      }),
    press: (call, digits) =>
      send(gatherAction(call.script), { ...ofCall(call), CallStatus: 'in-progress', Digits: digits }),
    text: (url, from, body, id = sid('SM')) =>
      send(url, {
        AccountSid: account.accountSid,
        MessageSid: id,
        From: from,
        To: account.from,
        Body: body,
        NumSegments: '1',
      }),
    close: provider.close,
  };
}

/** base64 HMAC-SHA1 of the address followed by every field's name and value, sorted by name. */
function sign(authToken: string, url: string, fields: Record<string, string>): string {
  const text = Object.keys(fields)
    .toSorted()
    .reduce((joined, name) => joined + name + (fields[name] ?? ''), url);
  return createHmac('sha1', authToken).update(text).digest('base64');
}

const post = (url: string, fields: Record<string, string>, signature: string): Promise<CallbackAnswer> =>
  callBack(
    url,
    { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature },
    new URLSearchParams(fields).toString(),
  );

const refused = (status: number, code: number, message: string): FakeAnswer => ({
  status,
  body: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
});

const sid = (prefix: string): string => `${prefix}${randomBytes(16).toString('hex')}`;
