import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createEgress, type Egress, type EgressOptions } from './egress.js';
import { certificateForDays } from './testing/certificate.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function egressWith(options: Partial<EgressOptions> = {}): Egress {
  const egress = createEgress({ allow: ['127.0.0.0/8'], ...options });
  open.push(egress);
  return egress;
}

async function listen(server: Server, host = '127.0.0.1', port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener, host?: string, port?: number): Promise<number> =>
  listen(createServer(listener), host, port);

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

describe('an allowed request', () => {
  it('carries method, headers and body, and brings back status, headers and text', async () => {
    const port = await serve((request, response) => {
      void readBody(request).then((body) => {
        response.setHeader(
          'x-seen',
          `${request.method} ${request.url} ${String(request.headers['x-key'])} ${request.headers['user-agent']}`,
        );
        response.statusCode = 418;
        response.end(`got ${body}`);
      });
    });
    const outcome = await egressWith().request({
      method: 'post',
      url: `http://127.0.0.1:${port}/a/b?c=d#e`,
      headers: { 'x-key': 'k' },
      body: 'Grüße',
      timeoutMs: 5000,
    });
    expect(outcome).toMatchObject({
      kind: 'answered',
      status: 418,
      headers: { 'x-seen': 'POST /a/b?c=d k Tocsin' },
      body: 'got Grüße',
      truncated: false,
    });
  });

  it('is answered with the redirect itself: nothing follows it', async () => {
    let reached = 0;
    const sentinel = await serve((_request, response) => {
      reached += 1;
      response.end();
    });
    const port = await serve((_request, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${sentinel}/` }).end();
    });
    const outcome = await egressWith().request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 5000,
    });
    expect(outcome).toMatchObject({
      kind: 'answered',
      status: 302,
      headers: { location: `http://127.0.0.1:${sentinel}/` },
    });
    expect(reached).toBe(0);
  });

  it('cuts a body at maxBytes without breaking a character, and ends the connection', async () => {
    const port = await serve((_request, response) => {
      response.end('aä'.repeat(100_000));
    });
    const outcome = await egressWith().request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 5000,
      maxBytes: 5,
    });
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, body: 'aäa', truncated: true });
  });

  it('counts as answered once the status is there, even if the body never ends', async () => {
    const port = await serve((_request, response) => {
      response.writeHead(200).write('begun');
    });
    const outcome = await egressWith().request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 1_000,
    });
    expect(outcome).toMatchObject({ kind: 'answered', status: 200, body: 'begun', truncated: true });
  });
});

describe('a request that gets no answer', () => {
  it('is unreachable when nothing listens', async () => {
    const port = await listen(createTcpServer());
    await Promise.all(open.splice(0).map((each) => each.close()));
    const outcome = await egressWith().request({
      method: 'GET',
      url: `http://127.0.0.1:${port}/`,
      timeoutMs: 5000,
    });
    expect(outcome).toEqual({ kind: 'unreachable', reason: 'ECONNREFUSED' });
  });

  it('is unreachable when the name does not resolve, at all or in time', async () => {
    const failing = egressWith({
      lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    });
    expect(await failing.request({ method: 'GET', url: 'http://gone.test/', timeoutMs: 5000 })).toEqual({
      kind: 'unreachable',
      reason: 'gone.test does not resolve (ENOTFOUND)',
    });
    const silent = egressWith({ lookup: () => new Promise(() => undefined) });
    expect(await silent.request({ method: 'GET', url: 'http://slow.test/', timeoutMs: 50 })).toEqual({
      kind: 'unreachable',
      reason: 'slow.test does not resolve (no answer in time)',
    });
  });

  it('is interrupted when the receiver read it and fell silent', async () => {
    const bodies: string[] = [];
    const port = await serve((request) => {
      void readBody(request).then((body) => bodies.push(body));
    });
    const outcome = await egressWith().request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/`,
      body: 'page',
      timeoutMs: 1_000,
    });
    expect(outcome).toEqual({ kind: 'interrupted', reason: 'no answer in time' });
    expect(bodies).toEqual(['page']);
  });

  it('is interrupted when the receiver read it and cut the line', async () => {
    const port = await serve((request) => {
      void readBody(request).then(() => request.socket.destroy());
    });
    const outcome = await egressWith().request({
      method: 'POST',
      url: `http://127.0.0.1:${port}/`,
      body: 'page',
      timeoutMs: 5000,
    });
    expect(outcome).toMatchObject({ kind: 'interrupted' });
  });

  it('is unreachable when TLS fails: the request was never written', async () => {
    const certificate = certificateForDays(30, { names: ['other.test'] });
    let requests = 0;
    const port = await listen(
      createTlsServer(certificate, (_request, response) => {
        requests += 1;
        response.end();
      }),
    );
    const lookup = () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]);
    const url = `https://hooks.test:${port}/`;
    const untrusted = await egressWith({ lookup }).request({ method: 'GET', url, timeoutMs: 5000 });
    expect(untrusted).toEqual({ kind: 'unreachable', reason: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    const wrongName = await egressWith({ lookup, ca: certificate.cert }).request({
      method: 'GET',
      url,
      timeoutMs: 5000,
    });
    expect(wrongName).toEqual({ kind: 'unreachable', reason: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(requests).toBe(0);
  });
});

describe('the checked address', () => {
  it('is pinned: a name that rebinds between two look-ups is asked for once, and reached where it was checked', async () => {
    let sentinelReached = 0;
    const answers = ['127.0.0.2', '127.0.0.1'];
    let lookups = 0;
    const port = await serve((_request, response) => response.end('good'), '127.0.0.2');
    await serve(
      (_request, response) => {
        sentinelReached += 1;
        response.end();
      },
      '127.0.0.1',
      port,
    );
    const egress = egressWith({
      allow: ['127.0.0.2/32'],
      lookup: () => Promise.resolve([{ address: answers[lookups++] ?? '127.0.0.1', family: 4 }]),
    });
    const request = { method: 'GET', url: `http://rebind.test:${port}/`, timeoutMs: 5000 };
    expect(await egress.request(request)).toMatchObject({ kind: 'answered', body: 'good' });
    expect(lookups).toBe(1);
    // The kept-alive connection of the first response must not exempt the second request.
    expect(await egress.request(request)).toEqual({
      kind: 'refused',
      reason:
        'rebind.test resolves to a loopback address; allow it with TOCSIN_EGRESS_ALLOW if it is intended',
    });
    expect(sentinelReached).toBe(0);
  });

  it('is where TLS connects to, while the certificate is checked for the name', async () => {
    const certificate = certificateForDays(30, { names: ['hooks.test'] });
    const names: unknown[] = [];
    const server = createTlsServer(certificate, (_request, response) => response.end('secure'));
    server.on('secureConnection', (socket) => names.push(socket.servername));
    const port = await listen(server);
    const egress = egressWith({
      ca: certificate.cert,
      lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
    });
    for (const host of ['hooks.test', 'hooks.test.']) {
      const outcome = await egress.request({
        method: 'GET',
        url: `https://${host}:${port}/`,
        timeoutMs: 5000,
      });
      expect(outcome).toMatchObject({ kind: 'answered', status: 200, body: 'secure' });
    }
    expect(names).toEqual(['hooks.test', 'hooks.test']);
  });

  it('falls over to the next checked address when the first does not answer', async () => {
    const port = await serve((_request, response) => response.end('second'), '127.0.0.1');
    const egress = egressWith({
      lookup: () =>
        Promise.resolve([
          { address: '127.0.0.3', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    });
    const outcome = await egress.request({ method: 'GET', url: `http://two.test:${port}/`, timeoutMs: 5000 });
    expect(outcome).toMatchObject({ kind: 'answered', body: 'second' });
  });

  it('reuses a connection for the same origin and addresses', async () => {
    let connections = 0;
    const server = createServer((_request, response) => response.end());
    server.on('connection', () => (connections += 1));
    const port = await listen(server);
    const egress = egressWith();
    const request = { method: 'GET', url: `http://127.0.0.1:${port}/`, timeoutMs: 5000 };
    for (let sent = 0; sent < 6; sent += 1) await egress.request(request);
    // undici frees a socket one event-loop tick after its response, so consecutive requests may use a second one.
    expect(connections).toBeLessThanOrEqual(2);
  });
});

describe('what a caller may ask for', () => {
  it.each([
    ['CONNECT', {}, 'method CONNECT is not one of'],
    ['GET', { Host: 'metadata.internal' }, 'header Host may not be set'],
    ['GET', { 'transfer-encoding': 'chunked' }, 'header transfer-encoding may not be set'],
    ['GET', { 'x-note': 'a\r\nx-evil: b' }, 'the value of header x-note has characters'],
    ['GET', { 'x note': 'a' }, '"x note" is not a header name'],
  ])('refuses %s with headers %j', async (method, headers, reason) => {
    const outcome = await egressWith().request({
      method,
      url: 'http://127.0.0.1:1/',
      headers,
      timeoutMs: 1000,
    });
    expect(outcome).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
  });
});

describe('resolve', () => {
  it.each(['0x7f.1', '127.1', '2130706433', '::1', '[::1]', '0', 'localhost'])(
    'checks %s as the address it is',
    async (host) => {
      expect(await egressWith({ allow: [] }).resolve(host)).toMatchObject({ kind: 'refused' });
    },
  );

  it.each(['a/b', 'user@host', 'host:80', '', 'a b', 'http://x'])('refuses %j: not a host', async (host) => {
    expect(await egressWith().resolve(host)).toEqual({
      kind: 'refused',
      reason: expect.stringContaining('is not a host'),
    });
  });

  it('answers with the address that was checked', async () => {
    expect(await egressWith().resolve('127.1')).toEqual({ kind: 'allowed', address: '127.0.0.1', family: 4 });
  });
});

describe('the allow list', () => {
  it.each(['10.0.0.0/33', 'banana', '10.1', '', '10.0.0.0/8/8'])('names a bad CIDR: %j', (cidr) => {
    expect(() => createEgress({ allow: [cidr] })).toThrow(
      `TOCSIN_EGRESS_ALLOW: "${cidr}" is not a CIDR; write it like 10.20.0.0/16`,
    );
  });

  it('takes a bare address as itself alone', async () => {
    const egress = egressWith({ allow: ['10.1.2.3', 'fd00::1'] });
    expect(await egress.resolve('10.1.2.3')).toMatchObject({ kind: 'allowed' });
    expect(await egress.resolve('10.1.2.4')).toMatchObject({ kind: 'refused' });
    expect(await egress.resolve('fd00::1')).toMatchObject({ kind: 'allowed', family: 6 });
  });
});
