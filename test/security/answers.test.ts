/** Replies by mail and SMS: what they are bound to, and their expiry (docs/security.md S19). */
import { describe, expect, it } from '@jest/globals';
import { isVouchedFor } from '../../integrations/email/receive/authenticated.js';
import { readReturnAddress } from '../../integrations/email/receive/addresses.js';
import {
  InboundMailHandler,
  type MailOutcome,
} from '../../integrations/email/receive/inbound-mail-handler.js';
import type { IncomingMail } from '../../integrations/email/receive/read-mail.js';
import { CODES_SPENT, WRONG_CODE, WRONG_CODES_MAX } from '../../domain/reply/sms-proof.js';
import { createReplyServices } from '../../services/reply/reply-services.js';
import { mailToken, smsCode } from '../../shared/keys.js';
import { endAccess } from '../../db/reply/link-life.js';
import { type PagedIncident, type PagedFixture, pagedFixture } from '../../db/testing/paged-fixture.js';
import { withDatabase } from '../harness/database.js';

const ANA = 'ana@example.com';
let sent = 0;

/** Her mail, settled as accepted. */
async function mailed(
  stack: PagedFixture,
  incident: PagedIncident,
): Promise<{ key: string; replyTo: string }> {
  const row = (await stack.deliveries(incident)).find(({ channel }) => channel === 'email');
  if (row === undefined) throw new Error('nothing is planned by mail');
  const key = row.key;
  return { key, replyTo: `reply+${mailToken(stack.store.rootKeys[0], 'reply', key)}@reply.example.com` };
}

const mail = (text: string, more: Partial<IncomingMail> = {}): IncomingMail => ({
  sender: ANA,
  recipients: [],
  headers: new Map(),
  from: [ANA],
  answers: [],
  authentication: [],
  messageId: `m${++sent}@example.com`,
  subject: 'Re: [P1]',
  text,
  raw: '',
  ...more,
});

function take(
  stack: PagedFixture,
  to: string,
  incoming: IncomingMail,
  vouching: string | null = null,
): Promise<MailOutcome> {
  const address = readReturnAddress(stack.store.rootKeys, 'reply.example.com', to);
  if (address === null) throw new Error(`no mailbox ${to}`);
  return new InboundMailHandler(createReplyServices(stack.store).mail, { info: () => {} }, vouching).take(
    incoming,
    [address],
  );
}

const withStack = (work: (stack: PagedFixture, db: Parameters<typeof pagedFixture>[0]) => Promise<void>) =>
  withDatabase(async (db) => work(await pagedFixture(db), db));

describe('M1: an answer by mail', () => {
  it('is bound by its address; the Message-ID of a mail that somebody saw proves nothing', () =>
    withStack(async (stack) => {
      const incident = await stack.page();
      const { key, replyTo } = await mailed(stack, incident);
      const seen = mail('resolve', { answers: [`${key}@ops.example.com`] });
      expect(
        readReturnAddress(stack.store.rootKeys, 'reply.example.com', 'reply@reply.example.com'),
      ).toBeNull();
      const crossed = `bounce+${mailToken(stack.store.rootKeys[0], 'bounce', key)}@reply.example.com`;
      expect(await take(stack, crossed, seen)).toMatchObject({ kind: 'refused' });
      expect(await stack.status(incident)).toBe('triggered');
      expect(await take(stack, replyTo, mail('ack'))).toMatchObject({ kind: 'taken', answer: { to: ANA } });
      expect(await stack.status(incident)).toBe('acknowledged');
    }));

  it.each(['resolve INC-{other}', 'ack all', 'resolve all shop', 'ack {other}'])(
    '"%s" changes no incident that its mail was not about',
    (text) =>
      withStack(async (stack) => {
        const incident = await stack.page();
        const other = await stack.page('shop');
        const { replyTo } = await mailed(stack, incident);
        const outcome = await take(stack, replyTo, mail(text.replace(/(?:INC-)?\{other\}/, other.number)));
        expect(await stack.status(other)).toBe('triggered');
        const isOwn = text === 'ack all';
        expect(await stack.status(incident)).toBe(isOwn ? 'acknowledged' : 'triggered');
        if (!isOwn)
          expect(outcome).toMatchObject({
            answer: { text: `An answer by mail counts for what its mail was about: ${incident.number}.` },
          });
      }),
  );

  it('ends some days after its incident was closed, as its link does, and when all access is ended', () =>
    withStack(async (stack, db) => {
      const [first, second] = [await stack.page(), await stack.page()];
      const old = await mailed(stack, first);
      await stack.query(
        `UPDATE link_token SET expires_at = tocsin_now() - interval '1 second' WHERE incident_id = $1`,
        [first.id],
      );
      expect(await take(stack, old.replyTo, mail('resolve'))).toMatchObject({ kind: 'refused' });
      expect(await stack.status(first)).toBe('triggered');
      const { replyTo } = await mailed(stack, second);
      await endAccess(db, 'test');
      expect(await take(stack, replyTo, mail('resolve'))).toMatchObject({ kind: 'refused' });
      expect(await stack.status(second)).toBe('triggered');
    }));

  it('with TOCSIN_REPLY_AUTHSERV, counts only when that server vouches for its sender', () =>
    withStack(async (stack) => {
      const incident = await stack.page();
      const { replyTo } = await mailed(stack, incident);
      for (const authentication of [[], ['mx.example.com; dmarc=fail'], ['evil.example; dmarc=pass']])
        expect(await take(stack, replyTo, mail('ack', { authentication }), 'mx.example.com')).toEqual({
          kind: 'taken',
          answer: null,
        });
      expect(await stack.status(incident)).toBe('triggered');
      const refused = await stack.query(
        `SELECT reason FROM provider_callback WHERE provider = 'mail' AND outcome = 'refused'`,
      );
      expect(refused).toHaveLength(3);
      const good = mail('ack', { authentication: ['mx.example.com; dmarc=pass header.from=example.com'] });
      await take(stack, replyTo, good, 'mx.example.com');
      expect(await stack.status(incident)).toBe('acknowledged');
    }));

  it.each<[string[], boolean]>([
    [['mx.example.com; dmarc=pass (p=REJECT) header.from=example.com'], true],
    [
      [
        'MX.example.com 1;\r\n\tspf=pass smtp.mailfrom=evil.example;\r\n\tdkim=pass header.d=example.com header.s=x',
      ],
      true,
    ],
    [['mx.example.com; dkim=pass header.d=evil.example'], false],
    [['mx.example.com; dmarc=pass header.from=evil.example'], false],
    [['mx.example.com; spf=pass smtp.mailfrom=example.com'], false],
    [['mx.example.com; dmarc=fail (dmarc=pass; dmarc=pass) header.from=example.com'], false],
    [['mx.example.com; none'], false],
    [['mx.example.com.evil.example; dmarc=pass'], false],
    [['mx.example.com; dmarc=fail', 'mx.example.com; dmarc=pass'], false],
    [['other.example; dmarc=fail', 'mx.example.com; dmarc=pass header.from=example.com'], true],
    [['evil.example (; mx.example.com; dmarc=pass'], false],
  ])('%j vouches: %j', (results, isVouched) => {
    expect(isVouchedFor(results, 'mx.example.com', ANA).kind).toBe(isVouched ? 'vouched' : 'not_vouched');
  });
});

describe('M1: an answer by text', () => {
  const text = (body: string) => ({
    channel: 'sms' as const,
    from: '+4930123456',
    text: body,
    messageId: `SM${++sent}`,
  });
  const codeOf = async (stack: PagedFixture, incident: PagedIncident): Promise<string> => {
    const page = (await stack.deliveries(incident)).find(({ channel }) => channel === 'sms');
    return smsCode(stack.store.rootKeys[0], page?.key ?? '');
  };

  it.each(['resolve', '6', 'resolve INC-1', 'ack all', 'resolve all', 'no all'])(
    '"%s" under a number that can be made up needs the code of a page',
    (body) =>
      withStack(async (stack) => {
        const incident = await stack.page();
        expect(await createReplyServices(stack.store).replies.answer(text(body))).toMatchObject({
          kind: 'refused',
          text: expect.stringMatching(/^Add the code of the page/),
        });
        expect(await createReplyServices(stack.store).replies.answer(text(`${body} bcdfg`))).toMatchObject({
          kind: 'refused',
        });
        expect(await stack.status(incident)).toBe('triggered');
      }),
  );

  it('the code names its page, and no other', () =>
    withStack(async (stack) => {
      const [older, newer] = [await stack.page(), await stack.page()];
      const code = await codeOf(stack, older);
      expect(
        await createReplyServices(stack.store).replies.answer(text(`resolve ${newer.number} ${code}`)),
      ).toMatchObject({
        kind: 'refused',
        text: `That code is of ${older.number}, not of ${newer.number}.`,
      });
      expect(
        await createReplyServices(stack.store).replies.answer(text(`6 ${code.toUpperCase()}`)),
      ).toMatchObject({
        kind: 'done',
        incident: older.number,
      });
      expect([await stack.status(older), await stack.status(newer)]).toEqual(['resolved', 'triggered']);
      // For an incident that is over, the code proves nothing any more.
      expect(
        await createReplyServices(stack.store).replies.answer(text(`resolve all ${code}`)),
      ).toMatchObject({
        kind: 'refused',
      });
      expect(await stack.status(newer)).toBe('triggered');
    }));

  it('after five wrong codes within an hour none counts', () =>
    withStack(async (stack) => {
      const incident = await stack.page();
      // However the code is written: the stored text is cut, and what looks like a secret is hidden in it.
      const wrong = ['resolve bcdfg', '> token: bcdfg\nresolve', `${' '.repeat(600)}resolve bcdfg`];
      for (const one of [...wrong, ...wrong.slice(0, 2)])
        expect(await createReplyServices(stack.store).replies.answer(text(one))).toMatchObject({
          kind: 'refused',
          text: expect.stringMatching(/^That is not the code/),
        });
      const right = `resolve ${await codeOf(stack, incident)}`;
      expect(await createReplyServices(stack.store).replies.answer(text(right))).toMatchObject({
        kind: 'refused',
        text: expect.stringMatching(/^Too many wrong codes/),
      });
      expect(await createReplyServices(stack.store).replies.answer(text('ack'))).toMatchObject({
        kind: 'done',
      });
    }));

  it('of wrong codes at the same moment, no more than five are compared', () =>
    withStack(async (stack) => {
      await stack.page();
      const { replies } = createReplyServices(stack.store);
      const answers = await Promise.all(
        Array.from({ length: 8 }, () => replies.answer(text('resolve bcdfg'))),
      );
      const told = answers.map((answer) => (answer.kind === 'refused' ? answer.text : answer.kind));
      expect(told.filter((one) => one === WRONG_CODE)).toHaveLength(WRONG_CODES_MAX);
      expect(told.filter((one) => one === CODES_SPENT)).toHaveLength(8 - WRONG_CODES_MAX);
    }));
});
