/** Explanations why a person was, or was not, paged, in a browser without script. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { startDemoStack, type DemoStack } from './demo-stack.js';
import { complaints, type Session, visit } from './browser-user.js';

let scene: DemoStack;
let session: Session;
let number: string;

const at = (path: string): string => `${scene.tocsin.url}${path}`;
const signedIn = <T>(path: string, work: (page: Page) => Promise<T>): Promise<T> =>
  visit(scene.browser, at(path), { size: 'desktop', theme: 'light', session }, work);

beforeAll(async () => {
  scene = await startDemoStack();
  session = await visit(
    scene.browser,
    await scene.setupLink(),
    { size: 'phone', theme: 'light' },
    async (page) => {
      await page.fill('#displayName', 'Rosa Alvarez');
      await page.fill('#name', 'rosa');
      await page.fill('#email', 'rosa@example.com');
      await page.fill('#timezone', 'Europe/Berlin');
      await page.locator('button[type=submit]').click();
      return page.context().storageState();
    },
  );
  const first = await scene.letter('ana', 'page.requested');
  const body = { title: 'Replica lag', service: 'checkout-db', severity: 'critical', person: 'mira' };
  ({ number } = await scene.tocsin.ask(
    z.looseObject({ number: z.string() }),
    'POST',
    '/api/v1/incidents',
    body,
  ));
  await scene.letter('ana', 'page.requested', [first]);
}, 120_000);
afterAll(() => scene.end());

it('says it of who was paged and of the reader, who was not', async () => {
  await signedIn(`/incidents/${number}`, async (page) => {
    const why = page.locator('section', { has: page.locator('#why') });
    const own = why.locator('details', { hasText: '(you)' });
    expect(await own.getAttribute('open')).not.toBeNull();
    expect(await own.innerText()).toContain('Rosa Alvarez was not paged: step 1 named others.');
    const ana = why.locator('details', { has: page.locator('a[href="/people/ana/deliveries"]') });
    await ana.locator('summary').click();
    expect(await ana.innerText()).toMatch(/was paged by step 1/);
    expect(await ana.innerText()).toMatch(/Page by mailbox/);
    if (process.env['TOCSIN_SCREENSHOTS'] === '1') await why.screenshot({ path: 'docs/screenshots/why.png' });
    await ana.locator('a').click();
    expect(await page.locator('h1').innerText()).toMatch(/^Sent to Ana/);
    expect(await page.locator('tbody tr').first().innerText()).toContain(number);
  });
}, 60_000);

it('has nothing for axe to complain about', async () => {
  for (const path of [`/incidents/${number}`, '/people/ana/deliveries'])
    expect(await complaints(scene.browser, at(path), session)).toEqual([]);
}, 120_000);
