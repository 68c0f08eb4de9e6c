/** Callbacks of providers: unsigned ones cost nothing, and a client that sends many gets 429; signed ones are always accepted. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { type Answer, type RunningApi, startApi } from '../../api/testing/start-api.js';
import { cheapestAsync } from '../harness/cpu.js';

const FORM = 'application/x-www-form-urlencoded';
const PUBLIC_URL = 'https://tocsin.example.com';
const twilio = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'an-auth-token-0123456789abcdef01' };
const forms = [
  'twilio/sms',
  'twilio/voice',
  'twilio/status',
  'telnyx/voice',
  'telnyx/status',
  'slack/actions',
];

let api: RunningApi;
beforeAll(async () => {
  api = await startApi({
    TOCSIN_URL: PUBLIC_URL,
    TWILIO_ACCOUNT_SID: twilio.accountSid,
    TWILIO_AUTH_TOKEN: twilio.authToken,
    TWILIO_FROM: '+4930123456',
  });
});
afterAll(() => api.stop());

const send = (path: string, body: string, headers: Record<string, string> = {}): Promise<Answer> =>
  api.call('POST', `/hooks/${path}`, body, {
    token: null,
    headers: { 'content-type': FORM, ...headers },
  });
const refusals = async (): Promise<number> => {
  const [row]: { n: number }[] = await api.store.dataSource.query(
    `SELECT count(*)::int AS n FROM provider_callback WHERE outcome = 'refused'`,
  );
  return row?.n ?? 0;
};

/** Distinct names, `0&1&2…`, as many as a body may hold. */
const manyFields = Array.from({ length: 5_000 }, (_, index) => index).join('&');

describe('a callback that nobody signed', () => {
  it.each(forms)('%s: any number of fields costs no time', async (path) => {
    const signature = { 'x-twilio-signature': 'x', 'telnyx-signature-ed25519': 'x', 'telnyx-timestamp': '1' };
    for (const headers of [{}, signature]) {
      const cost = await cheapestAsync(async () => {
        const { status } = await send(path, manyFields, headers);
        expect([400, 401, 403, 429]).toContain(status);
      });
      expect(cost).toBeLessThan(100);
    }
  });

  it('is not taken beyond 32 KiB', async () => {
    const large = `Body=${'x'.repeat(33_000)}`;
    expect((await send('twilio/sms', large, { 'x-twilio-signature': 'x' })).status).toBe(413);
    // Without a signature the body is not read.
    expect((await send('twilio/sms', large)).status).toBe(403);
  });

  it('is counted by client: beyond the limit it is neither recorded nor in the way of what is signed', async () => {
    const statuses = [];
    for (let n = 0; n < 70; n += 1) statuses.push((await send('twilio/status', 'a=b')).status);
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    const before = await refusals();
    const late = await send('twilio/status', 'a=b');
    expect([late.status, late.headers.get('retry-after')]).toEqual([429, '60']);
    expect(await refusals()).toBe(before);

    const params = {
      MessageSid: 'SM1',
      MessageStatus: 'sent',
      AccountSid: twilio.accountSid,
      Media: ['b', 'a'],
    };
    const url = `${PUBLIC_URL}/hooks/twilio/status`;
    const signature = webhooks.getExpectedTwilioSignature(twilio.authToken, url, params);
    const body = new URLSearchParams(
      Object.entries(params).flatMap(([name, value]) =>
        [value].flat().map((one): [string, string] => [name, one]),
      ),
    ).toString();
    const signed = await send('twilio/status', body, { 'x-twilio-signature': signature });
    expect(signed.status).toBe(200);
  });
});
