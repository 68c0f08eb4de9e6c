/**
 * Everything sent is visible: on the incident, on the page's link, in the API. Reports of other products' users:
 * goalert#3628, #4374, oncall#2008, #2350, pdpyras#45.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openForm } from '../harness/form.js';
import { keys } from '../harness/fixtures.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
}, 90_000);
afterAll(() => stack.end());

const send = async (path: string, body: unknown) => {
  const { status, text } = await stack.tocsin.call('POST', path, body, { token: null });
  if (status >= 300) throw new Error(`${path} answered ${status}: ${text}`);
};
const generic = (body: object) => send(`/in/${keys.generic}`, { severity: 'critical', ...body });

/** Texts from the API, the link of Ana's page and the incident's own page. */
const shown = async (title: string) => {
  const { number } = await stack.titled(title);
  const page = await stack.phones.of('ana').expectsPage(number);
  const own = await stack.tocsin.call('GET', `/incidents/${number}`);
  return {
    number,
    url: page.body.data.links.respond,
    alerts: (await stack.incident(number))['alerts'] as Record<string, unknown>[],
    link: await page.open(),
    own: own.text,
  };
};

describe('what a sender says', () => {
  it('oncall#2008: annotations are seen, and the web addresses in them can be followed', async () => {
    await send(`/in/${keys.prometheus}`, {
      version: '4',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'HighLatency', severity: 'critical', service: 'checkout-db' },
          annotations: {
            summary: 'The checkout is slow',
            description: 'p99 2.4 s, see https://wiki.example.com/checkout',
            impact: 'Carts time out',
          },
          startsAt: '2026-11-22T22:05:12Z',
          fingerprint: 'a1b2c3d4e5f60718',
        },
      ],
    });
    const { alerts, link, own } = await shown('The checkout is slow');
    expect(alerts[0]).toMatchObject({ description: 'p99 2.4 s, see https://wiki.example.com/checkout' });
    for (const html of [link.html, own]) {
      expect(html).toContain(
        'p99 2.4 s, see <a href="https://wiki.example.com/checkout" rel="noreferrer noopener">',
      );
      expect(html).toContain('Carts time out');
    }
  });

  it('pdpyras#45: custom details are seen', async () => {
    await send('/v2/enqueue', {
      routing_key: keys.events,
      event_action: 'trigger',
      dedup_key: 'pd-details',
      payload: {
        summary: 'Error budget burns',
        source: 'web-1',
        severity: 'critical',
        custom_details: { burn: '14x', window: { hours: 1 } },
      },
    });
    const { alerts, link, own } = await shown('Error budget burns');
    expect(alerts[0]).toMatchObject({ details: { burn: '14x', window: { hours: 1 } } });
    for (const html of [link.html, own]) expect(html).toMatch(/burn<\/bdi>: <bdi>14x/);
    expect(link.html).toMatch(/window\.hours<\/bdi>: <bdi>1</);
  });

  it('goalert#3628: description and own fields are seen, and what they hold stays text', async () => {
    await generic({
      title: 'Nightly backup failed',
      dedupKey: 'backup-seen',
      description: 'exit 2\n<img src=x onerror=alert(1)> javascript:alert(2)',
      exitCode: 2,
      host: { name: 'backup-1' },
    });
    const { alerts, link, own } = await shown('Nightly backup failed');
    expect(alerts[0]).toMatchObject({ description: expect.stringContaining('exit 2') });
    for (const html of [link.html, own]) {
      expect(html).toContain('exit 2\n&lt;img src=x');
      expect(html).not.toMatch(/<img|href="javascript/);
      expect(html).toMatch(/exitCode<\/bdi>: <bdi>2/);
      expect(html).toMatch(/host\.name<\/bdi>: <bdi>backup-1/);
    }
  });

  it('oncall#2350, goalert#4374: of a repeated key the newest words are seen, the first stay on record', async () => {
    await generic({
      title: 'Disk 80 % full',
      dedupKey: 'disk-seen',
      description: 'growing',
      severity: 'critical',
    });
    const first = await shown('Disk 80 % full');
    await generic({
      title: 'Disk 99 % full',
      dedupKey: 'disk-seen',
      description: 'nearly over',
      severity: 'error',
    });
    const alerts = (await stack.incident(first.number))['alerts'] as Record<string, unknown>[];
    expect(alerts).toEqual([
      expect.objectContaining({
        title: 'Disk 99 % full',
        firstTitle: 'Disk 80 % full',
        description: 'nearly over',
        severity: 'error',
        count: 2,
      }),
    ]);
    const { html: link } = await openForm(first.url);
    const own = (await stack.tocsin.call('GET', `/incidents/${first.number}`)).text;
    for (const html of [own, link]) {
      expect(html).toContain('Disk 99 % full');
      expect(html).toContain('nearly over');
      expect(html).toMatch(/At first: <bdi>Disk 80 % full/);
    }
  });

  it('U+202E in a title turns nothing round, on any page or in any answer', async () => {
    await generic({ title: 'Disk \u202Elive\u202C is full', dedupKey: 'bidi-seen' });
    const { number } = await stack.titled('Disk \u202Elive\u202C is full');
    const page = await stack.phones.of('ana').expectsPage(number);
    expect(page.body.data.incident?.title).toBe('Disk live is full');
    for (const path of ['/incidents', `/incidents/${number}`, '/mailbox']) {
      const { text } = await stack.tocsin.call('GET', path);
      expect([path, /[\u202A-\u202E\u2066-\u2069]/.test(text)]).toEqual([path, false]);
    }
    const acknowledged = await page.reply('acknowledge');
    expect(acknowledged.html).toContain('<bdi>Disk live is full</bdi>');
    expect(acknowledged.html).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  });
});
