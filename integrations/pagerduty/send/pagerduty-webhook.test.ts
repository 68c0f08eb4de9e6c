import { createHmac } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createEgress } from '../../../egress/egress.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import type { IncidentEvent, IncidentFact } from '../../../domain/incident/events.js';
import { pagerdutyEvents } from '../../../domain/subscription/pagerduty-event.js';
import { headerText, startFakeProvider } from '../../shared/testing/fake-provider.js';
import { eventMessage, noticeMessage } from '../../shared/testing/messages.js';
import { pagerdutyBody } from './body.js';
import { createPagerdutyWebhook } from './pagerduty-webhook.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function setUp() {
  const receiver = await startFakeProvider({ what: 'event', answer: () => ({ status: 202 }) });
  const egress = createEgress({ allow: ['127.0.0.0/8'] });
  open.push(receiver, egress);
  const send = (secret: string, message: OutgoingMessage = eventMessage()) =>
    createPagerdutyWebhook(egress).send({
      destination: { channel: 'pagerduty-webhook', address: `${receiver.url}/pd`, secret },
      message,
      idempotencyKey: 'k1',
      timeoutMs: 5_000,
    });
  return { receiver, send };
}

/** PagerDuty's own algorithm ("Verifying signatures"): split at the comma, compare whole entries. */
function isGenuine(secret: string, body: string, header: string): boolean {
  return header.split(',').includes(`v1=${createHmac('sha256', secret).update(body).digest('hex')}`);
}

describe('a PagerDuty webhook', () => {
  it('is verified as PagerDuty says, by either secret while one is changed for the other', async () => {
    const { receiver, send } = await setUp();
    expect(await send('whsec_new another-old-secret', eventMessage({ text: 'Größe 🔥' }))).toEqual({
      kind: 'accepted',
      provider: 'pagerduty-webhook',
      providerId: null,
    });
    const { rawBody, headers } = await receiver.next();
    const header = headerText(headers, 'x-pagerduty-signature');
    expect(header).toMatch(/^v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
    expect(
      ['whsec_new', 'another-old-secret', 'a stranger'].map((one) => isGenuine(one, rawBody, header)),
    ).toEqual([true, true, false]);
    expect(isGenuine('whsec_new', `${rawBody} `, header)).toBe(false);
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-webhook-id': 'k1' });
  });

  it('is not sent without a secret, nor for what is no event', async () => {
    const { receiver, send } = await setUp();
    expect(await send('')).toMatchObject({ kind: 'failed', permanent: true });
    expect(await send('whsec_new', noticeMessage)).toMatchObject({ kind: 'failed', permanent: true });
    expect(receiver.requests).toEqual([]);
  });

  it('is given up when the receiver says 410, and tried again after 500', async () => {
    const { receiver, send } = await setUp();
    receiver.script({ status: 410 }, { status: 500 });
    expect(await send('s')).toMatchObject({ provider: 'pagerduty-webhook', permanent: true });
    expect(await send('s')).toMatchObject({ kind: 'failed', permanent: false });
  });
});

describe('its body', () => {
  it("is PagerDuty's, with our names for their ids", () => {
    expect(pagerdutyBody(eventMessage())).toEqual({
      event: {
        id: '018f0000-0000-7000-8000-000000000042-3',
        event_type: 'incident.acknowledged',
        resource_type: 'incident',
        occurred_at: '2026-11-22T22:10:00.000Z',
        agent: {
          id: 'ana',
          type: 'user_reference',
          summary: 'Ana Sorel',
          self: 'https://tocsin.example.com/api/v1/config/Person/ana',
          html_url: null,
        },
        client: { name: 'Tocsin' },
        data: expect.objectContaining({
          id: '018f0000-0000-7000-8000-000000000042',
          type: 'incident',
          self: 'https://tocsin.example.com/api/v1/incidents/018f0000-0000-7000-8000-000000000042',
          html_url: 'https://tocsin.example.com/incidents/INC-42',
          number: 42,
          status: 'acknowledged',
          title: 'Replica lag 900 s',
          urgency: 'high',
          priority: expect.objectContaining({ summary: 'P1', type: 'priority_reference' }),
          service: expect.objectContaining({ id: 'checkout-db', summary: 'Checkout database' }),
          teams: [expect.objectContaining({ id: 'checkout', type: 'team_reference' })],
          assignees: [expect.objectContaining({ id: 'ana', summary: 'Ana Sorel' })],
          escalation_policy: expect.objectContaining({ id: 'checkout' }),
          created_at: '2026-11-22T22:09:58.000Z',
        }),
      },
    });
  });

  it('of a note and of a responder is about the incident, not the incident itself', () => {
    const note = pagerdutyBody(
      eventMessage({
        kind: 'noted',
        data: { text: 'Drained db-2.' },
        pagerduty: { type: 'incident.annotated', person: null },
      }),
    );
    expect(note?.event.data).toMatchObject({
      type: 'incident_note',
      content: 'Drained db-2.',
      trimmed: false,
      incident: { id: '018f0000-0000-7000-8000-000000000042', type: 'incident_reference' },
    });
    const added = pagerdutyBody(
      eventMessage({
        kind: 'paged',
        pagerduty: { type: 'incident.responder.added', person: { name: 'bo', title: 'Bo' } },
      }),
    );
    expect(added?.event.id).toBe('018f0000-0000-7000-8000-000000000042-3-bo');
    expect(added?.event.data).toMatchObject({
      type: 'incident_responder',
      state: 'pending',
      user: { id: 'bo' },
    });
  });

  it('says DRILL wherever it names the incident of an exercise', () => {
    const dataOf = (type: 'incident.triggered' | 'incident.annotated' | 'incident.responder.added') =>
      pagerdutyBody(eventMessage({ drill: true, pagerduty: { type, person: null } }))?.event.data;
    const summary = 'DRILL Replica lag 900 s';
    expect(dataOf('incident.triggered')).toMatchObject({ title: summary, summary });
    expect(dataOf('incident.annotated')).toMatchObject({ incident: { summary } });
    expect(dataOf('incident.responder.added')).toMatchObject({ incident: { summary } });
  });

  it('stays under 55 KB whatever it is about', () => {
    const long = '\u0001'.repeat(50_000);
    const body = pagerdutyBody(
      eventMessage({
        kind: 'noted',
        text: long,
        data: { text: long },
        title: long,
        pagerduty: { type: 'incident.annotated', person: null },
      }),
    );
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(55 * 1024);
    expect(body?.event.data['trimmed']).toBe(true);
  });
});

describe("PagerDuty's word for an event", () => {
  const typesOf = (fact: IncidentFact): string[] => {
    const event: IncidentEvent = { ...fact, seq: 1, at: '2026-11-22T22:10:00.000Z', actor: 'ana' };
    return pagerdutyEvents(event).map(({ type, person }) => `${type}${person === null ? '' : ` ${person}`}`);
  };

  it.each<[IncidentFact, string[]]>([
    [
      { kind: 'acknowledged', data: { person: 'ana', answered: [], expiresAt: null } },
      ['incident.acknowledged'],
    ],
    [{ kind: 'acknowledgement_expired', data: {} }, ['incident.unacknowledged']],
    [{ kind: 'resolved', data: { comment: null, because: 'person' } }, ['incident.resolved']],
    [{ kind: 'merged', data: { into: 'x', number: 'INC-1' } }, ['incident.resolved']],
    [{ kind: 'reopened', data: { reason: null } }, ['incident.reopened']],
    [{ kind: 'escalated', data: { escalation: 't', cycle: 0, step: 2, reason: '' } }, ['incident.escalated']],
    [{ kind: 'role_assigned', data: { role: 'commander', person: 'bo' } }, ['incident.reassigned']],
    [{ kind: 'role_assigned', data: { role: 'scribe', person: 'bo' } }, []],
    [{ kind: 'noted', data: { text: 'x' } }, ['incident.annotated']],
    [
      { kind: 'declined', data: { person: 'bo', escalation: 't', comment: null } },
      ['incident.responder.replied bo'],
    ],
    [{ kind: 'closed', data: { because: 'approved' } }, []],
    [{ kind: 'snoozed', data: { until: '2026-11-22T22:10:00.000Z' } }, []],
  ])('%j is %j', (fact, types) => {
    expect(typesOf(fact)).toEqual(types);
  });

  it('tells of each person who was paged, once', () => {
    expect(
      typesOf({
        kind: 'paged',
        data: {
          escalation: 't',
          cycle: 0,
          step: 1,
          people: ['ana', 'bo', 'ana'],
          everyone: false,
          deliveries: 3,
          nextAt: null,
          catchAll: false,
        },
      }),
    ).toEqual(['incident.responder.added ana', 'incident.responder.added bo']);
  });
});
