/** What the operator opened for runbooks, checks and watches is closed to the addresses that people enter for themselves. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEgress, type Egress } from '../../egress/egress.js';
import { createChannels } from '../../integrations/channels.js';
import { noAccounts, noSpend, pageMessage } from '../../integrations/shared/testing/messages.js';

let server: Server;
let url: string;
let hits: string[] = [];
let opened: Egress[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.end('{"id":"1"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  opened = [];
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

function channelsWith(contacts: string[]) {
  const egress = createEgress({ allow: ['127.0.0.0/8'] });
  const contactEgress = createEgress({ allow: contacts, setting: 'TOCSIN_EGRESS_ALLOW_CONTACTS' });
  opened.push(egress, contactEgress);
  return createChannels({
    egress,
    contactEgress,
    smtpUrl: null,
    mailFrom: 'tocsin@localhost',
    mailbox: { put: () => Promise.resolve() },
    spend: noSpend,
    phoneCallbacks: { seen: () => Promise.resolve(null) },
    settings: { ...noAccounts, ntfy: { url, token: null }, apprise: { url } },
    secretKey: Buffer.from('a root key for tests, as long as it must be'),
    publicUrl: 'https://tocsin.example.com',
  });
}

async function send(contacts: string[], channel: string, address: string) {
  hits = [];
  const secret = `whsec_${Buffer.alloc(24).toString('base64')}`;
  return channelsWith(contacts).get(channel)?.send({
    destination: { channel, address, secret },
    message: pageMessage(),
    idempotencyKey: 'k',
    timeoutMs: 2_000,
  });
}

describe('an address that a person enters', () => {
  it.each([
    ['webhook', () => `${url}/hook`],
    ['ntfy', () => `${url.replace('127.0.0.1', '127.0.0.2')}/ana-pages`],
    ['discord', () => `${url}/api/webhooks/1/x`],
    ['teams', () => `${url}/workflows/x`],
    ['pagerduty-webhook', () => `${url}/hook`],
    ['apprise', () => `ntfy://${url.slice('http://'.length)}/ana-pages`],
  ])('of the channel %s reaches no network of TOCSIN_EGRESS_ALLOW', async (channel, address) => {
    expect(await send([], channel, address())).toMatchObject({ kind: 'failed', permanent: true });
    expect(hits).toEqual([]);
  });

  it('is told which variable opens it', async () => {
    expect(await send([], 'webhook', `${url}/hook`)).toMatchObject({
      error: expect.stringContaining('allow it with TOCSIN_EGRESS_ALLOW_CONTACTS'),
    });
  });

  it('reaches a network of TOCSIN_EGRESS_ALLOW_CONTACTS', async () => {
    expect(await send(['127.0.0.0/8'], 'webhook', `${url}/hook`)).toMatchObject({ kind: 'accepted' });
    expect(hits).toEqual(['/hook']);
  });
});

it('a server that the operator configured is reached', async () => {
  expect(await send([], 'ntfy', 'ana-pages')).toMatchObject({ kind: 'accepted' });
  expect(hits).toEqual(['/']);
});
