/** The service worker in a real browser: a push is shown, and a pressed button answers the page. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type PagedFixture, pagedFixture } from '../../../db/testing/paged-fixture.js';
import { findBrowser } from '../../../embedded/browser.js';
import { eventually } from '../../../test/harness/eventually.js';
import { type RunningApi, startApi } from '../../../api/testing/start-api.js';

let api: RunningApi;
let stack: PagedFixture;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let policy: string;

beforeAll(async () => {
  const { executablePath, args } = await findBrowser();
  api = await startApi();
  stack = await pagedFixture(api.store.dataSource, api.store);
  browser = await chromium.launch({ executablePath, args: args.filter((arg) => arg !== '--single-process') });
  context = await browser.newContext({
    extraHTTPHeaders: { authorization: 'Bearer an-admin-token-0123456789abcdef01' },
  });
  await context.grantPermissions(['notifications'], { origin: api.url });
  page = await context.newPage();
  const shown = await page.goto(`${api.url}/profile/push`);
  policy = shown?.headers()['content-security-policy'] ?? '';
}, 90_000);
afterAll(async () => {
  await browser.close();
  await api.stop();
});

it('runs its own script and no other', async () => {
  expect(policy).toContain(`script-src 'self'; worker-src 'self'`);
  await page.waitForFunction(`document.getElementById('status').textContent === 'Ready.'`);
  expect(await page.locator('#subscribe').isEnabled()).toBe(true);
  expect(await page.locator('#subscribe').getAttribute('data-key')).toMatch(/^[\w-]{87}$/);
});

/** A browser without a desktop shows no notification, so the test records it and simulates the press. */
const DESKTOP = `
  self.shown = [];
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => { self.shown.push({ title, ...options }); };
  self.press = (action) => {
    const { title, data } = self.shown[0];
    const event = Object.assign(new Event('notificationclick'), { action, notification: { title, data, close() {} } });
    event.waitUntil = () => {};
    self.dispatchEvent(event);
  };`;

it('shows a push, and a press of its button answers the page and shows the new state', async () => {
  const incident = await stack.page();
  const started = context.waitForEvent('serviceworker');
  await page.evaluate(
    `navigator.serviceWorker.register('/push-worker.js').then(() => navigator.serviceWorker.ready).then(() => true)`,
  );
  const worker = await started;
  await worker.evaluate(DESKTOP);
  const shown = async () => (await worker.evaluate('self.shown')) as Record<string, unknown>[];
  const message = {
    title: `[P1] ${incident.number} Lag`,
    body: 'you are being paged',
    url: `${api.url}/l/${incident.link}`,
    hook: `${api.url}/hooks/link/${incident.link}`,
    tag: incident.number,
    urgent: true,
    actions: [{ action: 'acknowledge', title: 'Acknowledge' }],
  };
  await worker.evaluate(
    `self.dispatchEvent(new PushEvent('push', { data: ${JSON.stringify(JSON.stringify(message))} }))`,
  );
  const { title, body, tag, actions } = message;
  const { url, hook } = message;
  expect(await eventually(async () => (await shown())[0], { what: 'a notification' })).toMatchObject({
    title,
    body,
    tag,
    actions,
    requireInteraction: true,
    data: { url, hook },
  });
  await worker.evaluate(`self.press('acknowledge')`);
  expect(await eventually(async () => (await shown())[1], { what: 'the answer' })).toMatchObject({
    body: `${incident.number} is acknowledged by you: Lag on checkout-db`,
  });
  expect(await stack.status(incident)).toBe('acknowledged');
}, 60_000);

it('has no accessibility violation', async () => {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});
