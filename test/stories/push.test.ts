/**
 * Pages by ntfy, Pushover and browser push, on real processes: answered by their own buttons, and replaced when they
 * misbehave.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FakeProvider, Misbehaviour } from '../../integrations/shared/testing/fake-provider.js';
import { type FakeNtfy, type NtfyMessage, startFakeNtfy } from '../../integrations/ntfy/fake.js';
import {
  type FakePushover,
  type PushoverMessage,
  startFakePushover,
} from '../../integrations/pushover/fake.js';
import { type FakePush, type ReceivedPush, startFakePush } from '../../integrations/webpush/fake.js';
import { vapidKeys } from '../../shared/keys.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startServiceWorker } from '../harness/service-worker.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';
import { secretKey } from '../harness/tocsin.js';

type PushChannel = 'ntfy' | 'pushover' | 'webpush';

const NTFY_TOKEN = 'tk_for_stories';
const PUSHOVER_TOKEN = 'a'.repeat(30);
const USER = `u${'1'.repeat(29)}`;

let stack: TestStack;
let ntfy: FakeNtfy;
let pushover: FakePushover;
let push: FakePush;

beforeAll(async () => {
  [ntfy, pushover, push] = await Promise.all([
    startFakeNtfy({ token: NTFY_TOKEN }),
    startFakePushover({ token: PUSHOVER_TOKEN, users: [USER] }),
    startFakePush(),
  ]);
  stack = await startTestStack({
    env: {
      NTFY_URL: ntfy.url,
      NTFY_TOKEN,
      PUSHOVER_TOKEN,
      PUSHOVER_API_URL: pushover.url,
      VAPID_SUBJECT: 'mailto:oncall@example.com',
    },
  });
}, 90_000);
afterAll(async () => {
  await Promise.all([ntfy.close(), pushover.close(), push.close()]);
  await stack.end();
}, 30_000);

/** The contact's fields, with an address of its own each. */
function contactOf(channel: PushChannel, name: string): string {
  switch (channel) {
    case 'ntfy':
      return `channel: ntfy, address: ${name}-pages`;
    case 'pushover':
      return `channel: pushover, address: ${USER}`;
    case 'webpush': {
      const { endpoint, secret } = push.subscribe(vapidKeys(Buffer.from(secretKey)).publicKey);
      return `channel: webpush, address: "${endpoint}", secret: '${secret}'`;
    }
  }
}

/** A person with one push contact and a webhook that the rule uses much later; Cleo has the second step. */
async function pageBy(channel: PushChannel, name: string): Promise<string> {
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
    - {name: push, ${contactOf(channel, name)}}
    - {name: spare, channel: webhook, address: "${stack.phones.receiver.url}/${name}/spare"}
  rules: {high: [{after: 0s, contact: push}, {after: 30m, contact: spare}], low: []}
`);
  await stack.apply(
    ownService(
      `of-${name}`,
      `[{notify: [{person: ${name}}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]`,
    ),
  );
  const { number } = await stack.declare({ title: `Trouble – ${name}`, service: `of-${name}` });
  return number;
}

/** Waits for a request at the fake; a request is recorded after its response, so its effects are visible by then. */
async function arrived<T>(provider: FakeProvider, find: () => T | undefined): Promise<T> {
  for (let found = find(); ; found = find()) {
    if (found !== undefined) return found;
    await provider.next();
  }
}
const onPhone = (incident: string): Promise<NtfyMessage> =>
  arrived(ntfy, () => ntfy.messages.find(({ title }) => title?.includes(incident)));
const inApp = (incident: string): Promise<PushoverMessage> =>
  arrived(pushover, () => pushover.messages.find(({ form }) => form['title']?.includes(incident)));
const inBrowser = (incident: string): Promise<ReceivedPush> =>
  arrived(push, () => push.pushes.find(({ payload }) => String(payload['title']).includes(incident)));

const rowIn = (incident: string, channel: string, state: string) =>
  eventually(
    async () => {
      const rows = await stack.deliveries(incident);
      const row = rows.find((one) => one.channel === channel && one.state === state);
      return row ?? Promise.reject(new Error(JSON.stringify(rows)));
    },
    { what: `a row of ${incident} by ${channel} ${state}`, timeoutMs: 15_000 },
  );

describe('a page by ntfy', () => {
  it('is acknowledged by its button, once however often it is tapped', async () => {
    const incident = await pageBy('ntfy', 'ada');
    const message = await onPhone(incident);
    const tapped = await ntfy.tap(message, 'Acknowledge');
    expect(tapped).toMatchObject({ status: 200, body: expect.stringContaining('is acknowledged by you') });
    expect(await stack.incident(incident)).toMatchObject({ status: 'acknowledged', commander: 'ada' });
    await ntfy.tap(message, 'Acknowledge');
    const kinds = await stack.kinds(incident);
    expect(kinds.filter((kind) => kind === 'acknowledged')).toHaveLength(1);
    await rowIn(incident, 'ntfy', 'delivered');
    await rowIn(incident, 'webhook', 'suppressed');
  });

  it('is passed on by its other button', async () => {
    const incident = await pageBy('ntfy', 'bea');
    expect(await ntfy.tap(await onPhone(incident), "Can't take it")).toMatchObject({ status: 200 });
    await stack.phones.of('cleo').expects({ incident, step: 2 });
    expect((await stack.incident(incident)).status).toBe('triggered');
  });
});

it('a page by Pushover is acknowledged in the app, which then stops ringing', async () => {
  const incident = await pageBy('pushover', 'cia');
  const message = await inApp(incident);
  await rowIn(incident, 'pushover', 'accepted');
  expect(await pushover.acknowledge(message)).toMatchObject({ status: 200 });
  expect(await stack.incident(incident)).toMatchObject({ status: 'acknowledged', commander: 'cia' });
  await rowIn(incident, 'pushover', 'delivered');
  await eventually(() => Promise.resolve(message.isCancelled), { what: 'the repeats cancelled' });
});

it('a page by browser push is acknowledged by the button of its notification', async () => {
  const incident = await pageBy('webpush', 'dia');
  const worker = await startServiceWorker(stack.tocsin.url);
  await worker.push((await inBrowser(incident)).payload);
  const [notification] = worker.shown;
  if (notification === undefined) throw new Error('nothing was shown');
  await worker.press(notification, 'Acknowledge');
  expect(worker.shown[1]?.body).toContain(`${incident} is acknowledged by you`);
  expect(await stack.incident(incident)).toMatchObject({ status: 'acknowledged', commander: 'dia' });
  await rowIn(incident, 'webpush', 'delivered');
});

describe('a page whose push provider', () => {
  /** Browser push knows no error in a 200: RFC 8030 defines the status alone. */
  const misbehaviours: [what: string, suffix: string, Partial<Record<PushChannel, Misbehaviour>>, string][] =
    [
      [
        'answers 500',
        'broken',
        { ntfy: { status: 500 }, pushover: { status: 500 }, webpush: { status: 500 } },
        'failed',
      ],
      [
        'answers 200 and means an error',
        'wrong',
        {
          ntfy: { status: 200, body: '<html>Sign in</html>' },
          pushover: { status: 200, body: { status: 0, errors: ['try later'] } },
        },
        'failed',
      ],
      ['hangs', 'silent', { ntfy: 'hang', pushover: 'hang', webpush: 'hang' }, 'ambiguous'],
    ];

  it.each(misbehaviours)(
    '%s arrives by the next contact, long before its time',
    async (_what, suffix, by, outcome) => {
      const providers: Record<PushChannel, FakeProvider> = { ntfy, pushover, webpush: push };
      const arrives = async (channel: PushChannel, misbehaviour: Misbehaviour): Promise<void> => {
        const name = `${channel}-${suffix}`;
        providers[channel].always(misbehaviour);
        const incident = await pageBy(channel, name);
        const { delivery } = await stack.phones.of(name).expectsPage(incident, 60_000);
        expect(delivery.path).toBe(`/${name}/spare`);
        const row = (await stack.deliveries(incident)).find((one) => one.channel === channel);
        expect(row?.attempts.slice(0, 2).map((attempt) => attempt.outcome)).toEqual([outcome, outcome]);
        // Acknowledged, so that no further attempt meets the next test's script.
        await stack.tell(incident, 'acknowledge', { person: name });
        providers[channel].always(null);
        providers[channel].release();
      };
      const { ntfy: first, pushover: second, webpush: third } = by;
      await Promise.all([
        ...(first === undefined ? [] : [arrives('ntfy', first)]),
        ...(second === undefined ? [] : [arrives('pushover', second)]),
        ...(third === undefined ? [] : [arrives('webpush', third)]),
      ]);
    },
    90_000,
  );
});
