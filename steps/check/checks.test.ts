import { afterEach, describe, expect, it } from '@jest/globals';
import { createSocket } from 'node:dgram';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createEgress } from '../../egress/egress.js';
import { certificateForDays } from '../../egress/testing/certificate.js';
import type { CheckPort } from '../../ports/check.js';
import { createChecks, type CheckOptions } from './checks.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

function checksWith(options: CheckOptions = {}, allow = ['127.0.0.0/8']): CheckPort {
  const egress = createEgress({
    allow,
    lookup: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]),
  });
  open.push(egress);
  return createChecks(egress, options);
}

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  });
  return (server.address() as AddressInfo).port;
}

async function closedPort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('the http check', () => {
  const serve = async (listener: RequestListener): Promise<string> =>
    `http://127.0.0.1:${await listen(createHttpServer(listener))}/`;

  it('passes on a 2xx and says how long it took', async () => {
    const http = await serve((_request, response) => {
      response.setHeader('content-type', 'text/plain').end('all well');
    });
    const outcome = await checksWith().run({ http }, 5000);
    expect(outcome).toMatchObject({ ok: true, summary: expect.stringMatching(/^200 in \d+ ms$/) });
    expect(outcome.output).toBe('HTTP 200\ncontent-type: text/plain\n\nall well');
  });

  it.each([
    [{ status: 503 }, 503, true, /^503 in \d+ ms$/],
    [{}, 503, false, /^503 in \d+ ms, expected 2xx$/],
    [{ status: 200 }, 204, false, /^204 in \d+ ms, expected 200$/],
    [{ contains: 'primary' }, 200, true, /^200 in \d+ ms$/],
    [{ contains: 'replica' }, 200, false, /^200 in \d+ ms, "replica" is not in the body$/],
    [{}, 302, false, /^302 in \d+ ms, expected 2xx; redirects to \/login, not followed$/],
  ])('with %j and an answer of %i: ok = %s', async (expectation, status, ok, summary) => {
    const http = await serve((_request, response) => {
      response
        .writeHead(status, status === 302 ? { location: '/login' } : {})
        .end(status === 204 ? undefined : 'role: primary');
    });
    expect(await checksWith().run({ http, ...expectation }, 5000)).toMatchObject({
      ok,
      summary: expect.stringMatching(summary),
    });
  });

  it('puts at most 1 KiB of output on the incident, without secrets', async () => {
    const http = await serve((_request, response) => {
      response.end(`{"db_password":"hunter2","url":"postgres://app:hunter2@db/x"}\u0000${'ä'.repeat(5000)}`);
    });
    const { output } = await checksWith().run({ http }, 5000);
    expect(Buffer.byteLength(output)).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(output)).toBeGreaterThan(1000);
    expect(output).not.toContain('hunter2');
    expect(output).not.toContain('\u0000');
    expect(output).toContain('postgres://[redacted]@db/x');
  });

  it('fails when nobody answers, in time or at all', async () => {
    const silent = await serve(() => undefined);
    expect(await checksWith().run({ http: silent }, 1_000)).toMatchObject({
      ok: false,
      summary: 'interrupted: no answer in time',
    });
    const gone = `http://127.0.0.1:${await closedPort()}/`;
    expect(await checksWith().run({ http: gone }, 5000)).toMatchObject({
      ok: false,
      summary: 'unreachable: ECONNREFUSED',
    });
  });

  it('does not look inside the network', async () => {
    const outcome = await checksWith({}, []).run({ http: 'http://169.254.169.254/latest/meta-data/' }, 5000);
    expect(outcome).toMatchObject({
      ok: false,
      summary: expect.stringMatching(/^refused: .*link-local/),
      output: '',
    });
  });
});

describe('the tcp check', () => {
  it('passes when a connection is made', async () => {
    const port = await listen(createTcpServer());
    const outcome = await checksWith().run({ tcp: 'db.test', port }, 5000);
    expect(outcome).toMatchObject({
      ok: true,
      summary: expect.stringMatching(new RegExp(`^port ${port} connected in \\d+ ms$`)),
    });
  });

  it('fails when none is, or none is allowed', async () => {
    const port = await closedPort();
    expect(await checksWith().run({ tcp: 'db.test', port }, 5000)).toMatchObject({
      ok: false,
      summary: `no connection to port ${port}: ECONNREFUSED`,
    });
    expect(await checksWith({}, []).run({ tcp: 'db.test', port }, 5000)).toMatchObject({
      ok: false,
      summary: expect.stringMatching(/^refused: db.test resolves to a loopback address/),
    });
  });
});

describe('the tls check', () => {
  async function serveCertificate(days: number, names = ['shop.test']) {
    const certificate = certificateForDays(days, { names, addresses: ['127.0.0.1'] });
    const server = createTlsServer(certificate);
    server.on('tlsClientError', () => undefined);
    return { port: await listen(server), ca: certificate.cert };
  }

  it.each([
    [40.5, {}, true, 'certificate ends in 40 days'],
    [13.5, {}, false, 'certificate ends in 13 days, expected at least 14'],
    [13.5, { minDays: 7 }, true, 'certificate ends in 13 days'],
    [1.5, { minDays: 1 }, true, 'certificate ends in 1 day'],
    [-2.5, {}, false, 'certificate ended 3 days ago'],
  ])('with a certificate that ends in %d days and %j: ok = %s', async (days, expectation, ok, summary) => {
    const { port, ca } = await serveCertificate(days);
    expect(await checksWith({ ca }).run({ tls: 'shop.test', port, ...expectation }, 5000)).toMatchObject({
      ok,
      summary,
    });
  });

  it('says whose the certificate is', async () => {
    const { port, ca } = await serveCertificate(40.5);
    const { output } = await checksWith({ ca }).run({ tls: 'shop.test', port }, 5000);
    expect(output).toContain('subject: shop.test');
    expect(output).toContain('names: DNS:shop.test, IP Address:127.0.0.1');
  });

  it('fails on a certificate for another name, or from nobody we trust, and still tells its end', async () => {
    const { port, ca } = await serveCertificate(40.5, ['other.test']);
    expect(await checksWith({ ca }).run({ tls: 'shop.test', port }, 5000)).toMatchObject({
      ok: false,
      summary: expect.stringMatching(
        /^certificate ends in 40 days, but is not trusted: ERR_TLS_CERT_ALTNAME_INVALID/,
      ),
    });
    expect(await checksWith().run({ tls: 'other.test', port }, 5000)).toMatchObject({
      ok: false,
      summary: 'certificate ends in 40 days, but is not trusted: DEPTH_ZERO_SELF_SIGNED_CERT',
    });
  });

  it('takes an address as the name', async () => {
    const { port, ca } = await serveCertificate(40.5);
    expect(await checksWith({ ca }).run({ tls: '127.0.0.1', port }, 5000)).toMatchObject({ ok: true });
  });

  it('fails when the port speaks no TLS, or nothing', async () => {
    const plain = await listen(createTcpServer((socket) => socket.end('220 hello\r\n')));
    expect(await checksWith().run({ tls: 'shop.test', port: plain }, 5000)).toMatchObject({
      ok: false,
      summary: expect.stringMatching(/^no TLS connection: /),
    });
    const silent = await listen(createTcpServer());
    expect(await checksWith().run({ tls: 'shop.test', port: silent }, 100)).toMatchObject({
      ok: false,
      summary: expect.stringMatching(/^no TLS connection: no answer within \d+ ms$/),
    });
  });
});

describe('the dns check', () => {
  /** A name server that knows `shop.test` (two A records) and `gone.test` (nothing); for other names it never answers. */
  async function serveNames(): Promise<string[]> {
    const socket = createSocket('udp4');
    socket.on('message', (query, sender) => {
      const question = query.subarray(12, query.indexOf(0, 12) + 5);
      const name = question.toString('latin1');
      if (!/shop|gone/.test(name)) return;
      const addresses = name.includes('shop') ? ['192.0.2.7', '192.0.2.8'] : [];
      const head = Buffer.from(query.subarray(0, 12));
      head.writeUInt16BE(addresses.length > 0 ? 0x8180 : 0x8183, 2); // answer, or "no such name"
      head.writeUInt16BE(addresses.length, 6);
      head.writeUInt32BE(0, 8);
      const records = addresses.map((address) =>
        Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split('.').map(Number)]),
      );
      socket.send(Buffer.concat([head, question, ...records]), sender.port, sender.address);
    });
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
    open.push({ close: () => new Promise<void>((resolve) => socket.close(resolve)) });
    return [`127.0.0.1:${socket.address().port}`];
  }

  it.each([
    [{ dns: 'shop.test' }, true, '2 A records: 192.0.2.7, 192.0.2.8'],
    [{ dns: 'shop.test', expect: '192.0.2.8' }, true, '2 A records: 192.0.2.7, 192.0.2.8'],
    [
      { dns: 'shop.test', expect: '192.0.2.9' },
      false,
      '2 A records, none is 192.0.2.9: 192.0.2.7, 192.0.2.8',
    ],
    [{ dns: 'gone.test' }, false, 'gone.test has no A record: ENOTFOUND'],
  ])('%j: ok = %s', async (check, ok, summary) => {
    expect(await checksWith({ dnsServers: await serveNames() }).run(check, 5000)).toMatchObject({
      ok,
      summary,
    });
  });

  it('gives up in time', async () => {
    const outcome = await checksWith({ dnsServers: await serveNames() }).run({ dns: 'silent.test' }, 200);
    expect(outcome).toMatchObject({
      ok: false,
      summary: 'silent.test has no A record: no answer within 200 ms',
    });
  });
});

describe('any check', () => {
  it('answers in time when the system resolver does not', async () => {
    const egress = createEgress({ allow: [], lookup: () => new Promise(() => undefined) });
    open.push(egress);
    const outcome = await createChecks(egress).run({ tcp: 'slow.test', port: 1 }, 50);
    expect(outcome).toMatchObject({ ok: false, summary: 'no answer within 50 ms' });
  });

  it('is a failed check, not a crash, when it is written wrongly', async () => {
    expect(await checksWith().run({ tcp: 'db.test', port: 70_000 }, 1000)).toMatchObject({
      ok: false,
      summary: 'the check could not be run: ERR_SOCKET_BAD_PORT',
    });
  });
});
