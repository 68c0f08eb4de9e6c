/**
 * Pages by SMS and call, on real processes: sent, answered by text and digit, failed over, and refused when unsigned.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeCall, FakeText } from '../../integrations/phone/fake-phone.js';
import { heard } from '../../integrations/phone/fake-phone.js';
import { type FakeTelnyx, startTelnyx } from '../../integrations/telnyx/fake.js';
import { type FakeTwilio, startTwilio, twilioAccount } from '../../integrations/twilio/fake.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let twilio: FakeTwilio;
let telnyx: FakeTelnyx;

beforeAll(async () => {
  [twilio, telnyx] = await Promise.all([startTwilio(), startTelnyx()]);
  stack = await startTestStack({
    env: {
      TWILIO_ACCOUNT_SID: twilioAccount.accountSid,
      TWILIO_AUTH_TOKEN: twilioAccount.authToken,
      TWILIO_FROM: twilioAccount.from,
      TWILIO_API_URL: twilio.url,
      TELNYX_API_KEY: telnyx.account.apiKey,
      TELNYX_PUBLIC_KEY: telnyx.publicKey,
      TELNYX_FROM: telnyx.account.from,
      TELNYX_CONNECTION_ID: telnyx.account.connectionId,
      TELNYX_ACCOUNT_ID: telnyx.account.accountId,
      TELNYX_API_URL: telnyx.url,
      TOCSIN_PHONE_COUNTRIES: 'DE',
    },
  });
}, 90_000);
afterAll(async () => {
  await Promise.all([twilio.close(), telnyx.close()]);
  await stack.end();
});

let lastNumber = 0;

/** A person with one phone and a webhook as fallback, a service that pages her, and an incident of it. */
async function pageBy(
  channel: 'sms' | 'voice',
  name: string,
  { number = '', steps = '' }: { number?: string; steps?: string } = {},
): Promise<{ incident: string; to: string }> {
  lastNumber += 1;
  const to = number === '' ? `+493012345${String(lastNumber).padStart(2, '0')}` : number;
  await stack.apply(`---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: UTC
  role: responder
  contacts:
    - {name: phone, channel: ${channel}, address: "${to}"}
    - {name: spare, channel: webhook, address: "${stack.phones.receiver.url}/${name}/spare"}
  rules: {high: [{after: 0s, contact: phone}, {after: 10m, contact: spare}], low: []}
`);
  await stack.apply(ownService(`of-${name}`, `[{notify: [{person: ${name}}], wait: 1h}${steps}]`));
  const { number: incident } = await stack.declare({ title: `Trouble – ${name}`, service: `of-${name}` });
  return { incident, to };
}

const rowOf = async (incident: string, channel: string) =>
  (await stack.deliveries(incident)).find((row) => row.channel === channel);
const rowIn = (incident: string, channel: string, state: string) =>
  eventually(
    async () => {
      const row = await rowOf(incident, channel);
      return row?.state === state ? row : Promise.reject(new Error(JSON.stringify(row)));
    },
    { what: `the ${channel} row of ${incident} ${state}`, timeoutMs: 30_000 },
  );
const textTo = (to: string): Promise<FakeText> => twilio.nextText((text) => text.to === to);
const callTo = (to: string): Promise<FakeCall> => twilio.nextCall((call) => call.to === to);
const smsHook = (): string => `${stack.tocsin.url}/hooks/twilio/sms`;
const statusOf = async (incident: string): Promise<string> => (await stack.incident(incident)).status;

describe('a text', () => {
  it('is answered by a text, once however often it is told', async () => {
    const { incident, to } = await pageBy('sms', 'ada');
    const text = await textTo(to);
    expect(text.body).toMatch(/INC-\d+: Reply 4 to ack, 6 [b-z]{5} to resolve, NO to pass on\./);
    expect(text.body).toContain(`${stack.tocsin.url}/l/`);
    await rowIn(incident, 'sms', 'accepted');
    const answer = await twilio.text(smsHook(), to, '4', 'SM4');
    expect(answer.status).toBe(200);
    expect(heard(answer.text)[0]).toContain(`${incident} is acknowledged by you`);
    expect(await stack.incident(incident)).toMatchObject({ status: 'acknowledged', commander: 'ada' });
    const again = await twilio.text(smsHook(), to, '4', 'SM4');
    expect(again.status).toBe(200);
    const kinds = await stack.kinds(incident);
    expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
  });

  it('goalert#2775: sent twice under two message ids does one thing: one step further, one acknowledgement', async () => {
    const { incident, to } = await pageBy('sms', 'zoe', {
      steps: ', {notify: [{person: bo}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}',
    });
    await textTo(to);
    const both = (words: string, id: string) =>
      Promise.all(['a', 'b'].map((copy) => twilio.text(smsHook(), to, words, `SM-${id}-${copy}`)));
    expect((await both('escalate', 'up')).map(({ status }) => status)).toEqual([200, 200]);
    const stepsOf = async () =>
      (await stack.timeline(incident))
        .filter(({ kind }) => kind === 'escalated')
        .map(({ data }) => data['step']);
    expect(await stepsOf()).toEqual([2]);
    await stack.phones.of('bo').expectsPage(incident);
    // One after the other, as a network repeats them.
    await twilio.text(smsHook(), to, 'escalate', 'SM-up-c');
    expect(await stepsOf()).toEqual([2]);

    const { incident: second, to: phone } = await pageBy('sms', 'yva', {
      steps: ', {notify: [{person: bo}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}',
    });
    await textTo(phone);
    for (const copy of ['a', 'b']) await twilio.text(smsHook(), phone, 'NO', `SM-no-${copy}`);
    await stack.phones.of('bo').expectsPage(second);
    const declined = (await stack.kinds(second)).filter((kind) => kind === 'declined');
    expect(declined).toHaveLength(1);
    expect((await stack.kinds(second)).filter((kind) => kind === 'paged')).toHaveLength(2);

    const answers = await Promise.all(
      ['a', 'b'].map((copy) => twilio.text(smsHook(), phone, `ack ${second}`, `SM-ack-${copy}`)),
    );
    for (const { text } of answers) expect(heard(text)[0]).toMatch(/acknowledged by you/);
    expect((await stack.kinds(second)).filter((kind) => kind === 'acknowledged')).toHaveLength(1);
  });

  it('that is not understood is answered with what would be', async () => {
    const { incident, to } = await pageBy('sms', 'bea');
    await textTo(to);
    const answer = await twilio.text(smsHook(), to, 'what is it?');
    expect(heard(answer.text)[0]).toMatch(/^Not understood\. Reply ACK/);
    expect(await statusOf(incident)).toBe('triggered');
  });

  it('tells its states, and no late or repeated one moves the row back', async () => {
    const { incident, to } = await pageBy('sms', 'cia');
    const text = await textTo(to);
    await rowIn(incident, 'sms', 'accepted');
    for (const status of ['queued', 'sent', 'delivered', 'delivered', 'sent', 'failed'])
      expect((await twilio.tell(text, status)).status).toBe(200);
    expect((await rowOf(incident, 'sms'))?.state).toBe('delivered');
  });

  it('that the network gives back goes to the next contact at once', async () => {
    const { incident, to } = await pageBy('sms', 'dia');
    const text = await textTo(to);
    await rowIn(incident, 'sms', 'accepted');
    await twilio.tell(text, 'undelivered', { ErrorCode: '30003' });
    const page = await stack.phones.of('dia').expectsPage(incident);
    expect(page.delivery.path).toBe('/dia/spare');
    expect(await rowOf(incident, 'sms')).toMatchObject({ state: 'failed' });
  });
});

describe('a call', () => {
  it('is answered by a digit, and says what was done', async () => {
    const { incident, to } = await pageBy('voice', 'eda');
    const call = await callTo(to);
    expect(heard(call.script)[0]).toContain(`Incident ${incident.replace('-', ' ')}`);
    await twilio.reportAnsweredBy(call, 'human');
    await rowIn(incident, 'voice', 'delivered');
    const answer = await twilio.press(call, '4');
    expect(heard(answer.text)[0]).toContain(`${incident} is acknowledged by you`);
    expect(answer.text).toContain('<Hangup/>');
    expect(await statusOf(incident)).toBe('acknowledged');
    expect(heard((await twilio.press(call, '6')).text)[0]).toContain('is resolved');
    expect(await statusOf(incident)).toBe('resolved');
  });

  it('can be passed on by 9, and no other key does anything', async () => {
    const { incident, to } = await pageBy('voice', 'fay', {
      steps: ', {notify: [{person: cleo}], wait: 1h}',
    });
    const call = await callTo(to);
    expect(heard((await twilio.press(call, '1')).text)[0]).toContain('means nothing here');
    expect(heard((await twilio.press(call, '9')).text)[0]).toContain("noted that you can't take it");
    await stack.phones.of('cleo').expects({ incident, step: 2 });
  });

  it.each([
    ['a mailbox took it', 'gil', (call: FakeCall) => twilio.reportAnsweredBy(call, 'machine_start')],
    ['nobody took it', 'hal', (call: FakeCall) => twilio.tell(call, 'no-answer')],
  ])('reached nobody when %s: the next contact is tried at once', async (_what, name, tell) => {
    const { incident, to } = await pageBy('voice', name);
    const call = await callTo(to);
    await rowIn(incident, 'voice', 'accepted');
    await tell(call);
    await stack.phones.of(name).expectsPage(incident);
    expect((await rowOf(incident, 'voice'))?.state).toBe('failed');
    expect((await twilio.tell(call, 'completed')).status).toBe(200);
    expect((await rowOf(incident, 'voice'))?.state).toBe('failed');
  });
});

describe('when Twilio', () => {
  it('answers 500, Telnyx delivers in the same attempt', async () => {
    twilio.provider.script({ status: 500, body: { code: 20500, message: 'Internal Server Error' } });
    const { incident, to } = await pageBy('sms', 'ida');
    const text = await telnyx.nextText((one) => one.to === to);
    const row = await rowIn(incident, 'sms', 'accepted');
    expect(row.attempts).toMatchObject([{ outcome: 'accepted', provider: 'telnyx' }]);
    expect((await telnyx.tell(text, 'delivered')).status).toBe(200);
    expect((await rowOf(incident, 'sms'))?.state).toBe('delivered');
    const url = `${stack.tocsin.url}/hooks/telnyx/events`;
    expect((await telnyx.text(url, to, 'ack', 'm1')).status).toBe(200);
    const answer = await telnyx.nextText((one) => one.to === to);
    expect(answer.body).toContain(`${incident} is acknowledged by you`);
    await telnyx.text(url, to, 'ack', 'm1');
    // Another SMS has its answer: one to the repeated SMS would have come before.
    await telnyx.text(url, to, 'what is it?', 'm2');
    expect((await telnyx.nextText((one) => one.to === to)).body).toContain('Not understood');
    expect(telnyx.texts.filter((one) => one.to === to)).toHaveLength(3);
  });

  it('and Telnyx are both dead, the next contact is paged', async () => {
    twilio.provider.script({ status: 400, body: { code: 21211, message: 'Invalid number' } });
    telnyx.provider.script({ status: 422, body: { errors: [{ code: '40310', title: 'Invalid address' }] } });
    const { incident } = await pageBy('sms', 'jil');
    await stack.phones.of('jil').expectsPage(incident);
    expect(await rowOf(incident, 'sms')).toMatchObject({ state: 'exhausted' });
  });

  it('and Telnyx answer nothing but errors, the next contact is paged within seconds while they are tried on', async () => {
    twilio.provider.always({ status: 500 });
    telnyx.provider.always({ status: 503 });
    const { incident } = await pageBy('sms', 'joy');
    await stack.phones.of('joy').expectsPage(incident);
    const row = await rowOf(incident, 'sms');
    expect(row?.attempts.slice(0, 2)).toMatchObject([
      { outcome: 'failed', error: 'twilio: 500: no reason given; telnyx: 503: no reason given' },
      { outcome: 'failed' },
    ]);
    // Acknowledged, so that no further attempt meets the next test's script.
    await stack.tell(incident, 'acknowledge', { person: 'joy' });
    twilio.provider.always(null);
    telnyx.provider.always(null);
  });

  it('took a text and fell silent, it is found by its link and not sent again', async () => {
    twilio.provider.script('drop');
    const { incident, to } = await pageBy('sms', 'kai');
    const row = await rowIn(incident, 'sms', 'accepted');
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'accepted']);
    expect(twilio.texts.filter((text) => text.to === to)).toHaveLength(1);
  });

  it('took a call and fell silent, it is found by its callback and not placed again', async () => {
    twilio.provider.script('drop');
    const { incident, to } = await pageBy('voice', 'lea');
    const call = await callTo(to);
    expect((await twilio.tell(call, 'ringing')).status).toBe(200);
    const row = await rowIn(incident, 'voice', 'accepted');
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'accepted']);
    expect([...twilio.calls, ...telnyx.calls].filter((one) => one.to === to)).toHaveLength(1);
  });
});

it('an SMS that Telnyx delivers twice at once gets one answer', async () => {
  const { to } = await pageBy('sms', 'iris');
  await textTo(to);
  const url = `${stack.tocsin.url}/hooks/telnyx/events`;
  const copy = () => telnyx.text(url, to, 'what is it?', 'twice');
  expect((await Promise.all([copy(), copy()])).map(({ status }) => status)).toEqual([200, 200]);
  // An event is answered after its text was sent.
  expect(telnyx.texts.filter((one) => one.to === to)).toEqual([
    expect.objectContaining({ body: expect.stringContaining('Not understood') }),
  ]);
});

describe('a call by Telnyx', () => {
  it('is answered by a digit as well', async () => {
    twilio.provider.script({ status: 503 });
    const { incident, to } = await pageBy('voice', 'mia');
    const call = await telnyx.nextCall((one) => one.to === to);
    await rowIn(incident, 'voice', 'accepted');
    await telnyx.reportAnsweredBy(call, 'human');
    expect((await rowOf(incident, 'voice'))?.state).toBe('delivered');
    const answer = await telnyx.press(call, '4');
    expect(heard(answer.text)[0]).toContain(`${incident} is acknowledged by you`);
    expect(await statusOf(incident)).toBe('acknowledged');
  });
});

describe('what is not believed', () => {
  const refused = (provider: string) =>
    stack.tocsin.sql<{ reason: string }>(
      `SELECT reason FROM provider_callback WHERE provider = $1 AND outcome = 'refused' ORDER BY received_at`,
      [provider],
    );

  it('a forged answer changes nothing and is on record', async () => {
    const { incident, to } = await pageBy('sms', 'nea');
    const text = await textTo(to);
    const fields = {
      AccountSid: twilioAccount.accountSid,
      MessageSid: 'SM9',
      From: to,
      To: twilioAccount.from,
      Body: '4',
    };
    expect((await twilio.forge(smsHook(), fields)).status).toBe(403);
    // A signature for another URL is invalid.
    expect((await twilio.send(smsHook(), fields, text.callback)).status).toBe(403);
    expect((await twilio.send(smsHook(), { ...fields, AccountSid: 'AC1' })).status).toBe(403);
    expect(await statusOf(incident)).toBe('triggered');
    expect((await refused('twilio')).map(({ reason }) => reason)).toEqual([
      'the signature does not belong to this address and body',
      'the signature does not belong to this address and body',
      'another account',
    ]);
  });

  it('nor does a forged or old event of Telnyx', async () => {
    const url = `${stack.tocsin.url}/hooks/telnyx/events`;
    const type = 'application/json';
    expect((await telnyx.send(url, type, '{}', { forged: true })).status).toBe(401);
    expect((await telnyx.send(url, type, '{}', { ageS: 600 })).status).toBe(401);
    expect((await telnyx.send(url, type, '{}')).status).toBe(400);
    expect((await fetch(url, { method: 'POST', body: '{}' })).status).toBe(401);
    expect((await refused('telnyx')).map(({ reason }) => reason)).toEqual([
      'the signature does not belong to this body',
      'the timestamp is not of now',
      'not an event of a message',
      'no signature',
    ]);
  });

  it('nor does what Telnyx signed, at the address of another call or of none: it signs the body alone', async () => {
    twilio.provider.script({ status: 503 });
    const { incident, to } = await pageBy('voice', 'ora');
    const call = await telnyx.nextCall((one) => one.to === to);
    await rowIn(incident, 'voice', 'accepted');
    const [, key = ''] = /[?]d=([0-9a-f]{64})/.exec(call.callback) ?? [];
    for (const query of ['', `?d=${key}`, `?d=${key}.${'0'.repeat(32)}`]) {
      const script = call.script.replace(/[?]d=[0-9a-f.]+/, query);
      expect([query, (await telnyx.press({ ...call, script }, '4')).status]).toEqual([query, 403]);
    }
    const callback = call.callback.replace(
      key,
      key.replace(/^./, (digit) => (digit === '0' ? '1' : '0')),
    );
    expect((await telnyx.tell({ ...call, callback }, 'no-answer')).status).toBe(403);
    expect(await statusOf(incident)).toBe('triggered');
    expect((await refused('telnyx')).slice(-4).map(({ reason }) => reason)).toEqual([
      'digits without the call that they answer',
      'not an address that was given out',
      'not an address that was given out',
      'not an address that was given out',
    ]);
    expect((await telnyx.press(call, '4')).status).toBe(200);
    expect(await statusOf(incident)).toBe('acknowledged');
  });

  it('a number that nobody has is answered nothing, and is on record', async () => {
    const answer = await twilio.text(smsHook(), '+4930999999', 'ack', 'SM-stranger');
    expect(answer).toEqual({
      status: 200,
      text: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    });
    const kept = await stack.tocsin.sql(
      `SELECT outcome FROM inbound_reply WHERE channel = 'sms' AND message_id = 'SM-stranger'`,
    );
    expect(kept).toEqual([{ outcome: 'unknown_sender' }]);
    const called = await twilio.send(`${stack.tocsin.url}/hooks/twilio/voice`, {
      AccountSid: twilioAccount.accountSid,
      CallSid: 'CA-stranger',
      From: '+4930999999',
      To: twilioAccount.from,
      CallStatus: 'ringing',
    });
    expect(called.text).toContain('<Response></Response>');
  });
});

describe('a country that is not on the list', () => {
  it('is not called: the row says why, the next contact is paged, the metric counts it', async () => {
    const { incident, to } = await pageBy('sms', 'ora', { number: '+18765550123' });
    await stack.phones.of('ora').expectsPage(incident);
    const row = await rowOf(incident, 'sms');
    expect(row?.state).toBe('exhausted');
    expect(row?.attempts[0]?.error).toBe('the number belongs to JM; TOCSIN_PHONE_COUNTRIES allows DE');
    expect([...twilio.texts, ...telnyx.texts].filter((text) => text.to === to)).toEqual([]);
    await textTo((await pageBy('sms', 'pia')).to);
    const { text } = await stack.tocsin.call('GET', '/metrics');
    expect(text).toMatch(/^tocsin_paid_messages_today\{what="held_back_by_country"\} 1$/m);
    expect(text).toMatch(/^tocsin_paid_messages_today\{what="sent"\} [1-9]/m);
  });
});
