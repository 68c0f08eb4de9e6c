/**
 * The whole life of one incident, over HTTP and through the links in messages, for every way in which an alert can
 * arrive.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  DeliveriesReply,
  IncidentReply,
  IncidentsReply,
  TimelineReply,
} from '../../contracts/api/incident.js';
import { PostmortemReply } from '../../contracts/api/postmortem.js';
import { eventually } from '../harness/eventually.js';
import { apply, keys, organisation } from '../harness/fixtures.js';
import { startPhones, type Phones } from '../harness/people.js';
import { startTocsin, type Tocsin } from '../harness/tocsin.js';

let tocsin: Tocsin;
let phones: Phones;

beforeAll(async () => {
  [tocsin, phones] = await Promise.all([startTocsin(), startPhones()]);
  await apply(tocsin, organisation(phones));
}, 90_000);

afterAll(async () => {
  await tocsin.end();
  await phones.close();
});

/**
 * Ways in which an alert arrives, each with the response and the resolve of the same sender (null: a person
 * resolves).
 */
const ways: {
  by: string;
  send: (title: string) => Promise<number>;
  clear: null | ((title: string) => Promise<number>);
}[] = [
  {
    by: 'PagerDuty Events v2',
    send: async (title) =>
      (await tocsin.call('POST', '/v2/enqueue', pagerduty('trigger', title), { token: null })).status,
    clear: async (title) =>
      (await tocsin.call('POST', '/v2/enqueue', pagerduty('resolve', title), { token: null })).status,
  },
  {
    by: 'Alertmanager webhook v4',
    send: async (title) =>
      (await tocsin.call('POST', `/in/${keys.prometheus}`, alertmanager('firing', title), { token: null }))
        .status,
    clear: async (title) =>
      (await tocsin.call('POST', `/in/${keys.prometheus}`, alertmanager('resolved', title), { token: null }))
        .status,
  },
  {
    by: 'the generic format',
    send: async (title) =>
      (await tocsin.call('POST', `/in/${keys.generic}`, generic('trigger', title), { token: null })).status,
    clear: async (title) =>
      (await tocsin.call('POST', `/in/${keys.generic}`, generic('resolve', title), { token: null })).status,
  },
  {
    by: 'a person who declares it',
    send: async (title) =>
      (
        await tocsin.call('POST', '/api/v1/incidents', {
          title,
          service: 'checkout-db',
          severity: 'critical',
          person: 'cleo',
        })
      ).status,
    clear: null,
  },
];

const pagerduty = (action: 'trigger' | 'resolve', title: string) => ({
  routing_key: keys.events,
  event_action: action,
  dedup_key: title,
  ...(action === 'trigger' ? { payload: { summary: title, source: 'db-1', severity: 'critical' } } : {}),
});

const alertmanager = (status: 'firing' | 'resolved', title: string) => ({
  version: '4',
  groupKey: title,
  status,
  receiver: 'tocsin',
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example.com',
  alerts: [
    {
      status,
      labels: { alertname: title, severity: 'critical' },
      annotations: { summary: title },
      startsAt: '2026-11-22T22:10:00Z',
      endsAt: status === 'resolved' ? '2026-11-22T22:20:00Z' : '0001-01-01T00:00:00Z',
      generatorURL: '',
      fingerprint: Buffer.from(title).toString('hex').slice(0, 16).padEnd(16, '0'),
    },
  ],
});

const generic = (action: 'trigger' | 'resolve', title: string) => ({
  title,
  action,
  dedup_key: title,
  severity: 'critical',
});

const found = (title: string) =>
  eventually(
    async () =>
      (await tocsin.ask(IncidentsReply, 'GET', '/api/v1/incidents?limit=200')).items.find(
        (one) => one.title === title,
      ),
    { what: `an incident called ${title}` },
  );

describe.each(ways)('an incident that comes in by $by', ({ send, clear, by }) => {
  it('pages, is acknowledged, resolved, reviewed and closed', async () => {
    const title = `Replica lag, told by ${by}`;
    expect(await send(title)).toBeLessThan(300);
    const { id, number } = await found(title);
    const incident = () => tocsin.ask(IncidentReply, 'GET', `/api/v1/incidents/${number}`);

    const page = await phones.of('ana').expectsPage(number);
    expect(page.body.data).toMatchObject({
      person: 'ana',
      step: 1,
      cycle: 0,
      attempt: 1,
      possibleDuplicate: false,
    });
    expect(page.body.data.incident).toMatchObject({
      title,
      priority: 'P1',
      service: 'checkout-db',
      drill: false,
    });
    const form = await page.open();
    expect(form.text).toContain(title);
    expect(form.decisions).toEqual(['acknowledge', 'decline', 'escalate']);
    expect((await form.press('acknowledge')).text).toContain('You have it');
    expect(await incident()).toMatchObject({ status: 'acknowledged', commander: 'ana' });

    if (clear !== null) {
      expect(await clear(title)).toBeLessThan(300);
      // The incident is acknowledged, so the source's resolve is a proposal: a person resolves it.
      await eventually(async () => (await incident()).alertsOpen === 0);
      expect((await incident()).status).toBe('acknowledged');
    }
    const resolved = await tocsin.call('POST', `/api/v1/incidents/${number}/resolve`, { person: 'ana' });
    expect(resolved.status).toBe(200);
    expect(IncidentReply.parse(resolved.json).status).toBe('resolved');

    const postmortem = () => tocsin.ask(PostmortemReply, 'GET', `/api/v1/incidents/${number}/postmortem`);
    const draft = await eventually(async () => {
      const seen = await postmortem();
      return seen.status === 'draft' && seen;
    });
    expect(draft.notificationsIssued[0]).toMatchObject({ person: 'ana', channel: 'webhook', reached: true });
    expect(draft.missing).toEqual(['rootCauses', 'wentWell', 'wentBadly', 'lessons']);
    const early = await tocsin.call('POST', `/api/v1/incidents/${number}/postmortem/submit`, {
      person: 'ana',
    });
    expect(early).toMatchObject({ status: 409, json: { code: 'sections_missing' } });

    const sections = {
      rootCauses: 'Vacuum was off.',
      wentWell: 'The page.',
      wentBadly: 'Nobody looked.',
      lessons: 'Look.',
    };
    const edited = await tocsin.call('PUT', `/api/v1/incidents/${number}/postmortem`, {
      sections,
      person: 'ana',
    });
    expect(edited.status).toBe(200);
    expect(PostmortemReply.parse(edited.json)).toMatchObject({ status: 'draft', missing: [], sections });
    const submitted = await tocsin.call('POST', `/api/v1/incidents/${number}/postmortem/submit`, {
      person: 'ana',
    });
    expect(submitted.status).toBe(200);

    for (const reviewer of ['bo', 'dana']) {
      expect((await incident()).status).toBe('resolved');
      const asked = await phones.of(reviewer).expects({ type: 'review.requested', incident: number });
      await asked.reply('approve', { comment: 'Reads well.' });
    }
    expect(await incident()).toMatchObject({ status: 'closed', postmortemStatus: 'approved' });

    const timeline = await tocsin.ask(TimelineReply, 'GET', `/api/v1/incidents/${number}/timeline?limit=200`);
    const kinds = timeline.items.map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'opened',
        'paged',
        'acknowledged',
        'resolved',
        'postmortem_drafted',
        'postmortem_submitted',
      ]),
    );
    expect(kinds.slice(-2)).toEqual(['postmortem_approved', 'closed']);
    expect(timeline.items.map(({ seq }) => seq)).toEqual(timeline.items.map((_, index) => index + 1));
    const deliveries = await tocsin.ask(DeliveriesReply, 'GET', `/api/v1/incidents/${number}/deliveries`);
    // Pages suppressed by an answer are not sent; a press on the page's button proves that it arrived.
    const open = deliveries.items.filter(
      ({ state, reason }) => !['accepted', 'delivered'].includes(state) && reason !== 'resolved',
    );
    expect(open).toEqual([]);
    const final = await postmortem();
    expect(final.reviews).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ person: 'bo', group: 'participants', decision: 'approve' }),
        expect.objectContaining({ person: 'dana', group: 'stakeholders', decision: 'approve' }),
      ]),
    );

    const workflow = `incident/${id}`;
    await eventually(async () => {
      const handle = (await tocsin.histories.client()).workflow.getHandle(workflow);
      return (await handle.describe()).status.name === 'COMPLETED';
    });
    // The person who has it was notified that all alerts have closed: one message more to send.
    expect(await tocsin.histories.lengthOf(workflow)).toBeLessThanOrEqual(clear === null ? 50 : 60);
  }, 60_000);
});
