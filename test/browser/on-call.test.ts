/** The on-call page in a browser without script: who is next, overrides, requests for cover, calendar links. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium, type Browser, type Page } from 'playwright-core';
import { z } from 'zod';
import { OverridesReply, SwapsReply } from '../../contracts/api/on-call-changes.js';
import { findBrowser } from '../../embedded/browser.js';
import { organisation } from '../harness/fixtures.js';
import { startPhones, type Phones } from '../harness/people.js';
import { startTocsin, type Tocsin } from '../harness/tocsin.js';
import { complaints, type Session, visit } from './browser-user.js';

let tocsin: Tocsin;
let browser: Browser;
let phones: Phones;
const sessions = new Map<string, Session>();

const at = (path: string): string => `${tocsin.url}${path}`;

/** Daily shifts from nine to nine; one of the two schedules has nobody at night. */
const schedules = `---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: around-the-clock}
spec:
  team: checkout
  timezone: Europe/Berlin
  layers:
    - {name: days, people: [ana, bo, cleo], rotation: {every: 2, unit: day, handover: "09:00", start: "2026-01-05"}}
---
apiVersion: tocsin/v1
kind: Schedule
metadata: {name: office-hours}
spec:
  team: checkout
  timezone: Europe/Berlin
  layers:
    - name: office
      people: [bo, cleo]
      rotation: {every: 1, unit: week, handover: "mon 09:00", start: "2026-01-05"}
      restrictions: [{days: [mon, tue, wed, thu, fri], from: "09:00", to: "17:00"}]
`;

beforeAll(async () => {
  const { executablePath, args } = await findBrowser();
  const launching = chromium.launch({
    executablePath,
    args: args.filter((arg) => arg !== '--single-process'),
  });
  [tocsin, browser, phones] = await Promise.all([startTocsin({ parts: ['api'] }), launching, startPhones()]);
  await tocsin.ask(z.unknown(), 'POST', '/api/v1/config/apply', `${organisation(phones)}${schedules}`);
  for (const person of ['ana', 'bo', 'cleo']) {
    const { url } = await tocsin.ask(z.object({ url: z.string() }), 'POST', '/api/v1/sign-in-links', {
      person,
    });
    sessions.set(
      person,
      await visit(browser, url, { size: 'phone', theme: 'light' }, async (page) => {
        await page.locator('button[type=submit]').click();
        return page.context().storageState();
      }),
    );
  }
}, 120_000);
afterAll(async () => {
  await browser.close();
  await phones.close();
  await tocsin.end();
});

const onCall = <T>(person: string, work: (page: Page) => Promise<T>): Promise<T> =>
  visit(browser, at('/on-call'), { size: 'desktop', theme: 'light', session: sessions.get(person) }, work);
const press = (page: Page, form: string, name: string): Promise<void> =>
  page.locator(form).getByRole('button', { name }).click();

/** Requests cover for the first shift of the schedule with several people. */
async function askForCover(page: Page): Promise<void> {
  const form = 'form[action="/on-call/swaps"]';
  const shifts = page.locator(`${form} #shift option`, { hasText: 'around-the-clock' });
  await page.selectOption('#shift', await shifts.first().getAttribute('value'));
  await press(page, form, 'Request cover');
  expect(new URL(page.url()).pathname).toBe('/on-call');
}

/** Read once: a test that runs across midnight still uses the same days. */
const today = Date.now();
const local = (days: number, hour: string): string =>
  `${new Date(today + days * 86_400_000).toISOString().slice(0, 10)}T${hour}`;

describe('the on-call page', () => {
  it('takes an override, says what is wrong with one, and cancels it', async () => {
    await onCall('bo', async (page) => {
      const form = 'form[action="/on-call/overrides"]';
      expect(await page.locator(`${form} #o-person option`).allInnerTexts()).toEqual(['Bo']);
      await page.selectOption('#o-schedule', 'around-the-clock');
      await page.fill('#o-from', local(3, '12:00'));
      await page.fill('#o-to', local(2, '12:00'));
      await press(page, form, 'Add override');
      expect(await page.locator('.note').first().innerText()).toContain('before it begins');
      expect(await page.inputValue('#o-from')).toBe(local(3, '12:00'));
      await page.fill('#o-to', local(4, '12:00'));
      await press(page, form, 'Add override');
      expect(new URL(page.url()).pathname).toBe('/on-call');
      expect(await page.locator('#overrides + ul').innerText()).toContain('Bo (you)');
    });
    const path = '/api/v1/schedules/around-the-clock/overrides';
    const { items } = await tocsin.ask(OverridesReply, 'GET', path);
    expect(items.map(({ from, to }) => [from, to])).toEqual([
      [`${local(3, '12:00')}:00.000Z`, `${local(4, '12:00')}:00.000Z`],
    ]);
    await onCall('ana', async (page) => {
      expect(await page.locator('#overrides + ul button').count()).toBe(0);
    });
    await onCall('bo', (page) => press(page, '#overrides + ul', 'Cancel override'));
    expect((await tocsin.ask(OverridesReply, 'GET', path)).items).toEqual([]);
  });

  it('asks for cover, and somebody takes it', async () => {
    await onCall('ana', async (page) => {
      expect(await page.locator('section[aria-labelledby=mine]').innerText()).toContain('checkout-primary');
      await askForCover(page);
    });
    await onCall('cleo', async (page) => {
      expect(await page.locator('#requests + ul').innerText()).toContain('Ana asks anybody');
      await press(page, '#requests + ul', 'Take the shift');
      expect(await page.locator('#requests').count()).toBe(0);
    });
    const { items } = await tocsin.ask(
      SwapsReply,
      'GET',
      '/api/v1/schedules/around-the-clock/swaps?all=true',
    );
    expect(items.map(({ by, state, decidedBy }) => [by, state, decidedBy])).toEqual([
      ['ana', 'accepted', 'cleo'],
    ]);
  });

  it('makes a calendar address, shows it once, and ends it', async () => {
    const url = await onCall('bo', async (page) => {
      await press(page, 'form[action="/on-call/calendar"]', 'Create calendar link');
      return page.inputValue('#made');
    });
    expect((await fetch(url)).status).toBe(200);
    await onCall('bo', async (page) => {
      expect(await page.content()).not.toContain(url);
      await page.getByRole('button', { name: /Revoke the calendar link/ }).click();
    });
    expect((await fetch(url)).status).toBe(404);
  });

  it('is loud about gaps and readable by everybody, in every size and theme', async () => {
    await onCall('ana', askForCover);
    await onCall('bo', async (page) => {
      const warning = await page.locator('.note').first().innerText();
      expect(warning).toMatch(/\d+ coverage gaps in the next 14 days: nobody would be paged/);
      expect(await page.locator('.strip .gap').count()).toBeGreaterThan(5);
    });
    const session = sessions.get('bo');
    expect(await complaints(browser, at('/on-call'), session)).toEqual([]);
    await visit(browser, at('/on-call'), { size: 'phone', theme: 'light', session }, async (page) => {
      expect(await page.locator('.strip').first().isVisible()).toBe(false);
      expect(await page.locator('.narrow-only li').first().isVisible()).toBe(true);
    });
  }, 120_000);
});
