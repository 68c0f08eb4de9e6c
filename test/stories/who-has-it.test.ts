/**
 * The person who has an incident, as shown on everybody's pages: after reassigning, declining, resolving, and while a
 * required team has not acknowledged.
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { person } from '../harness/fixtures.js';
import { openForm } from '../harness/form.js';
import { ownService, ownTeam } from '../harness/own-service.js';
import { signIn } from '../harness/session.js';
import { startTestStack, type TestStack } from '../harness/test-stack.js';

let stack: TestStack;
const cookies = new Map<string, string>();

beforeAll(async () => {
  stack = await startTestStack();
  await stack.apply(
    person('gus', 'responder', stack.phones.of('gus').url),
    ownTeam('trust', 'security', ['gus'], '[{notify: [{person: gus}], wait: 1h}]'),
  );
  for (const name of ['ana', 'bo', 'cleo', 'gus']) cookies.set(name, await signIn(stack.tocsin, name));
}, 90_000);
afterAll(() => stack.end());

/** The text of a page for this person, without tags. */
const read = async (who: string, path: string): Promise<string> => {
  const response = await fetch(`${stack.tocsin.url}${path}`, { headers: { cookie: cookies.get(who) ?? '' } });
  return (await response.text())
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&#x27;', "'")
    .replace(/\s+/g, ' ');
};
const bar = async (who: string): Promise<string> =>
  /You are being paged: .{0,40}/.exec(await read(who, '/profile'))?.[0] ?? 'no bar';

it('is nobody after handing over, until the other one answers; the bar is theirs alone', async () => {
  await stack.apply(ownService('over', '[{notify: [{person: ana}], wait: 1h}]'));
  const { number } = await stack.declare({ title: 'Handed over', service: 'over' });
  const page = await stack.phones.of('ana').expectsPage(number);
  expect(await bar('ana')).toContain(number);
  await (await page.reply('acknowledge')).press('hand_over', { to: 'bo' });
  await stack.phones.of('bo').expectsPage(number);
  expect(await bar('ana')).toBe('no bar');
  expect(await bar('bo')).toContain(number);
  const open = await read('ana', `/incidents/${number}`);
  expect(open).toContain('Commander nobody yet');
  expect(open).toContain('First acknowledged');
  expect(open).not.toMatch(/Acknowledged [^.]{0,60}Ana \(you\)/);
  expect(open).toMatch(/Ana \(you\) Checkout reassigned it to Bo/);
  expect(open).toMatch(/Ana reassigned it to Bo/);
  const { url } = { url: page.body.data.links.respond };
  expect((await openForm(url)).text).toContain('Bo is asked to take it');
  const [theirs] = stack.phones.of('bo').received({ incident: number });
  await (await openForm(theirs?.body?.data.links?.respond ?? '')).press('acknowledge');
  const held = await read('ana', `/incidents/${number}`);
  expect(held).toContain('Commander Bo');
  expect(await bar('bo')).toBe('no bar');
}, 60_000);

it('does not page on who cannot take it, nor anybody once it is resolved', async () => {
  await stack.apply(
    ownService('pass', '[{notify: [{person: ana}], wait: 1h}, {notify: [{person: bo}], wait: 1h}]'),
  );
  const { number } = await stack.declare({ title: 'Passed on', service: 'pass' });
  await (await stack.phones.of('ana').expectsPage(number)).reply('decline');
  const theirs = await stack.phones.of('bo').expectsPage(number);
  expect(await bar('ana')).toBe('no bar');
  expect(await bar('bo')).toContain(number);
  expect(await read('bo', `/incidents/${number}`)).toMatch(/Ana Checkout can't take it/);
  await (await theirs.reply('acknowledge')).press('resolve');
  expect([await bar('ana'), await bar('bo')]).toEqual(['no bar', 'no bar']);
}, 60_000);

it('is said with a reserve while a team that has to answer has not, and that team is paged on', async () => {
  await stack.apply(
    ownService('both', '[{notify: [{person: ana}], wait: 1h}]', {
      plan: '{disciplines: [{discipline: security, required: true}]}',
    }),
  );
  const { number } = await stack.declare({ title: 'Two teams', service: 'both' });
  await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
  const theirs = await stack.phones.of('gus').expectsPage(number);
  for (const path of [`/incidents/${number}`, '/incidents'])
    expect(await read('ana', path)).toContain('Acknowledged, not by trust');
  expect(await bar('ana')).toBe('no bar');
  expect(await bar('gus')).toContain(number);
  await theirs.reply('acknowledge');
  expect(await read('ana', `/incidents/${number}`)).not.toContain('not by trust');
  expect(await bar('gus')).toBe('no bar');
}, 60_000);

it('an approval of an incident that is over asks for nothing; an address that is not there is a page with ways on', async () => {
  await stack.apply(`---
apiVersion: tocsin/v1
kind: Runbook
metadata: {name: late-approval}
spec: {inputs: {}, timeout: 5m, steps: [{id: ok, approve: {from: ["person:bo"], message: "Drain db-1?"}}]}
${ownService('late-approval', '[{notify: [{person: ana}], wait: 1h}]')}`);
  const { number } = await stack.declare({ title: 'Over before it was approved', service: 'late-approval' });
  const mine = await (await stack.phones.of('ana').expectsPage(number)).reply('acknowledge');
  await stack.tocsin.call('POST', '/api/v1/runbooks/late-approval/runs', { incident: number, person: 'ana' });
  const asked = await stack.phones.of('bo').expects({ type: 'approval.requested', incident: number });
  const before = await asked.open();
  expect(before.decisions).toEqual(['approve', 'reject']);
  await mine.press('resolve');
  const after = await asked.open();
  expect(after.text).toContain(`${number} is resolved`);
  expect(after.decisions).toEqual([]);
  const late = await before.press('approve');
  expect([late.status, late.text]).toEqual([409, expect.stringContaining(`${number} is resolved`)]);
  const html = { accept: 'text/html,application/xhtml+xml' };
  for (const path of ['/incidents/INC-999', '/services', '/settings', '/no/such/page']) {
    const response = await fetch(`${stack.tocsin.url}${path}`, {
      headers: { cookie: cookies.get('ana') ?? '', ...html },
    });
    const text = await response.text();
    expect([path, response.status, response.headers.get('content-type')]).toEqual([
      path,
      404,
      'text/html; charset=utf-8',
    ]);
    expect(text).toContain('<a href="/on-call">');
  }
  const program = await fetch(`${stack.tocsin.url}/services`, { headers: { accept: 'application/json' } });
  expect(program.headers.get('content-type')).toContain('application/problem+json');
  const icon = await fetch(`${stack.tocsin.url}/favicon.ico`);
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
}, 60_000);
