/** The profile in a browser without script: add a contact, test it, save rules; axe finds no violation. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startDemoStack, type DemoStack } from './demo-stack.js';
import { complaints, type Session, takePicture, visit } from './browser-user.js';

let scene: DemoStack;
let session: Session;

const phone = { size: 'phone', theme: 'light' } as const;
const desktop = { size: 'desktop', theme: 'light' } as const;
const at = (path: string): string => `${scene.tocsin.url}${path}`;

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

describe('the profile', () => {
  it('adds a contact, which waits for its code, and keeps what was refused', async () => {
    await visit(scene.browser, at('/profile'), { ...phone, session }, async (page) => {
      await page.selectOption('#channel', 'mailbox');
      await page.fill('#address', 'rosa');
      await page.fill('#contact-name', 'inbox');
      await page.locator('form[action="/profile/contacts"] button').click();
      expect(await page.locator('#c-inbox').count()).toBe(1);
      await page.fill('#high', '0s pager');
      await page.locator('form[action="/profile/rules"] button').click();
      expect(await page.locator('main [role=status]').first().textContent()).toContain('pager');
      expect(await page.inputValue('#high')).toBe('0s pager');
      await page.fill('#high', '0s inbox');
      await page.locator('form[action="/profile/rules"] button').click();
      expect(await page.inputValue('#high')).toBe('0s inbox');
    });
  }, 60_000);

  it('and the grid of who can be reached give axe nothing to complain of', async () => {
    for (const path of ['/profile', '/people'])
      expect(await complaints(scene.browser, at(path), session)).toEqual([]);
    await takePicture(scene.browser, 'profile', at('/profile'), { ...desktop, session });
    await takePicture(scene.browser, 'profile-phone', at('/profile'), { ...phone, session });
    await takePicture(scene.browser, 'people', at('/people'), { ...desktop, session });
  }, 120_000);
});
