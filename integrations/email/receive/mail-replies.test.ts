/** Replies by mail over real SMTP: the page goes out through the channel, the reply arrives at the listener. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { createEmailChannel } from '../send/email.js';
import { type MailServer, type ReceivedMail, startMailServer } from '../fake.js';
import { noticeMessage, pageMessage } from '../../shared/testing/messages.js';
import { type Config, loadConfig } from '../../../config/environment.js';
import { mailToken } from '../../../shared/keys.js';
import { createLogger } from '../../../shared/logger.js';
import { createDataSource } from '../../../db/connection/data-source.js';
import type { OutgoingMessage } from '../../../domain/delivery/message.js';
import { type PagedIncident, type PagedFixture, pagedFixture } from '../../../db/testing/paged-fixture.js';
import { reportWatchdog, watchdogs } from '../../../db/health/watchdogs.js';
import { eventually } from '../../../test/harness/eventually.js';
import { createDatabase, type TestDatabase } from '../../../test/harness/database.js';
import { createReplyServices } from '../../../services/reply/reply-services.js';
import { keepMailListener } from './keep-mail-listener.js';
import { type MailListener, startMailListener } from './mail-listener.js';

const ANA = 'Ana@Example.com';
let database: TestDatabase;
let dataSource: ReturnType<typeof createDataSource>;
let stack: PagedFixture;
let relay: MailServer;
let listener: MailListener;
let config: Config;

beforeAll(async () => {
  database = await createDatabase();
  dataSource = createDataSource({ url: database.url, name: 'test' });
  await dataSource.initialize();
  stack = await pagedFixture(dataSource);
  relay = await startMailServer();
  config = loadConfig({
    DATABASE_URL: database.url,
    TOCSIN_SECRET_KEY: '0123456789abcdef0123456789abcdef',
    SMTP_URL: relay.url,
    TOCSIN_MAIL_FROM: 'Tocsin <tocsin@ops.example.com>',
    TOCSIN_REPLY_SMTP_PORT: String(await freePort()),
    TOCSIN_REPLY_DOMAIN: 'reply.example.com',
    TOCSIN_LOG_LEVEL: 'silent',
  });
  const started = await startMailListener({
    config,
    mail: createReplyServices(stack.store).mail,
    logger: createLogger(config, 'api'),
  });
  if (started === null) throw new Error('the listener is off');
  listener = started;
});
afterAll(async () => {
  await listener.close();
  await relay.close();
  await dataSource.destroy();
  await database.drop();
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Pages ana by mail, through the real channel and relay. */
async function paged(
  message: OutgoingMessage = pageMessage(),
): Promise<{ incident: PagedIncident; mail: ReceivedMail; key: string; id: string }> {
  // A bounce of an earlier test has marked the address as dead.
  await dataSource.query('DELETE FROM contact_status');
  await dataSource.query('UPDATE config_head SET live = live + 1');
  const incident = await stack.page();
  const row = (await stack.deliveries(incident)).find(({ channel }) => channel === 'email');
  if (row === undefined) throw new Error('nothing is planned by mail');
  const channel = createEmailChannel({
    smtpUrl: relay.url,
    from: config.mailFrom,
    replies: { domain: 'reply.example.com', secretKey: config.secretKey },
  });
  const outcome = await channel.send({
    destination: { channel: 'email', address: ANA },
    message,
    idempotencyKey: row.key,
    timeoutMs: 5_000,
  });
  expect(outcome).toMatchObject({ kind: 'accepted' });
  await stack.query(
    `UPDATE delivery SET state = 'sending', lease = gen_random_uuid(), lease_until = tocsin_now() WHERE id = $1`,
    [row.id],
  );
  await stack.query(
    `UPDATE delivery SET state = 'accepted', lease = NULL, lease_until = NULL, attempts = 1, due_at = NULL, provider = 'smtp', provider_id = $2 WHERE id = $1`,
    [row.id, `<${row.key}@ops.example.com>`],
  );
  await stack.query(
    `INSERT INTO delivery_attempt (delivery_id, n, at, sender, outcome, possible_duplicate) VALUES ($1, 1, tocsin_now(), 'test', 'accepted', false)`,
    [row.id],
  );
  return { incident, mail: await relay.nextMail(), key: row.key, id: row.id };
}

const replyTo = ({ mail }: ReceivedMail): string => mail.replyTo?.value[0]?.address ?? '';

/** Delivers a mail to the listener, as a person's mail server does. */
function deliver(mail: SendMailOptions) {
  const transport = createTransport({
    host: '127.0.0.1',
    port: listener.port,
    secure: false,
    tls: { rejectUnauthorized: false },
  });
  return transport.sendMail({ from: `Ana Sorel <${ANA}>`, subject: 'Re: [P1] INC-42', ...mail });
}

const refusals = async (): Promise<string[]> => {
  const rows: { reason: string }[] = await stack.query(
    `SELECT reason FROM provider_callback WHERE provider = 'mail' AND outcome = 'refused' ORDER BY received_at`,
  );
  return rows.map(({ reason }) => reason);
};

describe('a reply by mail', () => {
  it('acknowledges the page that it answers, and is answered by a mail that no program answers', async () => {
    const { incident, mail } = await paged();
    expect(replyTo(mail)).toMatch(/^reply\+[0-9a-f]{56}@reply\.example\.com$/);
    expect(mail.from).toMatch(/^bounce\+[0-9a-f]{56}@reply\.example\.com$/);
    await deliver({
      to: replyTo(mail).toUpperCase(),
      messageId: '<one@example.com>',
      inReplyTo: mail.mail.messageId ?? '',
      text: 'Ack\n\n-- \nAna\n\nOn Mon, Tocsin wrote:\n> resolve all\n',
    });
    const { mail: back, to } = await relay.nextMail();
    expect(await stack.status(incident)).toBe('acknowledged');
    expect(to.map((one) => one.toLowerCase())).toEqual(['ana@example.com']);
    expect(back.text).toContain(`${incident.number} is acknowledged by you`);
    expect(back.inReplyTo).toBe('<one@example.com>');
    expect(back.headers.get('auto-submitted')).toBe('auto-replied');
    expect((await stack.deliveries(incident)).find(({ channel }) => channel === 'email')?.state).toBe(
      'delivered',
    );
  });

  it('counts once when its server delivers it again', async () => {
    const { incident, mail } = await paged();
    for (let n = 0; n < 2; n++) {
      await deliver({ to: replyTo(mail), messageId: '<twice@example.com>', text: 'escalate' });
      expect((await relay.nextMail()).mail.text).toContain('the next step is being paged');
    }
    const steps = await stack.query(
      `SELECT 1 FROM incident_event WHERE incident_id = $1 AND kind = 'escalated'`,
      [incident.id],
    );
    expect(steps).toHaveLength(1);
  });

  it('is taken with a long thread below it', async () => {
    const { incident, mail } = await paged();
    await deliver({
      to: replyTo(mail),
      text: `ack\n\nOn Mon, Tocsin wrote:\n${'> see http://a.example/ and so on\n'.repeat(5_000)}`,
    });
    await relay.nextMail();
    expect(await stack.status(incident)).toBe('acknowledged');
  });

  it('is understood as HTML only', async () => {
    const { incident, mail } = await paged();
    await deliver({
      to: replyTo(mail),
      html: '<div>ack</div><blockquote>&gt; no</blockquote>',
    });
    await relay.nextMail();
    expect(await stack.status(incident)).toBe('acknowledged');
  });

  it('that is not understood gets help; one from an unknown sender gets no answer', async () => {
    const { incident, mail } = await paged();
    await deliver({ to: replyTo(mail), text: 'Thanks, will look into it tomorrow' });
    expect((await relay.nextMail()).mail.text).toContain('Reply ACK');
    const before = relay.mails.length;
    await deliver({ from: 'mallory@example.com', to: replyTo(mail), text: 'ack' });
    // A good mail behind it is answered, and by then the other would be answered too.
    await deliver({ to: replyTo(mail), text: 'What is it about?' });
    expect((await relay.nextMail()).to.map((one) => one.toLowerCase())).toEqual(['ana@example.com']);
    expect(relay.mails).toHaveLength(before + 1);
    expect(await stack.status(incident)).toBe('triggered');
    const rows = await stack.query(`SELECT sender FROM inbound_reply WHERE outcome = 'unknown_sender'`);
    expect(rows).toEqual([{ sender: 'm…@example.com' }]);
  });
});

describe('a reply to a message that was sent to another person', () => {
  const BO = 'bo@example.com';
  const answers = (): Promise<{ person: string; outcome: string }[]> =>
    stack.query('SELECT person, outcome FROM inbound_reply ORDER BY at DESC LIMIT 1');
  beforeAll(async () => {
    await stack.query(
      `UPDATE config_object SET spec = jsonb_set(spec, '{contacts}', spec->'contacts' || $1::jsonb) WHERE name = 'bo'`,
      [JSON.stringify([{ name: 'mail', channel: 'email', address: BO }])],
    );
    await stack.query('UPDATE config_head SET version = version + 1');
  });

  it.each(['ack', 'resolve all', 'ack INC-1'])(
    'forged by who holds the address of an old page: "%s" changes nothing, and is recorded',
    async (text) => {
      const { incident } = await paged();
      const old = await paged();
      await stack.query(`UPDATE delivery SET person = 'bo', address = $2 WHERE id = $1`, [old.id, BO]);
      await deliver({ from: `Ana Sorel <${ANA}>`, to: replyTo(old.mail), text });
      expect((await relay.nextMail()).mail.text).toContain('was not sent to this address');
      expect([await stack.status(incident), await stack.status(old.incident)]).toEqual([
        'triggered',
        'triggered',
      ]);
      expect(await answers()).toEqual([{ person: 'ana', outcome: 'refused' }]);
    },
  );

  it('forwarded: their own newer page stays as it is', async () => {
    const own = await paged();
    await stack.query(`UPDATE delivery SET person = 'bo', address = $2 WHERE id = $1`, [own.id, BO]);
    const forwarded = await paged();
    await deliver({ from: BO, to: replyTo(forwarded.mail), text: 'ack' });
    expect((await relay.nextMail()).mail.text).toContain('was not sent to this address');
    expect([await stack.status(own.incident), await stack.status(forwarded.incident)]).toEqual([
      'triggered',
      'triggered',
    ]);
    await deliver({ from: BO, to: replyTo(own.mail), text: 'ack' });
    await relay.nextMail();
    expect(await stack.status(own.incident)).toBe('acknowledged');
  });
});

describe('mail that is refused', () => {
  it.each([
    ['a mailbox that is not ours', 'ana@reply.example.com'],
    ['another domain: nothing is relayed', 'ana@example.com'],
    ['a token that was made up', `reply+${'a'.repeat(56)}@reply.example.com`],
    ['the bare address of answers', 'reply@reply.example.com'],
    ['the bare address of bounces', 'bounce@reply.example.com'],
    ['half a token', `reply+abc@reply.example.com`],
  ])('%s', async (_what, to) => {
    await expect(deliver({ to, text: 'ack' })).rejects.toMatchObject({ responseCode: 550 });
  });

  it('a bounce token used as a reply token', async () => {
    const { mail } = await paged();
    const crossed = mail.from.replace('bounce+', 'reply+');
    await expect(deliver({ to: crossed, text: 'ack' })).rejects.toMatchObject({ responseCode: 550 });
  });

  it('a mail that is too large', async () => {
    const { mail } = await paged();
    const text = 'x'.repeat(270_000);
    await expect(deliver({ to: replyTo(mail), text })).rejects.toMatchObject({ responseCode: 552 });
  });

  it.each<[string, SendMailOptions, RegExp]>([
    [
      'an out-of-office note',
      { headers: { 'Auto-Submitted': 'auto-replied' } },
      /automatic answer \(auto-replied\)/,
    ],
    ['one of an old program', { headers: { Precedence: 'bulk' } }, /list or a program/],
    ['our own mail', { headers: { 'X-Tocsin-Incident': 'INC-42' } }, /a loop/],
    ['one without a sender', { envelope: { from: '', to: [] } }, /no sender/],
    ['one from two people', { from: [`ana <${ANA}>`, 'bo@example.com'] }, /From names 2 people/],
  ])('%s changes nothing, whatever it says', async (_what, mail, reason) => {
    const { incident, mail: page } = await paged();
    const to = replyTo(page);
    await deliver({
      to,
      text: 'ack',
      ...mail,
      ...(mail.envelope === undefined ? {} : { envelope: { from: '', to: [to] } }),
    });
    expect((await refusals()).at(-1)).toMatch(reason);
    expect(await stack.status(incident)).toBe('triggered');
  });
});

describe('a bounce', () => {
  const report = (status: string, action: string): string =>
    [
      'From: Mail Delivery System <mailer-daemon@example.com>',
      'Subject: Undelivered Mail',
      'Message-ID: <dsn-1@example.com>',
      'Auto-Submitted: auto-replied',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'It could not be delivered.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.com',
      '',
      'Final-Recipient: rfc822; ana@example.com',
      `Action: ${action}`,
      `Status: ${status}`,
      'Diagnostic-Code: smtp; 550 5.1.1 no such user',
      '--b--',
      '',
    ].join('\r\n');

  it('fails its delivery, once, so that the page goes on', async () => {
    const { incident, mail, id } = await paged();
    const bounce = { envelope: { from: '', to: [mail.from] }, raw: report('5.1.1', 'failed') };
    await deliver(bounce);
    await deliver(bounce);
    expect((await stack.deliveries(incident)).find(({ channel }) => channel === 'email')?.state).toBe(
      'failed',
    );
    const rows = await stack.query(
      `SELECT verdict, error, outcome FROM provider_callback WHERE delivery_id = $1`,
      [id],
    );
    expect(rows).toEqual([
      { verdict: 'bounced', error: '5.1.1 smtp; 550 5.1.1 no such user', outcome: 'applied' },
    ]);
  });

  it.each([
    ['that says that nobody is there ends the contact', '5.1.1', 1],
    ['over a policy against our own domain leaves the contact alone', '5.7.26', 0],
  ])('%s', async (_what, status, dead) => {
    const { incident, mail } = await paged();
    const diagnosis = `Diagnostic-Code: smtp; 550 ${status} see there`;
    const raw = report(status, 'failed')
      .replace(/Diagnostic-Code: .*/, diagnosis)
      .replace('<dsn-1@', `<dsn-${status}@`);
    await deliver({ envelope: { from: '', to: [mail.from] }, raw });
    expect((await stack.deliveries(incident)).find(({ channel }) => channel === 'email')?.state).toBe(
      'failed',
    );
    expect(await stack.query(`SELECT 1 FROM contact_status WHERE dead_at IS NOT NULL`)).toHaveLength(dead);
  });

  it('of a code or a test page counts too, and marks its address as dead', async () => {
    await dataSource.query('DELETE FROM contact_status');
    const key = createHash('sha256').update('a code').digest('hex');
    await stack.query(
      `INSERT INTO contact_message (id, key, kind, person, contact, channel, address, requested_by, state, due_at, created_at)
       VALUES (gen_random_uuid(), $1, 'code', 'ana', 'mail', 'email', 'Ana@Example.com', 'ana', 'accepted', now(), now())`,
      [key],
    );
    const to = `bounce+${mailToken(config.secretKey, 'bounce', key)}@reply.example.com`;
    const raw = report('5.1.1', 'failed').replace('<dsn-1@', '<dsn-code@');
    await deliver({ envelope: { from: '', to: [to] }, raw });
    expect(await stack.query('SELECT state, error FROM contact_message WHERE key = $1', [key])).toEqual([
      { state: 'failed', error: '5.1.1 smtp; 550 5.1.1 no such user' },
    ]);
    expect(await stack.query('SELECT contact FROM contact_status WHERE dead_at IS NOT NULL')).toEqual([
      { contact: 'mail' },
    ]);
  });

  it('is accepted at its own return address only', async () => {
    const { incident, mail, key } = await paged();
    const raw = (to: string): SendMailOptions => ({
      envelope: { from: '', to: [to] },
      raw: report('5.1.1', 'failed').replace('Subject:', `In-Reply-To: <${key}@ops.example.com>\r\nSubject:`),
    });
    for (const to of ['bounce@reply.example.com', replyTo(mail)])
      await expect(deliver(raw(to))).rejects.toMatchObject({ responseCode: 550 });
    expect((await stack.deliveries(incident)).find(({ channel }) => channel === 'email')?.state).toBe(
      'accepted',
    );
    expect((await refusals()).at(-1)).toBe('a bounce that came to no return address of ours');
  });

  it('that reports only a delay changes nothing', async () => {
    const { incident, mail } = await paged();
    await deliver({ envelope: { from: '', to: [mail.from] }, raw: report('4.4.1', 'delayed') });
    expect((await stack.deliveries(incident)).find(({ channel }) => channel === 'email')?.state).toBe(
      'accepted',
    );
  });
});

describe('the mail that goes out', () => {
  it('asks for answers to pages only', async () => {
    const { mail } = await paged({ ...noticeMessage, type: 'notice.sent', text: 'Drained.' });
    expect(mail.mail.replyTo).toBeUndefined();
  });

  it('uses the ordinary sender when the relay accepts no other', async () => {
    relay.script({ refuse: 'sender', code: 553 });
    const { mail } = await paged();
    expect(mail.from).toBe('tocsin@ops.example.com');
    expect(replyTo(mail)).toMatch(/^reply\+/);
  });
});

it('a port in use is reported, and mail is received as soon as the port is free', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  const address = blocker.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const taken = {
    ...config,
    channels: { ...config.channels, replyMail: { domain: 'reply.example.com', port, vouching: null } },
  };
  const logger = createLogger(config, 'api');
  const stateOfMail = async () =>
    (await watchdogs(dataSource)).find(({ name }) => name === 'reply-mail') ?? { ok: null, text: '' };
  const parts = {
    config: taken,
    logger,
    mail: createReplyServices(stack.store).mail,
    report: (state: { ok: boolean; text: string }) =>
      reportWatchdog(dataSource, { name: 'reply-mail', ...state }),
  };
  const first = keepMailListener(parts);
  await eventually(async () => (await stateOfMail()).ok === false, { what: 'the refusal' });
  expect((await stateOfMail()).text).toMatch(/not received: .*EADDRINUSE/);
  await first.stop();
  await new Promise<void>((resolve) => blocker.close(() => resolve()));
  const second = keepMailListener(parts);
  await eventually(async () => (await stateOfMail()).ok === true, { what: 'the listener' });
  await second.stop();
});
