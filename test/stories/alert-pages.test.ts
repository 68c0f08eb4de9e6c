/** Pages of alerts: the list with its filters, one alert with its reasons and texts, and the table on the incident. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ownService, ownSource } from '../harness/own-service.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let cookie: string;

beforeAll(async () => {
  stack = await startTestStack({ parts: ['api'] });
  cookie = await signIn(stack.tocsin, 'ana');
}, 90_000);
afterAll(() => stack.end());

const HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(2)>';

async function open(path: string): Promise<{ status: number; html: string; text: string }> {
  const answer = await fetch(new URL(path, stack.tocsin.url), { headers: { cookie } });
  const html = await answer.text();
  const text = html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replace(/\s+/g, ' ');
  return { status: answer.status, html, text };
}

async function press(path: string, fields: Record<string, string>): Promise<Response> {
  const { html } = await open('/alerts');
  const csrf = /name="csrf" value="([^"]*)"/.exec(html)?.[1] ?? '';
  return fetch(new URL(path, stack.tocsin.url), {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie, origin: new URL(stack.tocsin.url).origin },
    body: new URLSearchParams({ csrf, ...fields }),
  });
}

interface Sent {
  id: string;
  dedupKey: string;
  incident: string | null;
}

/** A service of its own, whose alerts are an incident each; returns how to send one. */
async function service(name: string, after = '') {
  const key = randomBytes(16).toString('hex');
  const documents = ownService(name, '[{notify: [{person: ana}], wait: 1h}]');
  await stack.apply(
    after === '' ? documents : documents.replace('tier: 1,', `tier: 1, ${after},`),
    ownSource(name, key),
  );
  return async (dedupKey: string, fields: object = {}): Promise<Sent> => {
    const body = { title: `Trouble ${dedupKey}`, severity: 'critical', dedupKey, ...fields };
    const { status } = await stack.tocsin.call('POST', `/in/${key}`, body, { token: null });
    expect(status).toBeLessThan(300);
    const { json } = await stack.tocsin.call('GET', `/api/v1/alerts?source=${name}`);
    const found = (json as { items: Sent[] }).items.find((one) => one.dedupKey === dedupKey);
    if (found === undefined) throw new Error(`no alert ${dedupKey}`);
    return found;
  };
}

describe('the page of an alert', () => {
  it('shows the newest texts beside the first, its fields and links, and nothing that acts', async () => {
    const send = await service('texts');
    await send('k', { description: 'The first description', region: 'eu-1' });
    const { id } = await send('k', {
      title: `Now ${HOSTILE}`,
      description: `See https://wiki.example.com/disk ${HOSTILE}`,
      annotations: { summary: 'Nearly full' },
      values: { A: 97.5 },
      labels: { [HOSTILE]: HOSTILE },
      links: [{ title: 'Image', url: 'https://pictures.example.com/1.png' }, 'https://graph.example.com/'],
    });
    const { html, text } = await open(`/alerts/${id}`);
    for (const shown of [
      'What it says now',
      'annotations.summary Nearly full',
      'values.A 97.5',
      'What it said first',
      'The first description',
      'region eu-1',
      'What was decided, and why',
      'severity critical',
    ])
      expect(text).toContain(shown);
    for (const link of [
      'https://wiki.example.com/disk',
      'https://pictures.example.com/1.png',
      'https://graph.example.com/',
    ])
      expect(html).toContain(`<a href="${link}" rel="noreferrer noopener">`);
    expect(html).not.toMatch(/<(script|img|iframe|object)\b/);
    expect(html).not.toMatch(/ on[a-z]+="|href="(?!https?:|\/|#)/);
  });

  it('says why an alert that is held has not paged, and that there is none by a wrong id', async () => {
    const send = await service('patient', 'after: {count: 3, within: 10m}');
    const { id, incident } = await send('once');
    expect(incident).toBeNull();
    const { text } = await open(`/alerts/${id}`);
    expect(text).toContain('Why it has not paged');
    expect(text).toContain('it pages when it is told 3 times within 10m');
    expect(text).toContain('Held');
    for (const wrong of ['nothing', '00000000-0000-4000-8000-000000000000'])
      expect((await open(`/alerts/${wrong}`)).status).toBe(404);
  });

  it('moves the alert to another open incident; a refusal says why and keeps what was typed', async () => {
    const send = await service('moved');
    const [one, two] = [await send('one'), await send('two')];
    const numberOf = async ({ incident }: Sent) => (await stack.incident(String(incident))).number;
    const into = await numberOf(two);
    const refused = await press(`/alerts/${one.id}/move`, { into });
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining(`value="${into}"`)]);
    const third = await stack.tocsin.call('POST', `/api/v1/alerts/${one.id}/move`, { into, person: 'ana' });
    expect(third.status).toBe(409);
    const wrong = await press(`/alerts/${one.id}/move`, { into: 'somewhere' });
    expect([wrong.status, await wrong.text()]).toEqual([400, expect.stringContaining('such as INC-42')]);
  });
});

describe('an incident of 500 alerts', () => {
  const bytesOf = ({ html }: { html: string }): number => Buffer.byteLength(html);

  it('shows the first ten as a table and links the rest: bounded however much each one says', async () => {
    const key = randomBytes(16).toString('hex');
    await stack.apply(
      ownService('disks', '[{notify: [{person: ana}], wait: 1h}]').replace('group: {by: none}, ', ''),
      ownSource('disks', key).replace('format: generic', 'format: alertmanager'),
    );
    const long = (n: number): string => 'word '.repeat(n);
    const labels = { alertname: 'DiskFull', severity: 'critical' };
    for (let batch = 0; batch < 10; batch++) {
      const alerts = Array.from({ length: 50 }, (_, n) => ({
        status: 'firing',
        labels: { ...labels, instance: `db-${batch * 50 + n}` },
        annotations: Object.fromEntries([
          ['description', long(400)],
          ['runbook_url', 'https://wiki.example.com/disk'],
          ...Array.from({ length: 10 }, (_one, i) => [`note${i}`, long(200)]),
        ]),
        startsAt: new Date().toISOString(),
      }));
      const { status } = await stack.tocsin.call(
        'POST',
        `/in/${key}`,
        { version: '4', status: 'firing', alerts },
        { token: null },
      );
      expect(status).toBeLessThan(300);
    }
    const { json } = await stack.tocsin.call('GET', '/api/v1/alerts?source=disks&limit=1');
    const incident = String((json as { items: Sent[] }).items[0]?.incident);
    const { number, alertsTotal } = await stack.incident(incident);
    expect(alertsTotal).toBe(500);
    const page = await open(`/incidents/${number}`);
    expect(page.status).toBe(200);
    expect(page.html.match(/href="\/alerts\/[0-9a-f-]{36}"/g)).toHaveLength(10);
    expect(page.text).toContain(`All 500 alerts of ${number}`);
    expect(bytesOf(page)).toBeLessThan(100 * 1024);

    const seen = new Set<string>();
    let next: string | null = `/alerts?incident=${incident}`;
    while (next !== null) {
      const list = await open(next);
      expect(list.text).toContain(`Alerts of ${number}`);
      expect(bytesOf(list)).toBeLessThan(100 * 1024);
      for (const [, id = ''] of list.html.matchAll(/href="\/alerts\/([0-9a-f-]{36})"/g)) seen.add(id);
      const older = /href="(\/alerts\?[^"]*cursor=[^"]*)"/.exec(list.html)?.[1] ?? null;
      next = older === null ? null : older.replaceAll('&amp;', '&');
    }
    expect(seen.size).toBe(500);

    const [id = ''] = seen;
    const split = await press(`/alerts/${id}/split`, {});
    const own = /\/incidents\/(INC-\d+)$/.exec(split.headers.get('location') ?? '')?.[1] ?? '';
    expect([split.status, (await stack.incident(own)).alertsTotal]).toEqual([303, 1]);
    const back = await press(`/alerts/${id}/move`, { into: number });
    expect([back.status, back.headers.get('location')]).toEqual([409, null]);
  }, 60_000);
});

describe('the list', () => {
  it('is filtered by state, service, source and text of the address, together', async () => {
    const send = await service('filtered');
    await send('a', { title: 'Disk full on db-1' });
    await send('b', { title: 'Disk FULL on db-2' });
    await send('b', { action: 'resolve' });
    const titles = async (query: string) => {
      const { html } = await open(`/alerts?${query}`);
      return [...html.matchAll(/href="\/alerts\/[0-9a-f-]{36}"><bdi>([^<]*)</g)].map(([, title]) => title);
    };
    const ofService = 'service=filtered';
    expect(await titles(ofService)).toEqual(['Disk FULL on db-2', 'Disk full on db-1']);
    expect(await titles(`${ofService}&text=disk+full`)).toHaveLength(2);
    expect(await titles(`${ofService}&text=db-2&source=filtered`)).toEqual(['Disk FULL on db-2']);
    expect(await titles(`${ofService}&state=open`)).toEqual(['Disk full on db-1']);
    expect(await titles(`${ofService}&state=closed`)).toEqual(['Disk FULL on db-2']);
    expect(await titles(`${ofService}&state=held`)).toEqual([]);
    expect(await titles(`${ofService}&text=%25`)).toEqual([]);
  });

  it.each([
    ['state=burning', 'open, held or closed'],
    ['text=%00', 'without control characters'],
    ['incident=INC-1', 'the id of an incident'],
    ['cursor=nowhere', 'not one of this list'],
  ])('refuses %s and says what would be right', async (query, said) => {
    const { status, text } = await open(`/alerts?${query}`);
    expect([status, text]).toEqual([400, expect.stringContaining(said)]);
  });
});
