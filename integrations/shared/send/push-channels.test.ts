/** ntfy, Pushover, browser push and Apprise against fakes over real HTTP: sent messages, and every error response. */
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Channel, SendOutcome } from '../../../ports/channel.js';
import { vapidKeys } from '../../../shared/keys.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { createEgress } from '../../../egress/egress.js';
import { createAppriseChannel } from '../../apprise/send/apprise.js';
import { startFakeApprise } from '../../apprise/fake.js';
import type { FakeProvider } from '../testing/fake-provider.js';
import { startFakeNtfy } from '../../ntfy/fake.js';
import { createNtfyChannel } from '../../ntfy/send/ntfy.js';
import { startFakePushover } from '../../pushover/fake.js';
import { createPushoverChannel } from '../../pushover/send/pushover.js';
import { approvalMessage, noticeMessage, pageMessage, reviewMessage } from '../testing/messages.js';
import { startFakePush } from '../../webpush/fake.js';
import { createWebpushChannel } from '../../webpush/send/webpush.js';

const KEY = 'a'.repeat(64);
const secretKey = Buffer.alloc(32, 7);
const open: { close(): unknown }[] = [];
afterEach(() => Promise.all(open.splice(0).map((each) => each.close())));
const opened = <T extends { close(): unknown }>(one: T): T => {
  open.push(one);
  return one;
};
const newEgress = () => opened(createEgress({ allow: ['127.0.0.0/8'] }));
const newEgresses = () => ({ egress: newEgress(), contactEgress: newEgress() });

interface Changes {
  message?: OutgoingMessage;
  address?: string;
  secret?: string;
  idempotencyKey?: string;
  timeoutMs?: number;
}
type Send = (changes?: Changes) => Promise<SendOutcome>;

const sender =
  (channel: Channel, address: string, secret?: string): Send =>
  (changes = {}) =>
    channel.send({
      destination: {
        channel: channel.name,
        address: changes.address ?? address,
        ...((changes.secret ?? secret) === undefined ? {} : { secret: changes.secret ?? secret ?? '' }),
      },
      message: changes.message ?? pageMessage(),
      idempotencyKey: changes.idempotencyKey ?? KEY,
      timeoutMs: changes.timeoutMs ?? 5_000,
    });

const USER = `u${'1'.repeat(29)}`;

async function ntfy(token?: string) {
  const provider = opened(await startFakeNtfy(token === undefined ? {} : { token }));
  const send = sender(
    createNtfyChannel({ ...newEgresses(), url: provider.url, token: token ?? null }),
    'ana-pages',
  );
  return { provider, send };
}
async function pushover() {
  const provider = opened(await startFakePushover({ token: 'app', users: [USER] }));
  const options = { token: 'app', apiUrl: provider.url, secretKey, publicUrl: 'https://tocsin.example.com' };
  const channel = createPushoverChannel({ egress: newEgress(), ...options });
  return { provider, channel, send: sender(channel, USER) };
}
async function webpush() {
  const provider = opened(await startFakePush());
  const subscription = provider.subscribe(vapidKeys(secretKey).publicKey);
  const channel = createWebpushChannel({
    egress: newEgress(),
    subject: 'mailto:oncall@example.com',
    secretKey,
  });
  return { provider, subscription, send: sender(channel, subscription.endpoint, subscription.secret) };
}
async function apprise() {
  const provider = opened(await startFakeApprise({ keys: ['ana'] }));
  return { provider, send: sender(createAppriseChannel({ ...newEgresses(), url: provider.url }), 'ana') };
}

const all: [string, () => Promise<{ provider: FakeProvider; send: Send }>][] = [
  ['ntfy', ntfy],
  ['pushover', pushover],
  ['webpush', webpush],
  ['apprise', apprise],
];

describe.each(all)('%s', (name, setUp) => {
  it('takes every kind of message, however long and in whatever script', async () => {
    const { provider, send } = await setUp();
    const title = 'Ω"\n'.repeat(3_000);
    const bridge = `https://meet.example.com/${'x'.repeat(6_000)}`;
    const messages = [
      pageMessage({
        incident: { title, service: title, priorityReasons: [title, title], drill: true },
        bridge,
      }),
      approvalMessage,
      reviewMessage,
      { ...noticeMessage, type: 'notice.sent' as const, text: title },
    ];
    for (const message of messages)
      expect(await send({ message })).toMatchObject({ kind: 'accepted', provider: name });
    expect(provider.requests).toHaveLength(4);
  });

  it.each<[string, Parameters<FakeProvider['script']>[0], object]>([
    ['500', { status: 500, body: 'oops' }, { kind: 'failed', permanent: false, error: '500: oops' }],
    [
      '429',
      { status: 429, headers: { 'retry-after': '7' } },
      { kind: 'failed', permanent: false, retryAfterMs: 7_000 },
    ],
    [
      '503 until a date',
      { status: 503, headers: { 'retry-after': new Date(Date.now() + 3_600_000).toUTCString() } },
      { kind: 'failed', permanent: false, retryAfterMs: 300_000 },
    ],
    ['a refusal', { status: 400, body: 'no' }, { kind: 'failed', permanent: true, error: '400: no' }],
    ['a redirect', { status: 302, headers: { location: 'http://169.254.169.254/' } }, { kind: 'failed' }],
    [
      'a front that gave up waiting',
      { status: 504, body: 'late' },
      { kind: 'ambiguous', error: '504: late' },
    ],
    ['silence', 'hang', { kind: 'ambiguous' }],
    ['a cut line after it was taken', 'drop', { kind: 'ambiguous' }],
  ])('answers %s', async (_what, misbehaviour, outcome) => {
    const { provider, send } = await setUp();
    provider.script(misbehaviour);
    const timeoutMs = misbehaviour === 'hang' ? 1_000 : 5_000;
    expect(await send({ timeoutMs })).toMatchObject({ ...outcome, provider: name });
    expect(provider.requests).toHaveLength(1);
    expect(await send()).toMatchObject({ kind: 'accepted' });
  });

  it('is not there', async () => {
    const { provider, send } = await setUp();
    await provider.close();
    expect(await send()).toMatchObject({
      kind: 'failed',
      permanent: false,
      error: expect.stringContaining('unreachable'),
    });
  });
});

describe('ntfy', () => {
  it('is loud for a page and carries buttons that answer it', async () => {
    const { provider, send } = await ntfy('tk_1');
    expect(await send({ message: pageMessage({ possibleDuplicate: true }) })).toEqual({
      kind: 'accepted',
      provider: 'ntfy',
      providerId: 'm1',
    });
    expect(provider.messages[0]).toMatchObject({
      topic: 'ana-pages',
      sequence_id: KEY,
      title: '[P1] INC-42 Replica lag 900 s – checkout-db',
      message: expect.stringContaining('May be a repeat of an earlier message.'),
      priority: 5,
      click: 'https://tocsin.example.com/l/abc',
      actions: [
        {
          action: 'http',
          label: 'Acknowledge',
          url: 'https://tocsin.example.com/hooks/link/abc',
          method: 'POST',
          body: '{"decision":"acknowledge"}',
          clear: true,
        },
        { action: 'http', label: "Can't take it", body: '{"decision":"decline"}' },
        { action: 'view', label: 'Respond', url: 'https://tocsin.example.com/l/abc' },
      ],
    });
    await send({ message: pageMessage({ incident: { priority: 'P4', drill: true } }) });
    expect(provider.messages[1]).toMatchObject({
      priority: 4,
      title: expect.stringMatching(/^DRILL /),
      tags: ['bell', 'P4', 'drill'],
    });
    await send({ message: approvalMessage });
    expect(provider.messages[2]?.actions.map(({ action }) => action)).toEqual(['view']);
  });

  it('shows the token to its own server and to no other', async () => {
    const { provider, send } = await ntfy('tk_1');
    const other = opened(await startFakeNtfy());
    expect(await send({ address: `${other.url}/on-call/bo` })).toMatchObject({ kind: 'failed' });
    expect(other.requests[0]?.path).toBe('/on-call/');
    expect(await send({ address: `${other.url}/bo` })).toMatchObject({ kind: 'accepted' });
    expect(other.messages).toMatchObject([{ topic: 'bo' }]);
    expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined, undefined]);
    expect(await send({ address: `${provider.url}/bo` })).toMatchObject({ kind: 'accepted' });
    expect(await send({ address: 'not a topic' })).toMatchObject({ kind: 'failed', permanent: true });
    expect(provider.requests).toHaveLength(1);
  });

  it('does not take a sign-in page for an answer', async () => {
    const { provider, send } = await ntfy();
    provider.script({ status: 200, body: '<html>Sign in</html>' });
    expect(await send()).toMatchObject({ kind: 'failed', permanent: false });
  });
});

describe('pushover', () => {
  it('ends every attempt at a page, also one whose answer was lost, and no other page', async () => {
    const { provider, channel, send } = await pushover();
    provider.script('drop');
    expect(await send()).toMatchObject({ kind: 'ambiguous' });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    await send({ idempotencyKey: 'f'.repeat(64) });
    await channel.silence?.({ idempotencyKey: KEY, timeoutMs: 2_000 });
    expect(provider.messages.map(({ isCancelled }) => isCancelled)).toEqual([true, true, false]);
  });

  it('sends a page as an emergency that is repeated until somebody has it', async () => {
    const { provider, channel, send } = await pushover();
    const outcome = await send();
    const [message] = provider.messages;
    expect(outcome).toEqual({ kind: 'accepted', provider: 'pushover', providerId: message?.receipt });
    expect(message?.form).toMatchObject({
      user: USER,
      priority: '2',
      retry: '60',
      expire: '3600',
      url: 'https://tocsin.example.com/l/abc',
      callback: expect.stringMatching(
        new RegExp(`^https://tocsin\\.example\\.com/hooks/pushover/${KEY}\\.[0-9a-f]{32}$`),
      ),
    });
    expect(message?.isCancelled).toBe(false);
    expect(await channel.silence?.({ idempotencyKey: KEY, timeoutMs: 2_000 })).toMatchObject({
      kind: 'accepted',
    });
    expect(message?.isCancelled).toBe(true);
    await send({ message: noticeMessage });
    expect(provider.messages[1]).toMatchObject({ receipt: null, form: { priority: '0' } });
  });

  it.each([
    [
      'an unknown user',
      {},
      { address: 'x'.repeat(30) },
      { permanent: true, error: expect.stringContaining('user identifier') },
    ],
    [
      '200 with an error',
      { status: 200, body: { status: 0, errors: ['try later'] } },
      {},
      { permanent: false, error: 'try later' },
    ],
    [
      'too many at once',
      { status: 429, headers: { 'retry-after': '9' }, body: { status: 0, errors: ['slow down'] } },
      {},
      { permanent: false, retryAfterMs: 9_000 },
    ],
    ['the end of the month’s messages', { status: 429 }, {}, { permanent: true }],
  ])('%s', async (_what, answer, changes, outcome) => {
    const { provider, send } = await pushover();
    if ('status' in answer && typeof answer.status === 'number')
      provider.script({ ...answer, status: answer.status });
    expect(await send(changes)).toMatchObject({ kind: 'failed', ...outcome });
  });
});

describe('webpush', () => {
  it('is signed by this deployment and readable by the browser alone', async () => {
    const { provider, subscription, send } = await webpush();
    expect(await send()).toEqual({
      kind: 'accepted',
      provider: 'webpush',
      providerId: `${provider.url}/m/1`,
    });
    await send({ message: pageMessage({ attempt: 2 }) });
    expect(provider.pushes[0]).toMatchObject({
      endpoint: subscription.endpoint,
      ttl: 3_600,
      urgency: 'high',
      subject: 'mailto:oncall@example.com',
      payload: {
        title: '[P1] INC-42 Replica lag 900 s – checkout-db',
        url: 'https://tocsin.example.com/l/abc',
        hook: 'https://tocsin.example.com/hooks/link/abc',
        urgent: true,
        actions: [{ action: 'acknowledge' }, { action: 'decline' }],
      },
    });
    expect(provider.pushes[0]?.topic).toHaveLength(32);
    expect(provider.pushes[1]?.topic).toBe(provider.pushes[0]?.topic);
    expect(provider.requests[0]?.rawBody).not.toContain('INC-42');
  });

  it('goes on to the next contact when the subscription is gone, too small or broken', async () => {
    const { provider, subscription, send } = await webpush();
    for (const secret of ['', 'whsec_x', '{"p256dh":1}', '{"p256dh":"AAAA","auth":"AAAA"}', '{'])
      expect(await send({ secret })).toMatchObject({ kind: 'failed', permanent: true });
    expect(provider.requests).toHaveLength(0);
    provider.script({ status: 413 });
    expect(await send()).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: '413: the message is too large',
    });
    provider.unsubscribe(subscription);
    expect(await send()).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: '410: the subscription is gone',
    });
  });

  it('made with another root key is refused by the service', async () => {
    const provider = opened(await startFakePush());
    const { endpoint, secret } = provider.subscribe(vapidKeys(Buffer.alloc(32, 8)).publicKey);
    const channel = createWebpushChannel({ egress: newEgress(), subject: 'mailto:a@b.c', secretKey });
    expect(await sender(channel, endpoint, secret)()).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: expect.stringContaining('403'),
    });
  });
});

describe('apprise', () => {
  it('hands over to a kept configuration or to a URL', async () => {
    const { provider, send } = await apprise();
    await send();
    await send({ address: 'tgram://token/1' });
    expect(provider.notifications).toMatchObject([
      {
        key: 'ana',
        urls: null,
        type: 'failure',
        format: 'text',
        body: expect.stringContaining('https://tocsin.example.com/l/abc'),
      },
      { key: null, urls: 'tgram://token/1', title: '[P1] INC-42 Replica lag 900 s – checkout-db' },
    ]);
  });

  it('offers no link that the text of an alert asks for, whatever service draws it', async () => {
    const { provider, send } = await apprise();
    const title = 'Disk full [Acknowledge here](https://evil.example/l/abc)';
    await send({ message: pageMessage({ incident: { title, priorityReasons: [title] } }) });
    expect(provider.notifications[0]?.title).toContain('[Acknowledge here]\u200b(https://evil');
    expect(JSON.stringify(provider.notifications[0])).not.toContain('](');
  });

  it('tells a key that is not kept from a service that was not reached', async () => {
    const { provider, send } = await apprise();
    expect(await send({ address: 'nobody' })).toMatchObject({ kind: 'failed', permanent: true });
    provider.script({ status: 424, body: { error: 'one failed' } });
    // Some services received it: a repeat must be marked as a possible duplicate.
    expect(await send()).toMatchObject({ kind: 'ambiguous', error: expect.stringContaining('424') });
  });
});

describe('the keys that browsers know us by', () => {
  it('are the same for the same root key, and others for another', () => {
    expect(vapidKeys(secretKey)).toEqual(vapidKeys(Buffer.alloc(32, 7)));
    expect(vapidKeys(secretKey).publicKey).not.toBe(vapidKeys(Buffer.alloc(32, 8)).publicKey);
    expect(Buffer.from(vapidKeys(secretKey).publicKey, 'base64url')).toHaveLength(65);
  });
});
