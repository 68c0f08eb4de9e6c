import { afterEach, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { SendOutcome } from '../../../ports/channel.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { approvalMessage, pageMessage } from '../../shared/testing/messages.js';
import { parseSender } from './address.js';
import { createEmailChannel } from './email.js';
import { startMailServer } from '../fake.js';
import { parseRelay } from './relay.js';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

interface Change {
  message?: OutgoingMessage;
  address?: string;
  key?: string;
  timeoutMs?: number;
}

function sendThrough(smtpUrl: string, changes: Change = {}): Promise<SendOutcome> {
  return createEmailChannel({ smtpUrl, from: 'Tocsin <tocsin@ops.example.com>' }).send({
    destination: { channel: 'email', address: changes.address ?? 'ana@example.com' },
    message: changes.message ?? pageMessage(),
    idempotencyKey: changes.key ?? 'k1',
    timeoutMs: changes.timeoutMs ?? 5000,
  });
}

async function setUp(login: { user?: string; password?: string } = {}) {
  const server = await startMailServer(login);
  open.push(server);
  return { server, send: (changes?: Change) => sendThrough(server.url, changes) };
}

const ROOT = '<incident-018f0000-0000-7000-8000-000000000042@ops.example.com>';

describe('a mail', () => {
  it('says the same as text and as HTML, and is marked as made by a machine', async () => {
    const { server, send } = await setUp();
    expect(await send()).toEqual({ kind: 'accepted', provider: 'smtp', providerId: '<k1@ops.example.com>' });
    const { mail, from, to, raw } = await server.nextMail();
    expect({ from, to }).toEqual({ from: 'tocsin@ops.example.com', to: ['ana@example.com'] });
    expect(mail.subject).toBe('[P1] INC-42 Replica lag 900 s – checkout-db');
    expect(mail.from?.text).toBe('"Tocsin" <tocsin@ops.example.com>');
    expect(mail.to).toMatchObject({ text: '"Ana Sorel" <ana@example.com>' });
    expect(mail.headers.get('auto-submitted')).toBe('auto-generated');
    expect(raw).toMatch(/^X-Priority: 1/m);
    expect(mail.text).toContain('Respond: https://tocsin.example.com/l/abc');
    expect(mail.html).toContain('<a href="https://tocsin.example.com/l/abc"');
    expect(mail.html).toContain('checkout-db is tier 1');
    expect(mail.html).not.toContain('#7c3aed');
  });

  it('threads: a fixed Message-ID each, the same subject and root for all of an incident', async () => {
    const { server, send } = await setUp();
    await send({ key: 'first' });
    await send({ key: 'second', message: approvalMessage });
    await send({ key: 'first', message: pageMessage({ attempt: 2, possibleDuplicate: true }) });
    expect(server.mails.map(({ mail }) => [mail.messageId, mail.inReplyTo, mail.references])).toEqual([
      ['<first@ops.example.com>', ROOT, ROOT],
      ['<second@ops.example.com>', ROOT, ROOT],
      ['<first@ops.example.com>', ROOT, ROOT],
    ]);
    expect(new Set(server.mails.map(({ mail }) => mail.subject)).size).toBe(1);
    expect(server.mails[2]?.mail.text).toMatch(/^May be a repeat of an earlier message\./);
    expect(server.mails[2]?.mail.html).toContain('May be a repeat of an earlier message.');
  });

  it('of a drill says DRILL in the subject, in the text and in a purple frame', async () => {
    const { server, send } = await setUp();
    await send({ message: pageMessage({ incident: { drill: true } }) });
    const { mail } = await server.nextMail();
    expect(mail.subject).toMatch(/^DRILL \[P1\]/);
    expect(mail.text).toMatch(/^DRILL: this is an exercise/);
    expect(mail.html).toContain('border:4px solid #7c3aed');
    expect(mail.html).toMatch(/>DRILL<\/td>/);
  });

  it('cannot be made to carry headers, markup or other recipients by an alert', async () => {
    const { server, send } = await setUp();
    const nasty = 'x\r\nBcc: evil@example.com\r\n\r\n<script>alert(1)</script>"><img src=x>';
    await send({
      message: pageMessage({
        personName: nasty,
        incident: { title: nasty, number: nasty, service: nasty, priorityReasons: [nasty] },
      }),
    });
    const { mail, to, raw } = await server.nextMail();
    expect(to).toEqual(['ana@example.com']);
    expect(mail.bcc).toBeUndefined();
    expect(raw.slice(0, raw.indexOf('\r\n\r\n'))).not.toMatch(/^bcc:/im);
    expect(mail.html).not.toMatch(/<script|<img/);
    expect(mail.html).toContain('&lt;script&gt;');
  });

  it('logs in when the URL has a user', async () => {
    const { server, send } = await setUp({ user: 'relay@ops', password: 'p:w@d/%' });
    expect(await send()).toMatchObject({ kind: 'accepted' });
    const wrong = server.url.replace('p%3Aw', 'wrong');
    expect(await sendThrough(wrong)).toMatchObject({
      kind: 'failed',
      permanent: false,
      error: expect.stringContaining('535'),
    });
    expect(server.mails).toHaveLength(1);
  });
});

describe('what the relay says', () => {
  it.each([
    ['recipient', 450, false],
    ['recipient', 550, true],
    ['text', 451, false],
    ['text', 554, true],
    ['sender', 451, false],
    ['sender', 553, false],
    ['greeting', 421, false],
    ['greeting', 554, false],
  ] as const)('to the %s, %i: failed, permanent = %s', async (refuse, code, permanent) => {
    const { server, send } = await setUp();
    server.script({ refuse, code });
    expect(await send()).toMatchObject({
      kind: 'failed',
      provider: 'smtp',
      permanent,
      error: expect.stringContaining(String(code)),
    });
    expect(await send()).toMatchObject({ kind: 'accepted' });
  });

  it('is ambiguous when it read the mail and cut the line, or fell silent', async () => {
    const { server, send } = await setUp();
    server.script('drop', 'hang');
    expect(await send()).toMatchObject({ kind: 'ambiguous' });
    expect(await send({ timeoutMs: 1_000 })).toEqual({
      kind: 'ambiguous',
      provider: 'smtp',
      error: 'the relay did not answer within 1000 ms',
    });
    expect(server.mails.map(({ took }) => took)).toEqual(['unanswered', 'unanswered']);
  });

  it('is a failure when nobody listens, or nobody greets: nothing was given away', async () => {
    const { server, send } = await setUp();
    await server.close();
    expect(await send()).toMatchObject({
      kind: 'failed',
      permanent: false,
      error: expect.stringContaining('ECONNREFUSED'),
    });

    const sockets: Socket[] = [];
    const mute = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        return new Promise((resolve) => mute.close(resolve));
      },
    });
    const { port } = mute.address() as AddressInfo;
    expect(await sendThrough(`smtp://127.0.0.1:${port}`, { timeoutMs: 200 })).toMatchObject({
      kind: 'failed',
      permanent: false,
    });
  });
});

describe('what cannot be sent', () => {
  it.each([
    'ana',
    'ana@example.com, bo@example.com',
    'ana@example.com\r\nBcc: x@y',
    '<ana@example.com>',
    '',
    'a b@example.com',
  ])('%j is not one address', async (address) => {
    const { server, send } = await setUp();
    expect(await send({ address })).toMatchObject({
      kind: 'failed',
      permanent: true,
      error: expect.stringContaining('is not one mail address'),
    });
    expect(server.mails).toEqual([]);
  });
});

describe('SMTP_URL', () => {
  it('has defaults by scheme, and asks for TLS before a password crosses a network', () => {
    expect(parseRelay('smtp://mail.example.com')).toMatchObject({
      port: 587,
      secure: false,
      requireTls: false,
      auth: null,
    });
    expect(parseRelay('smtps://u:p%40@mail.example.com')).toMatchObject({
      port: 465,
      secure: true,
      auth: { user: 'u', pass: 'p@' },
    });
    expect(parseRelay('smtp://u:p@mail.example.com')).toMatchObject({ requireTls: true });
    expect(parseRelay('smtp://u:p@mail.example.com?requireTLS=false')).toMatchObject({ requireTls: false });
    expect(parseRelay('smtp://u:p@127.0.0.1:2525?name=ops')).toMatchObject({
      host: '127.0.0.1',
      port: 2525,
      requireTls: false,
      name: 'ops',
    });
    expect(parseRelay('smtp://[::1]:25')).toMatchObject({ host: '::1' });
  });

  it.each([
    ['mail.example.com', 'this is not a URL'],
    ['http://mail.example.com', 'it begins with http: instead of smtp: or smtps:'],
    ['smtp://', 'the host is missing'],
    ['smtp://mail?pool=true', 'pool is not one of requireTLS, insecure, name'],
    ['smtp://u:hunter2%@mail', 'user or password has a % that is not an escape'],
  ])('%s is refused in words, without the password', (url, reason) => {
    expect(() => parseRelay(url)).toThrow(`SMTP_URL: ${reason}`);
    expect(() => parseRelay(url)).not.toThrow('hunter2');
  });
});

describe('TOCSIN_MAIL_FROM', () => {
  it('is an address, with or without a name', () => {
    expect(parseSender('tocsin@localhost')).toEqual({
      name: 'Tocsin',
      address: 'tocsin@localhost',
      domain: 'localhost',
    });
    expect(parseSender('"On call" <a@b.example>')).toEqual({
      name: 'On call',
      address: 'a@b.example',
      domain: 'b.example',
    });
    expect(parseSender('Ops <a@b.example>')).toMatchObject({ name: 'Ops' });
  });

  it.each(['tocsin', 'a@b\r\nBcc: x@y', 'Ops <a@b>, c@d', ''])('%j is refused', (text) => {
    expect(() => parseSender(text)).toThrow('TOCSIN_MAIL_FROM');
  });
});
