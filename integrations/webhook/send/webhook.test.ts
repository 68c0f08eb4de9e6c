import { afterEach, describe, expect, it } from '@jest/globals';
import type { SendOutcome } from '../../../ports/channel.js';
import { createEgress } from '../../../egress/egress.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { approvalMessage, noticeMessage, pageMessage, reviewMessage } from '../../shared/testing/messages.js';
import { webhookBody } from './body.js';
import { startWebhookReceiver, type WebhookReceiver } from '../fake.js';
import { createWebhookChannel } from './webhook.js';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function setUp() {
  const receiver = await startWebhookReceiver({ secret });
  const egress = createEgress({ allow: ['127.0.0.0/8'] });
  open.push(receiver, egress);
  const channel = createWebhookChannel(egress);
  const send = (
    changes: {
      message?: OutgoingMessage;
      address?: string;
      secret?: string;
      key?: string;
      timeoutMs?: number;
    } = {},
  ): Promise<SendOutcome> =>
    channel.send({
      destination: {
        channel: 'webhook',
        address: changes.address ?? `${receiver.url}/ana`,
        secret: changes.secret ?? secret,
      },
      message: changes.message ?? pageMessage(),
      idempotencyKey: changes.key ?? 'k1',
      timeoutMs: changes.timeoutMs ?? 5000,
    });
  return { receiver, egress, send };
}

describe('a webhook', () => {
  it('is a signed POST with the body that receivers script against', async () => {
    const { receiver, send } = await setUp();
    expect(await send()).toEqual({ kind: 'accepted', provider: 'webhook', providerId: null });
    const delivery = await receiver.nextDelivery();
    expect(delivery).toMatchObject({
      method: 'POST',
      path: '/ana',
      id: 'k1',
      signature: 'valid',
      took: 'accepted',
    });
    expect(delivery.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Math.abs(Number(delivery.headers['webhook-timestamp']) - Date.now() / 1000)).toBeLessThan(5);
    expect(delivery.body).toEqual({
      type: 'page.requested',
      timestamp: '2026-11-22T22:10:00.000Z',
      data: {
        incident: {
          id: '018f0000-0000-7000-8000-000000000042',
          number: 'INC-42',
          title: 'Replica lag 900 s',
          priority: 'P1',
          status: 'triggered',
          service: 'checkout-db',
          drill: false,
        },
        person: 'ana',
        step: 1,
        cycle: 0,
        alert: null,
        attempt: 1,
        possibleDuplicate: false,
        links: {
          respond: 'https://tocsin.example.com/l/abc',
          incident: 'https://tocsin.example.com/incidents/INC-42',
        },
        bridge: null,
      },
    });
  });

  it('carries approvals, reviews and notices in the same body', async () => {
    const { receiver, send } = await setUp();
    for (const message of [approvalMessage, reviewMessage, noticeMessage])
      await send({ message, key: message.type.replace('.', '-') });
    expect(receiver.deliveries.map(({ body, signature }) => [body?.type, signature])).toEqual([
      ['approval.requested', 'valid'],
      ['review.requested', 'valid'],
      ['notice.sent', 'valid'],
    ]);
    expect(receiver.deliveries[0]?.body?.data['approval']).toEqual({
      id: 'a1',
      run: 'r1',
      step: 'ok',
      message: 'Drain db-2?\nIt takes 2 minutes.',
      expiresAt: '2026-11-22T22:25:00.000Z',
    });
    expect(receiver.deliveries[1]?.body?.data['review']).toEqual({
      postmortem: '018f0000-0000-7000-8000-000000000042',
      due: '2026-11-25T17:00:00.000Z',
    });
  });

  it('keeps its id when it is sent again, and says that it may be a repeat', async () => {
    const { receiver, send } = await setUp();
    receiver.script('drop');
    expect(await send()).toMatchObject({ kind: 'ambiguous' });
    expect(await send({ message: pageMessage({ attempt: 2, possibleDuplicate: true }) })).toMatchObject({
      kind: 'accepted',
    });
    expect(receiver.deliveries.map(({ id, took, body }) => [id, took, body?.data.possibleDuplicate])).toEqual(
      [
        ['k1', 'unanswered', false],
        ['k1', 'accepted', true],
      ],
    );
  });

  it('carries what the sender says of the alert', () => {
    const about = { description: 'p99 2.4 s, see the wiki', fields: [{ name: 'queue', value: 'checkout' }] };
    expect(webhookBody(pageMessage({ about })).data['alert']).toEqual(about);
  });

  it('stays under 20 kB, in whole characters, whatever it is given', () => {
    const long = `${'\u0001'.repeat(5000)}`;
    const body = webhookBody({
      ...approvalMessage,
      bridge: long,
      incident: { ...approvalMessage.incident, title: long },
      approval: { id: 'a', run: 'r', step: long, message: long, expiresAt: null },
    } as OutgoingMessage);
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(20_000);
    const field = { name: long, value: long };
    const page = webhookBody(
      pageMessage({
        bridge: long,
        incident: { title: long },
        about: { description: long, fields: Array.from({ length: 40 }, () => field) },
      }),
    );
    expect(Buffer.byteLength(JSON.stringify(page))).toBeLessThan(20_000);
    const emoji = webhookBody(pageMessage({ incident: { title: '🔥'.repeat(400) } })).data['incident'] as {
      title: string;
    };
    expect(emoji.title).toBe(`${'🔥'.repeat(249)}…`);
  });
});

describe('what the receiver says', () => {
  it.each<[number, Record<string, string>, Partial<Extract<SendOutcome, { kind: 'failed' }>>]>([
    [410, {}, { permanent: true }],
    [400, {}, { permanent: false, error: '400: oh no' }],
    [401, {}, { permanent: false }],
    [404, {}, { permanent: false }],
    [422, {}, { permanent: false }],
    [500, {}, { permanent: false, error: '500: oh no' }],
    [
      302,
      { location: 'http://127.0.0.1:1/' },
      { permanent: false, error: '302: redirects are not followed; give the final URL' },
    ],
    [429, { 'retry-after': '7' }, { permanent: false, retryAfterMs: 7000 }],
    [503, { 'retry-after': '86400' }, { permanent: false, retryAfterMs: 300_000 }],
    [502, {}, { permanent: false, retryAfterMs: 5000 }],
    [503, { 'retry-after': 'soon' }, { permanent: false, retryAfterMs: 5000 }],
  ])('%i %j', async (status, headers, expected) => {
    const { receiver, send } = await setUp();
    receiver.script({ status, headers, body: 'oh\nno' });
    expect(await send()).toMatchObject({ kind: 'failed', provider: 'webhook', ...expected });
  });

  it.each([504, 524])('is ambiguous when its front answers %i', async (status) => {
    const { receiver, send } = await setUp();
    receiver.script({ status, body: 'upstream timed out' });
    const error = `${status}: upstream timed out`;
    expect(await send()).toEqual({ kind: 'ambiguous', provider: 'webhook', error });
  });

  it('is ambiguous when it hangs, and delivered late all the same', async () => {
    const { receiver, send } = await setUp();
    receiver.script('hang', { status: 200, delayMs: 20 });
    expect(await send({ timeoutMs: 1_000 })).toEqual({
      kind: 'ambiguous',
      provider: 'webhook',
      error: 'no answer in time',
    });
    receiver.release();
    expect(await send()).toMatchObject({ kind: 'accepted' });
  });

  it('is a failure when nobody listens', async () => {
    const { receiver, send } = await setUp();
    await receiver.close();
    expect(await send()).toEqual({
      kind: 'failed',
      provider: 'webhook',
      error: 'unreachable: ECONNREFUSED',
      permanent: false,
    });
  });
});

describe('what cannot be sent', () => {
  it.each([
    [{ secret: '' }, 'no usable signing secret'],
    [{ secret: 'whsec_***' }, 'no usable signing secret'],
    [{ key: 'a.b' }, '"a.b" cannot be a webhook-id'],
    [{ address: 'http://169.254.169.254/' }, 'refused: 169.254.169.254 is a link-local address'],
    [{ address: 'not a url' }, 'refused: this is not a URL'],
  ])('%j', async (changes, error) => {
    const { receiver, send } = await setUp();
    expect(await send(changes)).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: expect.stringContaining(error),
    });
    expect(receiver.deliveries).toEqual([]);
  });
});

describe('the fake receiver', () => {
  it('tells a wrong signature', async () => {
    const { receiver, send } = await setUp();
    await send({ secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` });
    expect(receiver.deliveries[0]?.signature).toBe('invalid');
  });

  it('hands each delivery out once, now or when it comes, and says what it had when none does', async () => {
    const { receiver, send } = await setUp();
    await send({ key: 'first' });
    const later: Promise<Awaited<ReturnType<WebhookReceiver['nextDelivery']>>> = receiver.nextDelivery(
      ({ id }) => id === 'second',
    );
    await send({ key: 'second' });
    expect((await later).id).toBe('second');
    expect((await receiver.nextDelivery()).id).toBe('first');
    await expect(receiver.nextDelivery(() => true, 20)).rejects.toThrow(
      /no webhook within 20 ms; received 2:\n {2}handed out: \/ana first/,
    );
  });
});
