import { afterEach, describe, expect, it } from '@jest/globals';
import type { Channel, SendOutcome, SendRequest } from '../../../ports/channel.js';
import type { PhoneCallbackPort, SpendPort } from '../../../ports/delivery.js';
import type { ChannelSettings } from '../../../config/channel-settings.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { callbackKey } from '../../../shared/keys.js';
import { createEgress } from '../../../egress/egress.js';
import { createSmsChannel } from './sms/sms.js';
import { noAccounts, noSpend, noticeMessage, pageMessage } from '../../shared/testing/messages.js';
import { createVoiceChannel } from './voice/voice.js';
import { countriesOf } from './country.js';
import { heard } from '../fake-phone.js';
import { createPhoneProviders } from './providers.js';
import { startTelnyx } from '../../telnyx/fake.js';
import { startTwilio, twilioAccount } from '../../twilio/fake.js';

const publicUrl = 'https://tocsin.example.com';
const tag = 'ab'.repeat(32);
const secretKey = Buffer.alloc(32);
const ana = '+4930123456';
const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

interface Changes {
  providers?: ChannelSettings['phone']['providers'];
  countries?: string[];
  spend?: SpendPort;
  phoneCallbacks?: PhoneCallbackPort;
}

async function setUp({
  providers = ['twilio', 'telnyx'],
  countries = [],
  spend = noSpend,
  phoneCallbacks = { seen: () => Promise.resolve(null) },
}: Changes = {}) {
  const [twilio, telnyx] = await Promise.all([startTwilio(), startTelnyx()]);
  const egress = createEgress({ allow: ['127.0.0.0/8'] });
  open.push(twilio, telnyx, egress);
  const settings: ChannelSettings = {
    ...noAccounts,
    twilio: { ...twilioAccount, apiUrl: twilio.url },
    telnyx: { ...telnyx.account, publicKey: telnyx.publicKey, apiUrl: telnyx.url },
    phone: { ...noAccounts.phone, providers, countries },
  };
  const deps = {
    providers: createPhoneProviders(egress, settings, { publicUrl, secretKey }),
    limits: settings.phone,
    spend,
    phoneCallbacks,
  };
  const request = (message: OutgoingMessage, to: string, timeoutMs: number): SendRequest => ({
    destination: { channel: 'sms', address: to },
    message,
    idempotencyKey: tag,
    timeoutMs,
  });
  const via =
    (channel: Channel) =>
    (message: OutgoingMessage = pageMessage(), to = ana, timeoutMs = 5_000): Promise<SendOutcome> =>
      channel.send(request(message, to, timeoutMs));
  const sms = createSmsChannel({ ...deps, secretKey });
  const answeredBetween = async (): Promise<SendOutcome> =>
    sms.send({ ...request(pageMessage(), ana, 5_000), stillWanted: () => Promise.resolve(false) });
  return {
    twilio,
    telnyx,
    text: via(sms),
    call: via(createVoiceChannel(deps)),
    answeredBetween,
    lookUp: (message = pageMessage({ attempt: 2, possibleDuplicate: true })) =>
      sms.lookUp?.(request(message, ana, 2_000)),
  };
}

describe('by Twilio', () => {
  it('a text goes out with the address of its callbacks', async () => {
    const { twilio, text } = await setUp();
    const outcome = await text();
    const [sent] = twilio.texts;
    expect(outcome).toEqual({ kind: 'accepted', provider: 'twilio', providerId: sent?.id });
    expect(sent).toMatchObject({ to: ana, from: twilioAccount.from });
    // Five letters specific to this page: without them a text resolves nothing.
    expect(sent?.body).toMatch(/INC-42: Reply 4 to ack, 6 [a-z]{5} to resolve, NO to pass on\./);
    expect(sent?.callback).toBe(
      `${publicUrl}/hooks/twilio/status?d=${callbackKey(secretKey, 'twilio', tag)}`,
    );
    expect(twilio.provider.requests[0]?.rawBody).toContain('ValidityPeriod=600');
  });

  it('a call asks for digits, tells its states and finds out who answers', async () => {
    const { twilio, call } = await setUp();
    expect(await call()).toMatchObject({ kind: 'accepted', provider: 'twilio' });
    const [placed] = twilio.calls;
    expect(placed?.script).toContain(
      `action="${publicUrl}/hooks/twilio/voice?d=${callbackKey(secretKey, 'twilio', tag)}"`,
    );
    expect(heard(placed?.script ?? '')[0]).toContain('Press 4 to acknowledge, 6 to resolve');
    const sent = new URLSearchParams(twilio.provider.requests[0]?.rawBody);
    expect(sent.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed']);
    expect(sent.get('AsyncAmdStatusCallback')).toBe(
      `${publicUrl}/hooks/twilio/status?d=${callbackKey(secretKey, 'twilio', tag)}`,
    );
  });

  it('a call that needs no answer asks for none', async () => {
    const { twilio, call } = await setUp();
    await call(noticeMessage);
    expect(twilio.calls[0]?.script).not.toContain('<Gather');
  });
});

describe('by Telnyx', () => {
  it('a text goes out with the address of its callbacks', async () => {
    const { telnyx, text } = await setUp({ providers: ['telnyx'] });
    const outcome = await text();
    const [sent] = telnyx.texts;
    expect(outcome).toEqual({ kind: 'accepted', provider: 'telnyx', providerId: sent?.id });
    expect(sent?.callback).toBe(
      `${publicUrl}/hooks/telnyx/events?d=${callbackKey(secretKey, 'telnyx', tag)}`,
    );
  });

  it('a call carries the same instructions', async () => {
    const { telnyx, call } = await setUp({ providers: ['telnyx'] });
    expect(await call()).toEqual({ kind: 'accepted', provider: 'telnyx', providerId: null });
    expect(telnyx.calls[0]?.script).toContain(
      `action="${publicUrl}/hooks/telnyx/voice?d=${callbackKey(secretKey, 'telnyx', tag)}"`,
    );
    expect(telnyx.calls[0]?.machineCallback).toBe(
      `${publicUrl}/hooks/telnyx/status?d=${callbackKey(secretKey, 'telnyx', tag)}`,
    );
  });
});

describe('when a provider does not take it', () => {
  it.each([
    [{ status: 500, body: { code: 20500, message: 'Internal Server Error' } }],
    [{ status: 429, headers: { 'retry-after': '30' }, body: { code: 20429, message: 'Too Many Requests' } }],
    [{ status: 401, body: { code: 20003, message: 'Authenticate' } }],
    [{ status: 503, body: '<html>down</html>' }],
    [{ status: 200, body: { code: 30001, message: 'Queue overflow' } }],
    [{ status: 201, body: { sid: 'SM1', status: 'failed', error_code: 30002, error_message: 'Suspended' } }],
  ])('the next one does, in the same attempt: %j', async (answer) => {
    const { twilio, telnyx, text } = await setUp();
    twilio.provider.script(answer);
    expect(await text()).toMatchObject({ kind: 'accepted', provider: 'telnyx' });
    expect([twilio.texts.length, telnyx.texts.length]).toEqual([0, 1]);
  });

  it('no other one is asked any more when somebody has answered meanwhile', async () => {
    const { twilio, telnyx, answeredBetween } = await setUp();
    twilio.provider.script({ status: 500 });
    expect(await answeredBetween()).toMatchObject({ kind: 'failed', provider: 'twilio', permanent: false });
    expect(telnyx.provider.requests).toEqual([]);
  });

  it('the next one does when nobody listens', async () => {
    const { twilio, call } = await setUp();
    await twilio.close();
    expect(await call()).toMatchObject({ kind: 'accepted', provider: 'telnyx' });
  });

  it('it fails when none does, for good only when all say so', async () => {
    const { twilio, telnyx, text } = await setUp();
    twilio.provider.always({ status: 500, body: { code: 20500, message: 'Internal Server Error' } });
    telnyx.provider.always({ status: 400, body: { errors: [{ code: '10015', title: 'Bad Request' }] } });
    expect(await text()).toEqual({
      kind: 'failed',
      provider: 'telnyx',
      permanent: false,
      error: 'twilio: 500: 20500 Internal Server Error; telnyx: 400: 10015 Bad Request',
    });
    twilio.provider.always({ status: 400, body: { code: 21211, message: 'Invalid number' } });
    expect(await text()).toMatchObject({ kind: 'failed', permanent: true });
  });

  it.each([
    [429, '30', 30_000],
    [503, '30', 30_000],
    [503, new Date(Date.now() + 3_600_000).toUTCString(), 300_000],
  ])('%i with Retry-After %s is not tried again before', async (status, header, retryAfterMs) => {
    const { twilio, call } = await setUp({ providers: ['twilio'] });
    twilio.provider.script({ status, headers: { 'retry-after': header } });
    expect(await call()).toMatchObject({ kind: 'failed', permanent: false, retryAfterMs });
  });

  it('nobody else is asked to text a person who wrote STOP', async () => {
    const { twilio, telnyx, text } = await setUp();
    twilio.optedOut.add(ana);
    expect(await text()).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: expect.stringContaining('21610'),
    });
    expect(telnyx.provider.requests).toEqual([]);
  });
});

describe('when nobody knows whether a provider has it', () => {
  it.each([['hang' as const], ['drop' as const], [{ status: 504 }], [{ status: 201, body: 'gateway' }]])(
    'no other one is asked in that attempt: %j',
    async (misbehaviour) => {
      const { twilio, telnyx, text } = await setUp();
      twilio.provider.script(misbehaviour);
      expect(await text(pageMessage(), ana, 500)).toMatchObject({ kind: 'ambiguous', provider: 'twilio' });
      expect(telnyx.provider.requests).toEqual([]);
    },
  );

  it('Twilio is asked for the link, and what it has is not sent again', async () => {
    const { twilio, text, lookUp } = await setUp();
    twilio.provider.script('drop');
    await text();
    expect(await lookUp()).toEqual({ kind: 'accepted', provider: 'twilio', providerId: twilio.texts[0]?.id });
  });

  it('a text that failed, or another one to the same number, is not it', async () => {
    const { twilio, text, lookUp } = await setUp();
    twilio.provider.script({ status: 504 });
    await text();
    expect(await lookUp()).toBeNull();
    await text(pageMessage({ links: { respond: `${publicUrl}/l/other`, incident: publicUrl } }));
    expect(await lookUp()).toBeNull();
    await text();
    Object.assign(twilio.texts.at(-1) ?? {}, { status: 'undelivered' });
    expect(await lookUp()).toBeNull();
  });

  it('a callback that came meanwhile says that it was taken', async () => {
    const phoneCallbacks: PhoneCallbackPort = {
      seen: (key, provider) => Promise.resolve(key === tag && provider === 'telnyx' ? 'v3:1' : null),
    };
    const { lookUp } = await setUp({ phoneCallbacks });
    expect(await lookUp()).toEqual({ kind: 'accepted', provider: 'telnyx', providerId: 'v3:1' });
  });

  it('the next attempt begins with the other provider, and says that it may be a repeat', async () => {
    const { twilio, telnyx, text, call } = await setUp();
    twilio.provider.always('hang');
    const again = pageMessage({ attempt: 2, possibleDuplicate: true });
    expect(await text(again)).toMatchObject({ kind: 'accepted', provider: 'telnyx' });
    expect(telnyx.texts[0]?.body).toContain('May be a repeat.');
    await call(again);
    expect(heard(telnyx.calls[0]?.script ?? '')[0]).toContain('This is a repeat call.');
    expect(twilio.texts).toEqual([]);
  });
});

describe('the guards', () => {
  const counting = () => {
    const asked: { person: string; isUrgent: boolean }[] = [];
    const refunds: string[] = [];
    const refusals: string[] = [];
    const spend: SpendPort = {
      reserve: ({ person, isUrgent }) => {
        asked.push({ person, isUrgent });
        return Promise.resolve({ kind: 'allowed' });
      },
      refund: (person) => Promise.resolve(void refunds.push(person)),
      refused: (because) => Promise.resolve(void refusals.push(because)),
    };
    return { spend, asked, refunds, refusals };
  };

  it('hold back what a country list does not allow, for good, and nothing leaves', async () => {
    const { spend, asked, refusals } = counting();
    const { twilio, text } = await setUp({ countries: ['DE', 'US'], spend });
    expect(await text(pageMessage(), '+18765550123')).toEqual({
      kind: 'failed',
      provider: 'phone',
      permanent: true,
      error: 'the number belongs to JM; TOCSIN_PHONE_COUNTRIES allows DE, US',
    });
    expect([twilio.provider.requests, asked, refusals]).toEqual([[], [], ['country']]);
    expect(await text()).toMatchObject({ kind: 'accepted' });
  });

  it('hold back what is over the limit, with the reason', async () => {
    const spend: SpendPort = {
      ...noSpend,
      reserve: () => Promise.resolve({ kind: 'refused', because: 'daily_limit', text: 'used up' }),
    };
    const { text } = await setUp({ spend });
    expect(await text()).toMatchObject({ kind: 'failed', permanent: true, error: 'used up' });
  });

  it('know which pages have a claim on the reserve', async () => {
    const { spend, asked } = counting();
    const { text } = await setUp({ spend });
    await text();
    await text(pageMessage({ incident: { priority: 'P3' } }));
    await text(pageMessage({ incident: { drill: true } }));
    await text(noticeMessage);
    expect(asked.map(({ isUrgent }) => isUrgent)).toEqual([true, false, false, false]);
  });

  it('count only what was sent or may have been', async () => {
    const { spend, refunds } = counting();
    const { twilio, text } = await setUp({ spend, providers: ['twilio'] });
    twilio.provider.script({ status: 500 }, 'drop');
    await text();
    expect(refunds).toEqual(['ana']);
    await text();
    await text();
    expect(refunds).toEqual(['ana']);
  });

  it('hold back no page because the counter is away', async () => {
    const spend: SpendPort = { ...noSpend, reserve: () => Promise.reject(new Error('away')) };
    const { text } = await setUp({ spend });
    expect(await text()).toMatchObject({ kind: 'accepted' });
  });

  it('refuse what is no number', async () => {
    const { text, twilio } = await setUp();
    expect(await text(pageMessage(), '030 123456')).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: expect.stringContaining('E.164'),
    });
    expect(twilio.provider.requests).toEqual([]);
  });
});

describe('the countries of a number', () => {
  it.each<[string, string[]]>([
    ['+4930123456', ['DE']],
    ['+12025550123', ['US']],
    ['+14165550123', ['CA']],
    ['+77011234567', ['KZ']],
    ['+88312345678', []],
  ])('%s: %j', async (number, countries) => expect(await countriesOf(number)).toEqual(countries));
});
