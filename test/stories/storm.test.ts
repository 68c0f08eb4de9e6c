/**
 * A storm of incidents: one person's phone stays usable, every incident is announced, and nobody else's page is
 * delayed.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startMailServer, type MailServer, type ReceivedMail } from '../../integrations/email/fake.js';
import { PAGES_PER_WINDOW } from '../../domain/delivery/page-budget.js';
import { PersonDeliveriesReply, WhyReply } from '../../contracts/api/incident.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

const INCIDENTS = 60;

let stack: TestStack;
let mail: MailServer;

const person = (name: string): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: UTC
  role: responder
  contacts: [{name: mail, channel: email, address: ${name}@example.com}]
  rules: {high: [{after: 0s, contact: mail}], low: [{after: 0s, contact: mail}]}
`;

beforeAll(async () => {
  mail = await startMailServer();
  stack = await startTestStack({
    env: { SMTP_URL: mail.url, TOCSIN_MAIL_FROM: 'Tocsin <tocsin@pages.example.com>' },
  });
  await stack.apply(person('eve'), person('fay'));
  for (const name of ['eve', 'fay'])
    await stack.apply(ownService(`of-${name}`, `[{notify: [{person: ${name}}], wait: 12h}]`));
}, 90_000);
afterAll(async () => {
  await mail.close();
  await stack.end();
});

const mailsTo = (name: string): ReceivedMail[] =>
  mail.mails.filter(({ to }) => to.includes(`${name}@example.com`));
const namedIn = ({ mail: { text } }: ReceivedMail): string[] => [
  ...new Set((text ?? '').match(/INC-\d+/g) ?? []),
];

const byText = (a = '', b = ''): number => a.localeCompare(b);
const never = (): never => {
  throw new Error('no row');
};

it('tells one person of sixty incidents in a few messages, and another of a P1 at once', async () => {
  const declared = Array.from({ length: INCIDENTS }, (_, n) =>
    stack.declare({ title: `Shard ${n} is slow`, service: 'of-eve', severity: 'error' }),
  );
  const loud = await stack.declare({ title: 'Everything is down', service: 'of-fay' });
  expect(loud.priority).toBe('P1');
  const incidents = await Promise.all(declared);
  expect(incidents.every(({ priority }) => priority !== 'P1')).toBe(true);

  // Fay's page is sent while most of Eve's are still held.
  await mail.nextMail(({ to }) => to.includes('fay@example.com'));
  expect(new Set(mailsTo('eve').flatMap(namedIn)).size).toBeLessThan(INCIDENTS);

  const numbers = incidents.map(({ number }) => number);
  await eventually(
    async () => {
      const told = new Set(mailsTo('eve').flatMap(namedIn));
      const missing = numbers.filter((number) => !told.has(number));
      return missing.length === 0 ? true : Promise.reject(new Error(`not told of ${missing.join(', ')}`));
    },
    { what: 'Eve told of every incident', timeoutMs: 90_000 },
  );
  expect(mailsTo('eve').length).toBeLessThanOrEqual(PAGES_PER_WINDOW);
  expect(mailsTo('fay')).toHaveLength(1);

  const rows = await eventually(
    async () => {
      const all = (await Promise.all(numbers.map((number) => stack.deliveries(number)))).flat();
      return all.every(({ state }) => ['accepted', 'suppressed'].includes(state))
        ? all
        : Promise.reject(new Error(all.map(({ state }) => state).join(' ')));
    },
    { what: 'every row at rest' },
  );
  expect(rows).toHaveLength(INCIDENTS);
  const carried = rows.filter(({ state }) => state === 'suppressed');
  expect(carried.every(({ reason }) => /^bundled into INC-\d+'s page$/.test(reason ?? ''))).toBe(true);
  expect(rows.length - carried.length).toBe(mailsTo('eve').length);
  // Each incident is in exactly one message.
  const tellings = mailsTo('eve').flatMap(namedIn);
  expect(tellings.length).toBe(new Set(tellings).size);
  expect(mailsTo('eve').some(({ raw }) => raw.includes('May be a repeat'))).toBe(false);

  // The explanation is available to Eve.
  const bundledNumber = numbers[rows.indexOf(carried[0] ?? rows[0] ?? never())] ?? '';
  const why = await stack.tocsin.ask(WhyReply, 'GET', `/api/v1/incidents/${bundledNumber}/why?person=eve`);
  expect(why.items).toMatchObject([{ person: 'eve', verdict: 'paged' }]);
  expect(why.items[0]?.sentences.map(({ text }) => text).join(' ')).toContain(
    carried[0]?.reason ?? 'nothing',
  );
  const other = await stack.tocsin.ask(WhyReply, 'GET', `/api/v1/incidents/${bundledNumber}/why?person=fay`);
  expect(other.items).toMatchObject([
    { verdict: 'not_paged', summary: 'fay was not paged: step 1 named others.' },
  ]);
  const sent = await stack.tocsin.ask(PersonDeliveriesReply, 'GET', '/api/v1/people/eve/deliveries?limit=50');
  const rest = await stack.tocsin.ask(
    PersonDeliveriesReply,
    'GET',
    `/api/v1/people/eve/deliveries?limit=50&cursor=${sent.next}`,
  );
  expect([...sent.items, ...rest.items].map(({ incident }) => incident?.number).toSorted(byText)).toEqual(
    numbers.toSorted(byText),
  );
  expect((await stack.tocsin.call('GET', '/api/v1/people/nobody/deliveries')).status).toBe(404);

  // A bundled page counts as delivered, not dead: no escalation step was taken early.
  const kinds = await stack.kinds(numbers.at(-1) ?? '');
  expect(kinds).not.toContain('escalated');
  // A bundled incident can be answered by its own link.
  const bundle = mailsTo('eve').find((one) => namedIn(one).length > 1);
  const [first, second] = bundle === undefined ? [] : namedIn(bundle);
  const link = new RegExp(`${second} .*?: (\\S+/l/\\S+)`).exec(bundle?.mail.text ?? '')?.[1];
  expect(first).not.toBe(second);
  expect(link).toEqual(expect.stringContaining('/l/'));
}, 150_000);
