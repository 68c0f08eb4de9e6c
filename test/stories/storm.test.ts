/** A storm of incidents: one person's phone stays useful, every incident is told, and nobody else's page waits for it. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startMailServer, type MailServer, type ReceivedMail } from '../../channels/email/fake.js';
import { PAGES_PER_WINDOW } from '../../domain/delivery/page-budget.js';
import { PersonDeliveriesReply, WhyReply } from '../../contracts/api/incident.js';
import { eventually } from '../harness/eventually.js';
import { ownService } from '../harness/own-service.js';
import { startStory, type Story } from '../harness/story.js';

const INCIDENTS = 60;

let story: Story;
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
  story = await startStory({
    env: { SMTP_URL: mail.url, TOCSIN_MAIL_FROM: 'Tocsin <tocsin@pages.example.com>' },
  });
  await story.apply(person('eve'), person('fay'));
  for (const name of ['eve', 'fay'])
    await story.apply(ownService(`of-${name}`, `[{notify: [{person: ${name}}], wait: 12h}]`));
}, 90_000);
afterAll(async () => {
  await mail.close();
  await story.end();
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
    story.declare({ title: `Shard ${n} is slow`, service: 'of-eve', severity: 'error' }),
  );
  const loud = await story.declare({ title: 'Everything is down', service: 'of-fay' });
  expect(loud.priority).toBe('P1');
  const incidents = await Promise.all(declared);
  expect(incidents.every(({ priority }) => priority !== 'P1')).toBe(true);

  // Fay's page is out while most of Eve's have to wait for their turn.
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
      const all = (await Promise.all(numbers.map((number) => story.deliveries(number)))).flat();
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
  // Each is told by one message and no other.
  const tellings = mailsTo('eve').flatMap(namedIn);
  expect(tellings.length).toBe(new Set(tellings).size);
  expect(mailsTo('eve').some(({ raw }) => raw.includes('May be a repeat'))).toBe(false);

  // And Eve can read why.
  const carriedNumber = numbers[rows.indexOf(carried[0] ?? rows[0] ?? never())] ?? '';
  const why = await story.tocsin.ask(WhyReply, 'GET', `/api/v1/incidents/${carriedNumber}/why?person=eve`);
  expect(why.items).toMatchObject([{ person: 'eve', verdict: 'paged' }]);
  expect(why.items[0]?.sentences.map(({ text }) => text).join(' ')).toContain(
    carried[0]?.reason ?? 'nothing',
  );
  const other = await story.tocsin.ask(WhyReply, 'GET', `/api/v1/incidents/${carriedNumber}/why?person=fay`);
  expect(other.items).toMatchObject([
    { verdict: 'not_paged', summary: 'fay was not paged: step 1 named others.' },
  ]);
  const sent = await story.tocsin.ask(PersonDeliveriesReply, 'GET', '/api/v1/people/eve/deliveries?limit=50');
  const rest = await story.tocsin.ask(
    PersonDeliveriesReply,
    'GET',
    `/api/v1/people/eve/deliveries?limit=50&cursor=${sent.next}`,
  );
  expect([...sent.items, ...rest.items].map(({ incident }) => incident?.number).toSorted(byText)).toEqual(
    numbers.toSorted(byText),
  );
  expect((await story.tocsin.call('GET', '/api/v1/people/nobody/deliveries')).status).toBe(404);

  // Carried is told, not dead: nobody's next step was taken early.
  const kinds = await story.kinds(numbers.at(-1) ?? '');
  expect(kinds).not.toContain('escalated');
  // And a carried incident is answered by its own link.
  const bundle = mailsTo('eve').find((one) => namedIn(one).length > 1);
  const [first, second] = bundle === undefined ? [] : namedIn(bundle);
  const link = new RegExp(`${second} .*?: (\\S+/l/\\S+)`).exec(bundle?.mail.text ?? '')?.[1];
  expect(first).not.toBe(second);
  expect(link).toEqual(expect.stringContaining('/l/'));
}, 150_000);
