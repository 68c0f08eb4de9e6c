/** "Try a message" and "Replay the last days" in a browser without script. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { complaints, type Session, takePicture, visit } from './browser-user.js';
import { startDemoStack, type DemoStack } from './demo-stack.js';

let scene: DemoStack;
let session: Session;

const phone = { size: 'phone', theme: 'light' } as const;
const desktop = { size: 'desktop', theme: 'light' } as const;
const at = (path: string): string => `${scene.tocsin.url}${path}`;
const signedIn = <T>(path: string, work: (page: Page) => Promise<T>): Promise<T> =>
  visit(scene.browser, at(path), { ...phone, session }, work);

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
}, 120_000);
afterAll(() => scene.end());

it('say every stage of a pasted message as sentences, and what is wrong with one that cannot be read', async () => {
  await signedIn('/sources', async (page) => {
    await page.locator('a', { hasText: 'Try a message' }).click();
    await page.selectOption('#source', 'try-it');
    await page.fill(
      '#body',
      '{"title": "Carts <b>are</b> empty", "severity": "critical", "dedupKey": "carts"}',
    );
    await page.locator('button', { hasText: 'Try it' }).click();
    const shown = await page.locator('main').innerText();
    expect(shown).toContain('Carts <b>are</b> empty');
    expect(shown).toContain('people are paged');
    expect(shown).toContain('no open alert has this key');
    expect(await page.locator('#body').inputValue()).toContain('Carts');
    await page.fill('#body', 'no json');
    await page.locator('button', { hasText: 'Try it' }).click();
    expect(await page.locator('main').innerText()).toContain('could not read this body');
  });
});

it('compare proposed documents with what was received', async () => {
  await signedIn('/alerts/replay', async (page) => {
    await page.fill(
      '#documents',
      'apiVersion: tocsin/v1\nkind: PriorityRules\nmetadata: {name: default}\nspec: {rules: []}\n',
    );
    await page.locator('button', { hasText: 'Compare' }).click();
    expect(await page.locator('main').innerText()).toContain('As many pages as now');
  });
});

it('have no complaints, on a phone, a tablet and a desktop', async () => {
  for (const path of ['/alerts/simulate', '/alerts/replay'])
    expect(await complaints(scene.browser, at(path), session)).toEqual([]);
  await takePicture(scene.browser, 'try-a-message', at('/alerts/simulate'), { ...desktop, session });
  await takePicture(scene.browser, 'replay-phone', at('/alerts/replay'), { ...phone, session });
}, 120_000);
