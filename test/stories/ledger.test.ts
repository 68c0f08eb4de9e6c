/** The delivery ledger records every page correctly, whatever the receiver does. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../harness/eventually.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(two('eve', 0), two('fay', 60), policies);
}, 90_000);
afterAll(() => stack.end());

/** Two webhooks: `hook` immediately, `spare` after a while. */
const two = (name: string, afterSeconds: number): string => `---
apiVersion: tocsin/v1
kind: Person
metadata: {name: ${name}}
spec:
  displayName: ${name}
  email: ${name}@example.com
  timezone: UTC
  role: responder
  contacts:
    - {name: hook, channel: webhook, address: "${stack.phones.receiver.url}/${name}/hook"}
    - {name: spare, channel: webhook, address: "${stack.phones.receiver.url}/${name}/spare"}
  rules: {high: [{after: 0s, contact: hook}, {after: ${afterSeconds === 0 ? '8s' : `${afterSeconds}s`}, contact: spare}], low: []}
`;

const policies = ['eve', 'fay']
  .map(
    (name) => `---
apiVersion: tocsin/v1
kind: EscalationPolicy
metadata: {name: of-${name}}
spec: {team: checkout, repeat: 0, steps: [{notify: [{person: ${name}}], wait: 1h}, {notify: [{person: cleo}], wait: 1h}]}
---
apiVersion: tocsin/v1
kind: Service
metadata: {name: of-${name}}
spec: {displayName: ${name}, team: checkout, tier: 1, group: {by: none}, policy: of-${name}, plan: default}
`,
  )
  .join('');

const rowOf = async (number: string, person: string, address = '') =>
  (await stack.deliveries(number)).find((row) => row.person === person && row.address.includes(address));

const settled = (number: string, person: string, state: string) =>
  eventually(
    async () => {
      const row = await rowOf(number, person);
      return row?.state === state ? row : Promise.reject(new Error(JSON.stringify(row)));
    },
    { what: `${person}'s delivery ${state}`, timeoutMs: 20_000 },
  );

describe('a page', () => {
  it('is tried again after a server error, under the same id, and both attempts are on record', async () => {
    stack.phones.script({ status: 500 });
    const { number } = await stack.declare({ title: 'Receiver stumbles once' });
    const first = await stack.phones.of('ana').expectsPage(number);
    const second = await stack.phones.of('ana').expectsPage(number);
    expect(second.delivery.id).toBe(first.delivery.id);
    expect(second.body.data).toMatchObject({ attempt: 2, possibleDuplicate: false });
    expect(second.body.data.links).toEqual(first.body.data.links);
    const row = await settled(number, 'ana', 'accepted');
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'accepted']);
    const taken = stack.phones.of('ana').received({ incident: number });
    expect(taken.map(({ took }) => took)).toEqual(['refused', 'accepted']);
  });

  it.each([
    ['falls silent', 'hang' as const],
    ['cuts the line after reading', 'drop' as const],
  ])('is sent again as a possible duplicate when the receiver %s', async (_what, behaviour) => {
    stack.phones.script(behaviour);
    const { number } = await stack.declare({ title: `Receiver: ${behaviour}` });
    const first = await stack.phones.of('ana').expectsPage(number);
    const second = await stack.phones.of('ana').expectsPage(number);
    expect(first.body.data.possibleDuplicate).toBe(false);
    expect(second.body.data).toMatchObject({ attempt: 2, possibleDuplicate: true });
    expect(second.delivery.id).toBe(first.delivery.id);
    const row = await settled(number, 'ana', 'accepted');
    expect(row.attempts.map(({ outcome }) => outcome)).toEqual(['ambiguous', 'accepted']);
    stack.phones.receiver.release();
  });

  it('whose address is dead goes to the next contact at once', async () => {
    stack.phones.script({ status: 410 });
    const { number } = await stack.declare({ title: 'A dead address', service: 'of-fay' });
    const page = await stack.phones.of('fay').expectsPage(number);
    expect(page.delivery.path).toBe('/fay/hook');
    const spare = await stack.phones.of('fay').expectsPage(number);
    expect(spare.delivery.path).toBe('/fay/spare');
    // Long before the minute that the rule gives the first contact.
    expect(spare.delivery.at.getTime() - page.delivery.at.getTime()).toBeLessThan(10_000);
    await eventually(
      async () => {
        const states = (await stack.deliveries(number)).map(({ state }) => state).sort();
        expect(states).toEqual(['accepted', 'exhausted']);
        return true;
      },
      { what: 'the ledger told what became of both' },
    );
  });

  it('leaves a step whose every address is dead', async () => {
    stack.phones.script({ status: 410 }, { status: 410 });
    const { number } = await stack.declare({ title: 'All addresses are dead', service: 'of-fay' });
    await stack.phones.of('cleo').expects({ incident: number, step: 2 });
    const escalated = await stack.untilKind(number, 'escalated');
    expect(escalated.data['reason']).toEqual(expect.stringContaining('could be reached'));
  });

  it('that is answered in time is not sent to the next contact, and the row says why', async () => {
    const { number } = await stack.declare({ title: 'Answered in time', service: 'of-eve' });
    await (await stack.phones.of('eve').expectsPage(number)).reply('acknowledge');
    await eventually(
      async () => {
        const rows = await stack.deliveries(number);
        expect(rows.map(({ state, reason }) => ({ state, reason }))).toEqual(
          expect.arrayContaining([
            // An answered page has arrived.
            { state: 'delivered', reason: null },
            { state: 'suppressed', reason: 'acked' },
          ]),
        );
        return true;
      },
      { what: 'the ledger told both' },
    );
    // A later unanswered page does go to the spare contact: by then the first one's time has passed.
    const later = await stack.declare({ title: 'Not answered', service: 'of-eve' });
    const pages = [1, 2].map(() => stack.phones.of('eve').expectsPage(later.number));
    expect((await Promise.all(pages)).map(({ delivery }) => delivery.path)).toEqual([
      '/eve/hook',
      '/eve/spare',
    ]);
    expect(stack.phones.of('eve').received({ incident: number })).toHaveLength(1);
  });

  it('carries a link that works for its person alone and only once per press', async () => {
    const { number } = await stack.declare({ title: 'One link' });
    const page = await stack.phones.of('ana').expectsPage(number);
    const form = await page.open();
    const looked = await stack.incident(number);
    expect(looked.status).toBe('triggered');
    await form.press('acknowledge');
    // The same form again: shows the current state, nothing is recorded twice.
    expect((await form.press('acknowledge')).status).toBe(200);
    expect((await stack.kinds(number)).filter((kind) => kind === 'acknowledged')).toHaveLength(1);
    const stranger = await fetch(`${stack.tocsin.url}/l/${'x'.repeat(32)}`);
    expect(stranger.status).toBe(404);
  });
});
