/**
 * The policy pages in a browser without script: the escalation path, "Sunday 03:00, nobody answers", the back-test.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { startDemoStack, type DemoStack } from './demo-stack.js';
import { complaints, type Session, takePicture, visit } from './browser-user.js';

let scene: DemoStack;
let session: Session;

const phone = { size: 'phone', theme: 'light' } as const;
const desktop = { size: 'desktop', theme: 'light' } as const;
const at = (path: string): string => `${scene.tocsin.url}${path}`;
const signedIn = <T>(path: string, work: (page: Page) => Promise<T>): Promise<T> =>
  visit(scene.browser, at(path), { ...desktop, session }, work);

/** Screenshot of one section for the docs. */
async function pictureOf(page: Page, section: string, name: string): Promise<void> {
  if (process.env['TOCSIN_SCREENSHOTS'] !== '1') return;
  const shown = page.locator('section', { has: page.locator(`#${section}`) });
  await shown.screenshot({ path: `docs/screenshots/${name}.png` });
}

const Declared = z.looseObject({ number: z.string() });
const tell = (path: string, body: object) =>
  scene.tocsin.ask(Declared, 'POST', `/api/v1/incidents${path}`, body);

beforeAll(async () => {
  scene = await startDemoStack();
  session = await visit(scene.browser, await scene.setupLink(), phone, async (page) => {
    await page.fill('#displayName', 'Rosa Alvarez');
    await page.fill('#name', 'rosa');
    await page.fill('#email', 'rosa@example.com');
    await page.fill('#timezone', 'Europe/Berlin');
    await page.locator('button[type=submit]').click();
    return page.context().storageState();
  });
  // The drill's own page comes first.
  const mails = [await scene.letter('ana', 'page.requested')];
  for (const title of ['Replica lag', 'Carts are empty']) {
    const { number } = await tell('', {
      title,
      service: 'checkout-db',
      severity: 'critical',
      person: 'mira',
    });
    mails.push(await scene.letter('ana', 'page.requested', mails));
    // Both teams are paged, and infrastructure must acknowledge by itself: one of these two is on call there.
    for (const person of ['ana', 'emil', 'faye']) await tell(`/${number}/acknowledge`, { person });
  }
}, 120_000);
afterAll(() => scene.end());

const SIMULATION =
  '/policies/checkout?at=2026-11-29+03%3A00&priority=P1&service=checkout-db&person1=mira&after1=4m&show=simulation';

describe('the policy pages', () => {
  it('name who is called now, step by step', async () => {
    await signedIn('/policies', async (page) => {
      expect(await page.locator('tbody tr').count()).toBe(3);
      await page.locator('a', { hasText: 'checkout' }).first().click();
      expect(await page.locator('h1').innerText()).toBe('Policy checkout');
      const steps = await page.locator('#escalation-path + ol > li').allInnerTexts();
      expect(steps).toHaveLength(4);
      expect(steps[3]).toContain('Catch-all: Mira Haddad');
    });
    expect(await complaints(scene.browser, at('/policies'), session)).toEqual([]);
  }, 120_000);

  it('show what would happen on a Sunday at 03:00, and say what is wrong with the question', async () => {
    await signedIn('/policies/checkout', async (page) => {
      expect(await page.locator('#at').inputValue()).toMatch(/ 03:00$/);
      await page.locator('button[value=simulation]').click();
      expect(await page.locator('.note').first().innerText()).toContain('Nobody answers');
      await page.selectOption('#person1', 'mira');
      await page.fill('#after1', '4m');
      await page.locator('button[value=simulation]').click();
      expect(await page.locator('.note').first().innerText()).toContain('Mira Haddad answers after 9 min');
      expect(await page.locator('svg.picture circle').count()).toBe(3);
      await page.fill('#at', 'tomorrow');
      await page.locator('button[value=simulation]').click();
      expect(await page.locator('.note').first().innerText()).toContain('is not a date and time');
    });
    expect(await complaints(scene.browser, at(SIMULATION), session)).toEqual([]);
    await signedIn(SIMULATION, async (page) => {
      expect(await page.locator('.note').first().innerText()).toContain('Mira Haddad answers after 9 min');
      await pictureOf(page, 'simulate', 'policy');
    });
    await takePicture(scene.browser, 'policy-phone', at(SIMULATION), { ...phone, session });
  }, 120_000);

  it('compare past incidents with another policy, which has to be a policy', async () => {
    await signedIn('/policies/checkout', async (page) => {
      await page.locator('button[value=backtest]').click();
      expect(await page.locator('#backtest ~ table').first().innerText()).toContain('same');
      const proposal = await page.locator('#proposal').inputValue();
      await page.fill('#proposal', proposal.replace('wait: 5m', 'wait: soon'));
      await page.locator('button[value=backtest]').click();
      expect(await page.locator('.note').first().innerText()).toMatch(
        /line \d+, column \d+: steps\[0\]\.wait/,
      );
      await page.fill(
        '#proposal',
        'team: checkout\nsteps:\n  - {notify: [{person: bo}, {person: cleo}], wait: 5m}\n',
      );
      await page.locator('button[value=backtest]').click();
      const rows = await page.locator('#backtest ~ table').last().locator('tbody tr').allInnerTexts();
      expect(rows).toHaveLength(2);
      expect(rows[0]).toContain('Bo Lindqvist');
      await pictureOf(page, 'backtest', 'policy-backtest');
    });
  }, 120_000);
});
