/** Contacts used for a page: personal rules, mail, signing secrets, and their rows in the ledger. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import { startMailServer, type MailServer, type ReceivedMail } from '../../integrations/email/fake.js';
import { eventually } from '../harness/eventually.js';
import { openForm } from '../harness/form.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
let mail: MailServer;

beforeAll(async () => {
  mail = await startMailServer();
  stack = await startTestStack({
    env: { SMTP_URL: mail.url, TOCSIN_MAIL_FROM: 'Tocsin <tocsin@pages.example.com>' },
  });
}, 90_000);
afterAll(async () => {
  await mail.close();
  await stack.end();
});

const ownSecret = `whsec_${Buffer.from('a signing secret of her own, 32+').toString('base64')}`;

/** Three contacts, `hook`, `spare` and `mail`, and the given personal rules. */
const reachable = (name: string, rules: string, secret = ''): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: UTC
  role: responder
  contacts:
    - {name: hook, channel: webhook, address: "${stack.phones.receiver.url}/${name}/hook"${secret}}
    - {name: spare, channel: webhook, address: "${stack.phones.receiver.url}/${name}/spare"}
    - {name: mail, channel: email, address: ${name}@example.com}
  rules: ${rules}
`;

/** Opens an incident of a service whose policy pages these people, in this order of steps. */
const openFor = async (name: string, steps: string[], severity: 'critical' | 'info' = 'critical') => {
  const stepRefs = steps.map((who) => `{notify: [{person: ${who}}], wait: 1s}`);
  await stack.apply(ownService(name, `[${stepRefs.join(', ')}]`, { priorities: '{P5: {settle: 0s}}' }));
  return stack.declare({ title: `Trouble with ${name}`, service: name, severity });
};

const mailTo = (person: string, incident: string): Promise<ReceivedMail> =>
  mail.nextMail(
    ({ to, mail: { subject } }) =>
      to.includes(`${person}@example.com`) && (subject ?? '').includes(`${incident} `),
    15_000,
  );

/** This person's rows once all of them have settled. */
const rowsOf = (incident: string, person: string) =>
  eventually(
    async () => {
      const rows = (await stack.deliveries(incident)).filter((row) => row.person === person);
      return rows.length > 0 && rows.every(({ state }) => state !== 'sending') && rows;
    },
    { what: `the rows of ${person} at rest` },
  );

const Shown = z.looseObject({
  secrets: z.array(
    z.looseObject({ kind: z.string(), name: z.string(), key: z.string(), contact: z.string() }),
  ),
});

describe('personal rules', () => {
  it('choose the contact by urgency', async () => {
    await stack.apply(
      reachable('una', '{high: [{after: 0s, contact: hook}], low: [{after: 0s, contact: mail}]}'),
    );
    const [high, low] = [await openFor('loud', ['una']), await openFor('soft', ['una'], 'info')];
    expect([high.priority, low.priority]).toEqual(['P1', 'P5']);
    await Promise.all([stack.phones.of('una').expectsPage(high.number), mailTo('una', low.number)]);
    expect((await rowsOf(high.number, 'una')).map(({ channel }) => channel)).toEqual(['webhook']);
    expect((await rowsOf(low.number, 'una')).map(({ channel }) => channel)).toEqual(['email']);
  });

  it.each([
    ['there is none', 'vic', '{}', ['hook', 'mail', 'spare']],
    [
      'none fires at once',
      'wim',
      '{high: [{after: 1h, contact: spare}]}',
      ['hook', 'mail', 'spare', 'spare'],
    ],
  ])('page by every contact at once when %s', async (_when, name, rules, contacts) => {
    await stack.apply(reachable(name, rules));
    const { number } = await openFor(`of-${name}`, [name]);
    const phone = stack.phones.of(name);
    const [first, second] = await Promise.all([
      phone.expectsPage(number),
      phone.expectsPage(number),
      mailTo(name, number),
    ]);
    expect([first.delivery.path, second.delivery.path].sort()).toEqual([`/${name}/hook`, `/${name}/spare`]);
    const rows = await rowsOf(number, name);
    expect(rows.map(({ contact }) => String(contact)).sort()).toEqual(contacts);
  });
});

describe('a page by mail', () => {
  it('threads with the others of its incident and carries the link', async () => {
    const low = '{low: [{after: 0s, contact: mail}]}';
    await stack.apply(reachable('xia', low), reachable('yan', low));
    const { number } = await openFor('letters', ['xia', 'yan'], 'info');
    const [first, second] = [await mailTo('xia', number), await mailTo('yan', number)];
    expect(first.mail.subject).toBe(`[P5] ${number} Trouble with letters – letters`);
    expect(second.mail.subject).toBe(first.mail.subject);
    expect(first.mail.references).toBe(second.mail.references);
    expect(first.mail.inReplyTo).toBe(first.mail.references);
    expect(first.mail.messageId).not.toBe(second.mail.messageId);
    expect(first.mail.from?.value).toEqual([{ name: 'Tocsin', address: 'tocsin@pages.example.com' }]);
    const link = /https?:\/\/\S+\/l\/\S+/.exec(first.mail.text ?? '')?.[0] ?? '';
    await (await openForm(link)).press('acknowledge');
    expect(await stack.incident(number)).toMatchObject({ status: 'acknowledged', commander: 'xia' });
  });

  it('is the same mail again, and says so, when the relay did not answer', async () => {
    await stack.apply(reachable('zoe', '{low: [{after: 0s, contact: mail}]}'));
    mail.script('drop');
    const { number } = await openFor('lost-answer', ['zoe'], 'info');
    const [first, second] = [await mailTo('zoe', number), await mailTo('zoe', number)];
    expect(second.mail.messageId).toBe(first.mail.messageId);
    expect(first.mail.text).not.toContain('May be a repeat');
    expect(second.mail.text).toContain('May be a repeat');
    const [row] = await rowsOf(number, 'zoe');
    expect(row?.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'accepted']);
  });
});

describe('a signed page', () => {
  it('verifies with the secret that applying its contact showed, once', async () => {
    const document = reachable('abe', '{high: [{after: 0s, contact: hook}]}');
    const applied = await stack.tocsin.ask(Shown, 'POST', '/api/v1/config/apply', document);
    expect(applied.secrets.map(({ name, contact }) => `${name}/${contact}`)).toEqual([
      'abe/hook',
      'abe/spare',
    ]);
    const again = await stack.tocsin.ask(Shown, 'POST', '/api/v1/config/apply', document);
    expect(again.secrets).toEqual([]);
    const { number } = await openFor('signed', ['abe']);
    const { delivery } = await stack.phones.of('abe').expectsPage(number);
    const wrong = applied.secrets.find(({ contact }) => contact === 'spare')?.key ?? '';
    expect(verified(applied.secrets.find(({ contact }) => contact === 'hook')?.key ?? '', delivery)).toBe(
      true,
    );
    expect(verified(wrong, delivery)).toBe(false);
  });

  it('is signed with the secret that the document names, which nobody is shown', async () => {
    const document = reachable('bea', '{high: [{after: 0s, contact: hook}]}', `, secret: "${ownSecret}"`);
    await stack.apply(document);
    const { number } = await openFor('own-secret', ['bea']);
    const delivery = await stack.phones.receiver.nextDelivery(
      ({ body }) => body?.data.incident?.number === number,
    );
    expect(verified(ownSecret, delivery)).toBe(true);
    const shown = await stack.tocsin.call('GET', '/api/v1/config/Person/bea');
    expect(shown.status).toBe(200);
    expect(shown.text).not.toContain('whsec_');
  });
});

function verified(secret: string, { rawBody, headers }: { rawBody: string; headers: object }): boolean {
  const texts = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  try {
    new Webhook(secret).verify(rawBody, Object.fromEntries(texts));
    return true;
  } catch {
    return false;
  }
}

describe('the ledger that people read', () => {
  it('names person, channel, step, state and attempts, and no whole address', async () => {
    await stack.apply(reachable('cyd', '{}'));
    const { number } = await openFor('shown', ['cyd']);
    await Promise.all([stack.phones.of('cyd').expectsPage(number), mailTo('cyd', number)]);
    const rows = await rowsOf(number, 'cyd');
    const host = new URL(stack.phones.receiver.url).host;
    const expected = {
      person: 'cyd',
      step: 1,
      cycle: 0,
      state: 'accepted',
      reason: null,
      id: expect.any(String),
    };
    const attempt = (provider: string) => [{ at: expect.any(String), outcome: 'accepted', provider }];
    expect(rows.toSorted((a, b) => b.channel.localeCompare(a.channel))).toMatchObject([
      { ...expected, channel: 'webhook', address: host, attempts: attempt('webhook') },
      { ...expected, channel: 'webhook', address: host, attempts: attempt('webhook') },
      { ...expected, channel: 'email', address: 'c…@example.com', attempts: attempt('smtp') },
    ]);
    const { text } = await stack.tocsin.call('GET', `/api/v1/incidents/${number}/deliveries`);
    expect(text).not.toMatch(/cyd@|\/cyd\/|\/l\/|whsec_/);
  });
});
