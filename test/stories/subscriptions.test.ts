/** Subscriptions: the events of an incident arrive at other programs, signed, once, in order, in two formats. */
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import {
  type FakeProvider,
  headerText,
  type ReceivedRequest,
  startFakeProvider,
} from '../../integrations/shared/testing/fake-provider.js';
import { subscriptionSecret } from '../../shared/keys.js';
import { SubscriptionsReply } from '../../contracts/api/subscription.js';
import { DeliveriesReply } from '../../contracts/api/incident.js';
import { PostmortemReply } from '../../contracts/api/postmortem.js';
import { IncidentWebhookBody } from '../../contracts/webhook.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';
import { secretKey } from '../harness/tocsin.js';

let stack: TestStack;
let receiver: FakeProvider;

beforeAll(async () => {
  receiver = await startFakeProvider({ what: 'event', answer: () => ({ status: 200 }) });
  stack = await startTestStack();
}, 90_000);
afterAll(async () => {
  await stack.end();
  await receiver.close();
});

const subscription = (name: string, fields = ''): string => `---
apiVersion: tocsin/v1
kind: Subscription
metadata: {name: ${name}}
spec: {url: "${receiver.url}/${name}"${fields}}
`;

const secretOf = (name: string): string => subscriptionSecret(Buffer.from(secretKey), name);
const sentTo = (name: string): ReceivedRequest[] =>
  receiver.requests.filter(({ path }) => path === `/${name}`);

const PagerdutyBody = z.looseObject({
  event: z.looseObject({
    id: z.string(),
    event_type: z.string(),
    data: z.looseObject({ type: z.string(), status: z.string().optional(), number: z.int().optional() }),
  }),
});

/** Accepted events of this incident; every signature is verified. */
function standard(name: string, incident: string): IncidentWebhookBody[] {
  return sentTo(name)
    .filter(({ took }) => took === 'accepted')
    .map(({ rawBody, headers }) => {
      const given = Object.entries(headers).map(([header, value]) => [header, String(value)]);
      new Webhook(secretOf(name)).verify(rawBody, Object.fromEntries(given));
      return IncidentWebhookBody.parse(JSON.parse(rawBody));
    })
    .filter(({ data }) => data.incident.number === incident);
}

function pagerduty(name: string): z.output<typeof PagerdutyBody>['event'][] {
  return sentTo(name).map(({ rawBody, headers }) => {
    const hex = createHmac('sha256', secretOf(name)).update(rawBody).digest('hex');
    expect(headerText(headers, 'x-pagerduty-signature').split(',')).toContain(`v1=${hex}`);
    expect(headerText(headers, 'x-webhook-id')).toMatch(/^[0-9a-f]{64}$/);
    return PagerdutyBody.parse(JSON.parse(rawBody)).event;
  });
}

/** Acknowledged, resolved and noted; waits until as many events arrived as the timeline has. */
async function aLife(service: string, subscriber: string) {
  const { number } = await stack.declare({ title: `Life of ${service}`, service });
  await stack.untilKind(number, 'paged');
  await stack.tell(number, 'acknowledge', { person: 'ana' });
  await stack.tell(number, 'notes', { text: 'Größe geprüft', person: 'ana' });
  await stack.tell(number, 'resolve', { person: 'ana', comment: 'done' });
  await stack.untilKind(number, 'postmortem_drafted');
  await stack.tocsin.ask(PostmortemReply, 'POST', `/api/v1/incidents/${number}/postmortem/waive`, {
    reason: 'a rehearsal only',
    person: 'cleo',
  });
  await stack.until(number, ({ status }) => status === 'closed');
  await eventually(
    async () => standard(subscriber, number).length === (await stack.timeline(number)).length,
    { what: `all events of ${number} at ${subscriber}`, timeoutMs: 20_000 },
  );
  return number;
}

describe('a subscription', () => {
  it('hears the whole life of an incident, signed, each event once and in order', async () => {
    await stack.apply(
      ownService('told', '[{notify: [{person: ana}], wait: 10m}]'),
      subscription('all', ', services: [told]'),
      subscription('pd', ', services: [told], format: pagerduty-v3'),
      subscription('some', ', services: [told], events: [opened, closed]'),
      subscription('elsewhere', ', services: [checkout-db]'),
    );
    const number = await aLife('told', 'all');
    const timeline = await stack.timeline(number);
    const told = standard('all', number);
    expect(told.map(({ data }) => data.event)).toEqual(
      timeline.map(({ seq, kind, at, actor, text }) =>
        expect.objectContaining({ seq, kind, at, actor, text }),
      ),
    );
    expect(told.map(({ data }) => data.event.seq)).toEqual(timeline.map((_, index) => index + 1));
    expect(told.map(({ type }) => type)).toEqual(timeline.map(({ kind }) => `incident.${kind}`));
    // The incident as of the event, not its current state.
    const statuses = Object.fromEntries(told.map(({ type, data }) => [type, data.incident.status]));
    expect(statuses).toMatchObject({
      'incident.opened': 'triggered',
      'incident.acknowledged': 'acknowledged',
      'incident.resolved': 'resolved',
      'incident.closed': 'closed',
    });

    await eventually(() => pagerduty('pd').length >= 5 && standard('some', number).length >= 2, {
      what: `what the other two are told of ${number}`,
    });
    const types = pagerduty('pd').map(({ event_type }) => event_type);
    expect(types).toEqual([
      'incident.triggered',
      'incident.responder.added',
      'incident.acknowledged',
      'incident.annotated',
      'incident.resolved',
    ]);
    expect(pagerduty('pd')[0]?.data).toMatchObject({
      type: 'incident',
      status: 'triggered',
      number: Number(number.replace('INC-', '')),
    });
    expect(standard('some', number).map(({ data }) => data.event.kind)).toEqual(['opened', 'closed']);
    expect(sentTo('elsewhere')).toEqual([]);
  });

  it('is told who acted: a key as itself, with the person it acted for; a person without', async () => {
    await stack.apply(
      ownService('keyed', '[{notify: [{person: ana}], wait: 10m}]'),
      subscription('keyed', ', services: [keyed]'),
      subscription('keyed-pd', ', services: [keyed], format: pagerduty-v3'),
    );
    const Key = z.looseObject({ key: z.string() });
    const { key } = await stack.tocsin.ask(Key, 'POST', '/api/v1/keys', { name: 'bot', role: 'responder' });
    const actor = `key:${key.split('_')[1] ?? ''}`;
    const { number } = await stack.declare({ title: 'Keyed', service: 'keyed' });
    const note = (body: object) =>
      stack.tocsin.call('POST', `/api/v1/incidents/${number}/notes`, body, { token: key });
    expect((await note({ text: 'for ana', person: 'ana' })).status).toBe(200);
    expect((await note({ text: 'for nobody' })).status).toBe(200);
    await stack.tocsin.call('POST', `/api/v1/incidents/${number}/notes`, { text: 'by bo' }, { as: 'bo' });
    const notes = await eventually(
      () => {
        const told = standard('keyed', number).filter(({ type }) => type === 'incident.noted');
        return told.length === 3 && told.map(({ data }) => data.event);
      },
      { what: 'three notes told' },
    );
    expect(notes[0]).toMatchObject({ actor, onBehalfOf: 'ana', text: expect.stringContaining('Ana') });
    expect(notes[1]).toMatchObject({ actor });
    expect(notes[2]).toMatchObject({ actor: 'bo' });
    expect(notes.map((event) => Object.hasOwn(event, 'onBehalfOf'))).toEqual([true, false, false]);
    const annotated = await eventually(
      () => {
        const told = pagerduty('keyed-pd').filter(({ event_type }) => event_type === 'incident.annotated');
        return told.length === 3 && told;
      },
      { what: 'three annotations told' },
    );
    expect(annotated.map(({ agent }) => agent)).toMatchObject([
      { id: actor, type: 'inbound_integration_reference' },
      { id: actor, type: 'inbound_integration_reference' },
      { id: 'bo', type: 'user_reference' },
    ]);
  });

  it('is no message to a person: not among deliveries, nor in the post-mortem', async () => {
    const number = await aLife('told', 'all');
    const people = await stack.deliveries(number);
    expect(people.length).toBeGreaterThan(0);
    expect(people.filter(({ person }) => person.startsWith('subscription/'))).toEqual([]);
    const { notificationsIssued } = PostmortemReply.parse(await stack.postmortem(number));
    expect(JSON.stringify(notificationsIssued)).not.toContain('subscription/');
    const { items } = await stack.tocsin.ask(
      DeliveriesReply,
      'GET',
      `/api/v1/incidents/${number}/deliveries?type=incident.event&limit=200`,
    );
    expect(items.length).toBeGreaterThan(5);
    expect(new Set(items.map(({ address }) => address))).toEqual(new Set([new URL(receiver.url).host]));
  });

  it('is told again under the same id after a failure, before anything later', async () => {
    await stack.apply(
      ownService('stumbling', '[{notify: [{person: ana}], wait: 10m}]'),
      subscription('again', ', services: [stumbling]'),
    );
    receiver.script({ status: 500 });
    const { number } = await stack.declare({ title: 'Stumbling', service: 'stumbling' });
    const timeline = await eventually(
      async () => {
        const items = await stack.timeline(number);
        return standard('again', number).length === items.length && items;
      },
      { what: 'everything told', timeoutMs: 20_000 },
    );
    const requests = sentTo('again');
    const ids = requests.map(({ headers }) => headerText(headers, 'webhook-id'));
    expect(requests[0]?.took).toBe('refused');
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(timeline.length);
    expect(standard('again', number).map(({ data }) => data.event.seq)).toEqual(
      timeline.map(({ seq }) => seq),
    );
  });

  it('shows how it fares, without its address or secret', async () => {
    await stack.apply(
      ownService('dead', '[{notify: [{person: ana}], wait: 10m}]'),
      subscription('gone', ', services: [dead], events: [opened]'),
    );
    receiver.script({ status: 410 });
    const { number } = await stack.declare({ title: 'Dead', service: 'dead' });
    await receiver.next(({ path }) => path === '/gone');
    const gone = await eventually(
      async () => {
        const { items } = await stack.tocsin.ask(SubscriptionsReply, 'GET', '/api/v1/subscriptions');
        return items.find(({ name, last }) => name === 'gone' && last?.state === 'exhausted');
      },
      { what: `${number} given up` },
    );
    expect(gone).toMatchObject({
      format: 'standard',
      address: new URL(receiver.url).host,
      last: { event: 'opened', error: expect.stringContaining('410') },
      day: { accepted: 0, waiting: 0, failed: 1 },
    });
    const { text } = await stack.tocsin.call('GET', '/api/v1/subscriptions');
    expect(text).not.toMatch(/whsec_|\/gone/);
  });
});

describe('the document', () => {
  const Applied = z.looseObject({
    secrets: z.array(z.looseObject({ kind: z.string(), name: z.string(), key: z.string() })),
  });

  it('shows its signing secret once, and never the one that it was given', async () => {
    const applied = await stack.tocsin.ask(Applied, 'POST', '/api/v1/config/apply', subscription('new'));
    expect(applied.secrets).toEqual([{ kind: 'Subscription', name: 'new', key: secretOf('new') }]);
    const again = await stack.tocsin.ask(Applied, 'POST', '/api/v1/config/apply', subscription('new'));
    expect(again.secrets).toEqual([]);
    const own = subscription('own', ', format: pagerduty-v3, secret: a-secret-of-our-own');
    expect((await stack.tocsin.ask(Applied, 'POST', '/api/v1/config/apply', own)).secrets).toEqual([]);
    const { text } = await stack.tocsin.call('GET', '/api/v1/config/Subscription/own');
    expect(text).toContain('pagerduty-v3');
    expect(text).not.toContain('a-secret-of-our-own');
  });

  it.each([
    ['a misspelt event', ', events: [opend]', /did you mean opened/],
    ['a team that is not there', ', teams: [checkuot]', /there is no Team \\"checkuot/],
    ['a secret that cannot sign', ', secret: too-simple-a-secret', /whsec_ and base64/],
  ])('with %s is refused with its place', async (_what, fields, message) => {
    const answer = await stack.tocsin.call('POST', '/api/v1/config/apply', subscription('bad', fields));
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(message);
    expect(answer.text).toMatch(/"line":\d/);
  });

  it('is no contact of a person', async () => {
    const { status } = await stack.tocsin.call(
      'POST',
      '/api/v1/config/apply',
      `apiVersion: tocsin/v1
kind: Person
metadata: {name: pd-person}
spec:
  displayName: P
  email: p@example.com
  timezone: UTC
  contacts: [{name: hook, channel: pagerduty-webhook, address: "${receiver.url}/x"}]
`,
    );
    expect(status).toBe(422);
  });
});
