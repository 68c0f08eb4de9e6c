/** Sources on their pages and by HTTP: what the page says to paste is pasted here, with the key that it shows. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { NewSourceKeyReply, SourceReply, SourcesReply } from '../../contracts/api/source.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
const FORMATS = ['generic', 'pagerduty-v2', 'alertmanager', 'grafana', 'heartbeat'] as const;
type Format = (typeof FORMATS)[number];

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(
    ownService('wired', '[{notify: [{person: ana}], wait: 1h}]'),
    ...FORMATS.map(
      (format) =>
        `---\napiVersion: tocsin/v1\nkind: Source\nmetadata: {name: by-${format}}\n` +
        `spec: {format: ${format}, service: wired${format === 'heartbeat' ? ', expect: {every: 1h}' : ''}}\n`,
    ),
  );
}, 90_000);
afterAll(() => stack.end());

const renew = (format: Format) =>
  stack.tocsin.ask(NewSourceKeyReply, 'POST', `/api/v1/sources/by-${format}/key`);
const read = (format: Format) => stack.tocsin.ask(SourceReply, 'GET', `/api/v1/sources/by-${format}`);

/** Sends what a line of the page sends: a curl command as it stands. */
async function paste(command: string): Promise<number> {
  const url = /(http\S+)/.exec(command)?.[1] ?? '';
  const data = /-d '([^']*)'/.exec(command)?.[1];
  const response = await fetch(url.replace('$?', '0'), {
    method: data === undefined ? 'GET' : 'POST',
    ...(data === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: data }),
  });
  return response.status;
}

describe('a source', () => {
  it.each(['generic', 'pagerduty-v2', 'heartbeat'] as const)(
    'of the format %s takes what its page says to try, and ends it',
    async (format) => {
      const { wiring } = await renew(format);
      const commands = wiring.steps.flatMap(({ code = '' }) => (code.includes('curl') ? [code] : []));
      expect(commands).toHaveLength(format === 'heartbeat' ? 1 : 2);
      for (const [index, command] of commands.entries()) {
        expect(await paste(command)).toBe(format === 'heartbeat' ? 200 : 202);
        const { openAlerts, lastHeardAt } = await read(format);
        expect(openAlerts).toBe(format === 'heartbeat' || index === 1 ? 0 : 1);
        expect(Date.parse(lastHeardAt ?? '')).toBeGreaterThan(0);
      }
    },
  );

  it('of Alertmanager is a receiver that can be loaded, at an address that takes its webhook', async () => {
    const { wiring } = await renew('alertmanager');
    const text = wiring.steps.find(({ code }) => code?.startsWith('receivers:'))?.code ?? '';
    const { receivers, route } = parse(text) as {
      receivers: { name: string; webhook_configs: { url: string }[] }[];
      route: { receiver: string };
    };
    expect(route.receiver).toBe(receivers[0]?.name);
    const alert = {
      status: 'firing',
      labels: { alertname: 'TocsinTest' },
      startsAt: new Date().toISOString(),
    };
    const response = await fetch(receivers[0]?.webhook_configs[0]?.url ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        version: '4',
        status: 'firing',
        groupKey: '{}:{alertname="TocsinTest"}',
        alerts: [alert],
      }),
    });
    expect(response.status).toBeLessThan(300);
    expect((await read('alertmanager')).openAlerts).toBe(1);
  });

  it('with a new key refuses the one before, and counts that', async () => {
    const before = await renew('grafana');
    const url = (key: string) => `/in/${key}`;
    const body = { status: 'firing', alerts: [{ status: 'firing', labels: { alertname: 'A' } }] };
    const send = async (key: string) =>
      (await stack.tocsin.call('POST', url(key), body, { token: null })).status;
    expect(await send(before.key)).toBeLessThan(300);
    const { key } = await renew('grafana');
    expect(key).not.toBe(before.key);
    expect(await send(before.key)).toBe(404);
    expect(await send(key)).toBeLessThan(300);
    expect(await read('grafana')).toMatchObject({ refused: 1 });
    expect(JSON.stringify(await read('grafana'))).not.toContain(key);
  });

  it('gets a key from admins alone, and is read by who reads the configuration', async () => {
    const path = '/api/v1/sources/by-generic/key';
    expect((await stack.tocsin.call('POST', path, undefined, { as: 'ana' })).status).toBe(403);
    expect((await stack.tocsin.call('GET', '/api/v1/sources', undefined, { as: 'dana' })).status).toBe(403);
    expect((await stack.tocsin.call('POST', '/api/v1/sources/nobody/key')).status).toBe(404);
    const { items } = await stack.tocsin.ask(SourcesReply, 'GET', '/api/v1/sources', undefined, {
      as: 'ana',
    });
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(FORMATS.map((one) => `by-${one}`)));
  });
});
