/** L8: connections are limited in all and per client, and the head of a request has to be complete in time. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type RunningApi, startApi } from '../../api/testing/start-api.js';
import { eventually } from '../harness/eventually.js';

let api: RunningApi | undefined;
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await api?.stop();
});

const start = async (env: Record<string, string>): Promise<RunningApi> => (api = await startApi(env));

/** A connection from another address of this machine's loopback, as from another client. */
async function open({ url }: RunningApi, localAddress: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress });
  socket.on('error', () => {});
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Status line of the response; empty when the api has closed the connection. */
async function served(socket: Socket): Promise<string> {
  let text = '';
  const end = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.on('data', (part) => {
      text += part.toString();
      if (text.includes('\r\n\r\n')) resolve();
    });
    if (socket.destroyed) resolve();
  });
  socket.write('GET /healthz HTTP/1.1\r\nhost: tocsin\r\n\r\n');
  await end;
  return text.split('\r\n')[0] ?? '';
}

const OK = 'HTTP/1.1 200 OK';

describe('L8: connections', () => {
  it('of one client are as many as are allowed; others, and proxies that speak for many, are served', async () => {
    const running = await start({
      TOCSIN_CONNECTIONS_PER_CLIENT: '3',
      TOCSIN_TRUSTED_PROXIES: '127.0.0.9,127.0.9.0/24',
    });
    const from = (address: string) => open(running, address);
    const own = [await from('127.0.0.2'), await from('127.0.0.2'), await from('127.0.0.2')];
    expect(await Promise.all(own.map(served))).toEqual([OK, OK, OK]);
    expect(await served(await from('127.0.0.2'))).toBe('');
    expect(await served(await from('127.0.0.3'))).toBe(OK);
    for (const proxy of ['127.0.0.9', '127.0.9.7'])
      for (let n = 0; n < 5; n += 1) expect(await served(await from(proxy))).toBe(OK);
    const refused = await running.call('GET', '/metrics');
    expect(refused.text).toContain('tocsin_connections_refused_total{because="of_client"} 1');
    // A closed connection admits another one.
    own[0]?.destroy();
    await eventually(async () => (await served(await from('127.0.0.2'))) === OK || undefined, {
      what: 'a connection in the place of the one that was closed',
    });
  });

  it('in all are as many as are allowed, and the question whether the api is well is answered beyond them', async () => {
    const running = await start({ TOCSIN_CONNECTIONS: '5' });
    for (let n = 2; n < 7; n += 1) expect(await served(await open(running, `127.0.0.${n}`))).toBe(OK);
    expect(await served(await open(running, '127.0.0.9'))).toBe('');
    for (let n = 0; n < 10; n += 1) expect((await running.call('GET', '/healthz')).status).toBe(200);
    expect((await running.call('GET', '/metrics')).text).toContain(
      'tocsin_connections_refused_total{because="in_all"} 1',
    );
  });

  it('whose request does not begin with a whole head in time are ended, and others go on', async () => {
    const running = await start({});
    const server = running.app.getHttpServer() as Server;
    expect(server.headersTimeout).toBe(15_000);
    server.headersTimeout = 500;
    const slow = await open(running, '127.0.0.2');
    let text = '';
    slow.on('data', (part) => (text += part.toString()));
    slow.write('GET /healthz HTTP/1.1\r\nhost: tocsin\r\nx-slow: ');
    await once(slow, 'close');
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(await served(await open(running, '127.0.0.2'))).toBe(OK);
  });
});

describe('a body that is not read', () => {
  const token = 'x'.repeat(43);
  const form = 'content-type: application/x-www-form-urlencoded\r\n';
  it.each([
    ['of an unknown link', `/l/${token}`, form, 65_000],
    ['of a callback without a signature', '/hooks/twilio/sms', form, 32_000],
    ['of nobody', '/api/v1/incidents', 'content-type: application/json\r\n', 128_000],
    ['of nobody, larger than any buffer', '/api/v1/config/apply', 'content-type: text/yaml\r\n', 1_000_000],
    ['of a sender without a key', `/in/${token}`, 'content-type: application/json\r\n', 2_000_000],
    ['that is too large', '/v2/enqueue', 'content-type: application/json\r\n', 4_000_000],
  ])('%s is discarded, and the connection serves the next request', async (_, path, headers, bytes) => {
    const running = await start({});
    const socket = await open(running, '127.0.0.2');
    let text = '';
    socket.on('data', (part) => (text += part.toString()));
    socket.write(`POST ${path} HTTP/1.1\r\nhost: tocsin\r\n${headers}content-length: ${bytes}\r\n\r\n`);
    socket.write('x'.repeat(bytes));
    await eventually(() => Promise.resolve(/^HTTP\/1\.1 4\d\d [\s\S]*\r\n\r\n/.test(text) || undefined), {
      what: 'the refusal',
    });
    expect(text).not.toMatch(/^connection: close/im);
    const before = text.length;
    socket.write('GET /healthz HTTP/1.1\r\nhost: tocsin\r\n\r\n');
    await eventually(() => Promise.resolve(text.slice(before).includes(OK) || undefined), {
      what: 'the reply to the next request',
    });
  });
});
