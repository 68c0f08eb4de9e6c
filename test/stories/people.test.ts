/** People change their own contacts and rules: on real processes, with codes and test pages in a real mailbox. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { startMailServer, type MailServer } from '../../integrations/email/fake.js';
import { PersonReply, ReachabilityReply } from '../../contracts/api/people.js';
import { eventually } from '../harness/eventually.js';
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

/** A person with a webhook as the only contact in the document. */
const somebody = (name: string): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: UTC
  contacts: [{name: hook, channel: webhook, address: "${stack.phones.receiver.url}/${name}/hook"}]
`;

const path = (name: string, more = ''): string => `/api/v1/people/${name}${more}`;
const ask = (name: string, method = 'GET', more = '', body?: object): Promise<PersonReply> =>
  stack.tocsin.ask(PersonReply, method, path(name, more), body);
const contactOf = (person: PersonReply, name: string) => person.contacts.find((one) => one.name === name);

const mailTo = (address: string, about: RegExp) =>
  mail.nextMail(({ to, mail: { subject } }) => to.includes(address) && about.test(subject ?? ''), 15_000);

async function addMail(name: string): Promise<string> {
  const address = `${name}@home.example`;
  await ask(name, 'POST', '/contacts', { name: 'home', channel: 'email', address });
  const { mail: letter } = await mailTo(address, /is your Tocsin code/);
  expect(letter.text).not.toMatch(/\/l\/|INC-/);
  return /\d{6}/.exec(letter.subject ?? '')?.[0] ?? '';
}

const verified = async (name: string): Promise<void> => {
  await ask(name, 'POST', '/contacts/home/verify', { code: await addMail(name) });
};

async function incidentFor(name: string, severity: 'critical' | 'info' = 'critical'): Promise<string> {
  const service = `of-${name}-${severity}`;
  await stack.apply(
    ownService(service, `[{notify: [{person: ${name}}], wait: 30m}]`, { priorities: '{P5: {settle: 0s}}' }),
  );
  return (await stack.declare({ title: `Trouble of ${name}`, service, severity })).number;
}

/** Rows of the ledger once nothing is being sent. */
const rowsOf = (number: string) =>
  eventually(
    async () => {
      const rows = await stack.deliveries(number);
      return rows.length > 0 && rows.every(({ state }) => state !== 'sending') && rows;
    },
    { what: `the rows of ${number} at rest` },
  );

describe('a contact of one’s own', () => {
  it('gets no page before its code came back, and every page from then on', async () => {
    await stack.apply(somebody('una'));
    const code = await addMail('una');
    const early = await incidentFor('una');
    expect((await rowsOf(early)).map(({ contact }) => contact)).toEqual(['hook']);
    const wrong = await stack.tocsin.call('POST', path('una', '/contacts/home/verify'), {
      code: code === '000000' ? '000001' : '000000',
    });
    expect([wrong.status, wrong.json]).toMatchObject([409, { code: 'wrong_code' }]);
    const after = await ask('una', 'POST', '/contacts/home/verify', { code });
    expect(contactOf(after, 'home')).toMatchObject({ verified: true, address: 'una@home.example' });
    const { number } = await stack.declare({ title: 'Again', service: 'of-una-critical' });
    const { mail: page } = await mailTo('una@home.example', new RegExp(number));
    expect(page.text).toContain('/l/');
  });

  it('is of no use to others: addresses are masked, and nothing can be changed', async () => {
    await stack.apply(somebody('vic'));
    await verified('vic');
    const { key } = await stack.tocsin.ask(z.looseObject({ key: z.string() }), 'POST', '/api/v1/keys', {
      name: 'looker',
      role: 'responder',
    });
    const as = { token: key };
    const seen = await stack.tocsin.call('GET', path('vic'), undefined, as);
    expect([seen.status, seen.text.includes('vic@home.example')]).toEqual([200, false]);
    expect(seen.text).toContain('v…@home.example');
    const changes: [string, string, object?][] = [
      ['POST', '/contacts', { name: 'mine', channel: 'email', address: 'eve@example.com' }],
      ['POST', '/contacts/home/send-code'],
      ['POST', '/contacts/home/verify', { code: '000000' }],
      ['DELETE', '/contacts/home'],
      ['PUT', '/rules', { high: [], low: [] }],
      ['DELETE', '/rules'],
      ['PUT', '/quiet-hours', { from: '22:00', to: '07:00' }],
      ['DELETE', '/quiet-hours'],
      ['POST', '/test-page', {}],
    ];
    for (const [method, more, body] of changes)
      expect([more, (await stack.tocsin.call(method, path('vic', more), body, as)).status]).toEqual([
        more,
        403,
      ]);
    expect(contactOf(await ask('vic'), 'home')).toMatchObject({ verified: true });
  });
});

describe('quiet hours', () => {
  it('hold a page of low urgency until they end, with the reason on its row; high urgency goes at once', async () => {
    await stack.apply(somebody('wim'));
    const now = new Date();
    const clock = (hours: number): string =>
      new Date(now.getTime() + hours * 3_600_000).toISOString().slice(11, 16);
    await ask('wim', 'PUT', '/quiet-hours', { from: clock(-2), to: clock(2) });
    const low = await incidentFor('wim', 'info');
    const [held] = await rowsOf(low);
    expect(held).toMatchObject({ state: 'planned', held: `quiet hours until ${clock(2)} (UTC)` });
    const high = await incidentFor('wim');
    await stack.phones.of('wim').expectsPage(high);
    // The priority rose: the page held for the morning goes out now, and the held row is suppressed.
    await stack.tocsin.call('POST', `/api/v1/incidents/${low}/priority`, { person: 'ana', priority: 'P1' });
    await stack.phones.of('wim').expectsPage(low);
    expect((await rowsOf(low)).find(({ id }) => id === held?.id)).toMatchObject({
      state: 'suppressed',
      reason: 'paged anew as P1',
    });
  });
});

describe('a test page', () => {
  it('says TEST, is confirmed by its link, and shows when the contact last reached its person', async () => {
    await stack.apply(somebody('xia'));
    await verified('xia');
    await ask('xia', 'POST', '/test-page', { contact: 'home' });
    const { mail: letter } = await mailTo('xia@home.example', /^TEST page/);
    const link = /https?:\/\/\S+\/reach\/\S+/.exec(letter.text ?? '')?.[0] ?? '';
    for (const method of ['GET', 'HEAD', 'GET']) await fetch(link, { method });
    const sent = await eventually(
      async () => {
        const test = contactOf(await ask('xia'), 'home')?.test;
        return test?.state === 'accepted' && test;
      },
      { what: 'the test page sent' },
    );
    expect(sent.confirmedAt).toBeNull();
    const shown = await (await fetch(link, { method: 'POST' })).text();
    expect(shown).toContain('you can be reached here');
    const { test, lastReachedAt } = contactOf(await ask('xia'), 'home') ?? {};
    expect(test?.confirmedAt).toEqual(expect.any(String));
    expect(String(lastReachedAt) >= String(test?.confirmedAt)).toBe(true);
    expect((await fetch(`${link}x`, { method: 'POST' })).status).toBe(404);
  });
});

describe('a dead address', () => {
  it('is marked when its provider says so, and found as a hole', async () => {
    await stack.apply(somebody('yan'));
    await verified('yan');
    mail.script({ refuse: 'recipient', code: 550, text: '5.1.1 user unknown' });
    const number = await incidentFor('yan');
    const rows = await rowsOf(number);
    expect(rows.map(({ contact, state }) => [contact, state].join(' ')).sort()).toEqual([
      'home exhausted',
      'hook accepted',
    ]);
    const yan = await eventually(
      async () => {
        const person = await ask('yan');
        return contactOf(person, 'home')?.deadAt !== null && person;
      },
      { what: 'the address marked as dead' },
    );
    expect(yan.issues.map(({ kind }) => kind)).toContain('dead');
    const { items } = await stack.tocsin.ask(ReachabilityReply, 'GET', '/api/v1/reachability');
    expect(items.find(({ name }) => name === 'yan')?.issues.map(({ kind }) => kind)).toContain('dead');
    const next = await stack.declare({ title: 'Again', service: 'of-yan-critical' });
    expect((await rowsOf(next.number)).map(({ contact }) => contact)).toEqual(['hook']);
  });
});
