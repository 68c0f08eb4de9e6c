/** A firing alert takes effect, and an alert that is over pages nobody: over HTTP, with phones, on real workflows. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keys } from '../harness/fixtures.js';
import { type OwnService, ownService, ownTeam } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(ownTeam('trust', 'security', ['bo'], '[{notify: [{person: bo}], wait: 1h}]'));
}, 90_000);
afterAll(() => stack.end());

const anaOnly = '[{notify: [{person: ana}], wait: 1h}]';
const source = (name: string, key: string, format = 'generic'): string =>
  `---\napiVersion: tocsin/v1\nkind: Source\nmetadata: {name: ${name}}\nspec: {format: ${format}, service: ${name}, key: ${key}}\n`;

const post = async (path: string, body: object) => {
  const { status, text, json } = await stack.tocsin.call('POST', path, body, { token: null });
  if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
  return json;
};

/** A service with a plan and a source of its own; `say` sends signals of one key. */
const watched = async (name: string, more?: OwnService) => {
  const key = randomBytes(16).toString('hex');
  await stack.apply(ownService(name, anaOnly, more), source(name, key));
  const say = (fields: object = {}) =>
    post(`/in/${key}`, { title: `Trouble with ${name}`, severity: 'critical', dedupKey: name, ...fields });
  return { say, key, titled: () => stack.titled(`Trouble with ${name}`) };
};
const page = (incident: string, cycle: number) =>
  stack.phones.of('ana').expects({ type: 'page.requested', incident, step: 1, cycle });
const notice = async (who: string, incident: string) =>
  JSON.stringify((await stack.phones.of(who).expects({ type: 'notice.sent', incident })).body.data);

describe('resolved by hand while it fires (grafana-cold-storage/oncall#5392)', () => {
  it('generic: opens again and pages at once, also after it was waived and closed', async () => {
    const { say, titled } = await watched('backup');
    await say();
    const { number } = await titled();
    await page(number, 0);
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    expect(await stack.tell(number, 'resolve', { person: 'ana' })).toMatchObject({
      status: 'resolved',
      alertsOpen: 0,
      stillFiring: 1,
    });
    await say();
    const again = await page(number, 1);
    expect(again.body.data.incident.status).toBe('triggered');
    await stack.tell(number, 'resolve', { person: 'ana' });
    await stack.tocsin.call('POST', `/api/v1/incidents/${number}/postmortem/waive`, {
      person: 'root',
      reason: 'known',
    });
    expect((await stack.incident(number)).status).toBe('closed');
    await say();
    await page(number, 2);
    expect((await stack.timeline(number)).findLast(({ kind }) => kind === 'reopened')?.text).toContain(
      'still fires',
    );
  });

  it('after the source was deleted and made anew', async () => {
    const { say, key, titled } = await watched('reborn');
    await say();
    const { number } = await titled();
    await page(number, 0);
    await stack.tell(number, 'resolve', { person: 'ana' });
    const { status } = await stack.tocsin.call('DELETE', '/api/v1/config/Source/reborn');
    expect(status).toBe(204);
    await stack.apply(source('reborn', key));
    await say();
    await page(number, 1);
  });

  it('PagerDuty Events v2', async () => {
    const event = {
      routing_key: keys.events,
      event_action: 'trigger',
      dedup_key: 'by-hand',
      payload: { summary: 'By hand, PagerDuty', source: 'db-1', severity: 'critical' },
    };
    await post('/v2/enqueue', event);
    const { number } = await stack.titled('By hand, PagerDuty');
    await page(number, 0);
    await stack.tell(number, 'resolve', { person: 'ana' });
    await post('/v2/enqueue', event);
    // Further cycles of the organisation's own policy: each start begins a new cycle.
    await page(number, 2);
  });

  it('Alertmanager, and again when its resolve and its old start come over and over (prometheus#5277)', async () => {
    const notification = (status: 'firing' | 'resolved') => ({
      version: '4',
      status,
      groupKey: 'by-hand',
      alerts: [
        {
          status,
          labels: { alertname: 'ByHand', severity: 'critical' },
          annotations: { summary: 'By hand, Alertmanager' },
          startsAt: new Date(began).toISOString(),
          endsAt: status === 'resolved' ? new Date(began + 1_195_000).toISOString() : '0001-01-01T00:00:00Z',
        },
      ],
    });
    const began = Date.now() - 1_200_000;
    const send = (status: 'firing' | 'resolved') => post(`/in/${keys.prometheus}`, notification(status));
    await send('firing');
    const { number } = await stack.titled('By hand, Alertmanager');
    await page(number, 0);
    await stack.tell(number, 'resolve', { person: 'ana' });
    await send('firing');
    await page(number, 2);
    await send('resolved');
    await send('resolved');
    expect((await stack.incident(number)).status).toBe('resolved');
    await send('firing');
    await page(number, 4);
  });
});

describe('fires again for another team', () => {
  it('a source that was pointed at a service of another team pages that team, not the one of before', async () => {
    const { say, key, titled } = await watched('mover');
    await say();
    const { number } = await titled();
    await page(number, 0);
    await say({ action: 'resolve' });
    await stack.apply(
      '---\napiVersion: tocsin/v1\nkind: Service\nmetadata: {name: moved-to}\nspec: {displayName: M, team: trust, tier: 1}\n',
      source('mover', key).replace('service: mover', 'service: moved-to'),
    );
    await say();
    const moved = (await stack.timeline(number)).some(({ kind }) => kind === 'reopened');
    expect(moved).toBe(false);
    const { incident } = (await stack.phones.of('bo').expects({ type: 'page.requested', step: 1, cycle: 0 }))
      .body.data;
    expect(incident).toMatchObject({ title: 'Trouble with mover' });
    expect(incident.number).not.toBe(number);
  });
});

describe('the end, proposed and told', () => {
  it('whoever has it is told, is not paged for what is over, and it resolves by itself (keep#4839, openduty#14)', async () => {
    const { say, titled } = await watched('over', { plan: '{ackTimeout: 2s}', resolve: '{quiet: 4s}' });
    await say();
    const { number } = await titled();
    await page(number, 0);
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await say({ action: 'resolve' });
    expect(await notice('ana', number)).toContain('resolve it?');
    const over = await stack.untilKind(number, 'resolved');
    expect(over.data).toMatchObject({ because: 'quiet' });
    expect(await stack.kinds(number)).not.toContain('acknowledgement_expired');
    expect((await stack.deliveries(number)).filter(({ cycle, step }) => cycle > 0 && step > 0)).toEqual([]);
  });

  it('a second required team is asked no more while nothing fires, and again when it does', async () => {
    const { say, titled } = await watched('vault', {
      plan: '{disciplines: [{discipline: security, required: true}]}',
    });
    await say();
    const { number } = await titled();
    await page(number, 0);
    await stack.tell(number, 'acknowledge', { person: 'ana' });
    await stack.phones.of('bo').expects({ type: 'page.requested', incident: number, cycle: 0 });
    await say({ action: 'resolve' });
    await notice('ana', number);
    expect((await stack.incident(number)).escalation.nextAt).toBeNull();
    await say();
    await stack.phones.of('bo').expects({ type: 'page.requested', incident: number, cycle: 1 });
    expect(await notice('ana', number)).toContain('fired again');
  });

  it('a source acknowledges and resolves: it resolves by itself, without a commander', async () => {
    const event = (event_action: string) => ({
      routing_key: keys.events,
      event_action,
      dedup_key: 'own-word',
      payload: { summary: 'Its own word', source: 'db-1', severity: 'critical' },
    });
    await post('/v2/enqueue', event('trigger'));
    const { number } = await stack.titled('Its own word');
    await post('/v2/enqueue', event('acknowledge'));
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', commander: null });
    await post('/v2/enqueue', event('resolve'));
    expect((await stack.incident(number)).status).toBe('resolved');
  });
});

describe('a notification that max_alerts cut', () => {
  it('says so in the answer and on its incident; the end of the group ends what it does not name', async () => {
    const notification = (status: 'firing' | 'resolved', names: string[], truncatedAlerts: number) => ({
      version: '4',
      status,
      groupKey: 'cut',
      truncatedAlerts,
      alerts: names.map((name) => ({ status, labels: { alertname: name }, annotations: { summary: name } })),
    });
    const send = (...what: Parameters<typeof notification>) =>
      post(`/in/${keys.prometheus}`, notification(...what));
    expect(await send('firing', ['Cut A', 'Cut B'], 3)).toMatchObject({ alerts: 2, truncated: 3 });
    const { number } = await stack.titled('Cut B');
    expect((await stack.timeline(number)).map(({ text }) => text).join()).toContain('left 3 alerts');
    await send('resolved', ['Cut A'], 1);
    expect((await stack.incident(number)).status).toBe('resolved');
  });
});
