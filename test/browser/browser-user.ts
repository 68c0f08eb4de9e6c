/** A user with a browser: opens pages in every size and theme, and lists their problems. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';

export const sizes = {
  phone: { width: 390, height: 844 },
  desktop: { width: 1440, height: 900 },
  small: { width: 320, height: 640 },
} as const;

export type Size = keyof typeof sizes;
export type Theme = 'light' | 'dark';
export type Session = Awaited<ReturnType<BrowserContext['storageState']>>;

export interface Visit {
  size: Size;
  theme: Theme;
  /** Session of the signed-in person. */
  session?: Session | undefined;
  /** Enables scripts; the pages have none, but axe needs them. */
  script?: boolean;
}

/** Opens a page, does the work, closes everything. */
export async function visit<T>(
  browser: Browser,
  url: string,
  how: Visit,
  work: (page: Page) => Promise<T>,
): Promise<T> {
  const { size, theme, session, script = false } = how;
  const context = await browser.newContext({
    viewport: sizes[size],
    colorScheme: theme,
    javaScriptEnabled: script,
    timezoneId: 'Europe/Berlin',
    locale: 'en-GB',
    ...(session === undefined ? {} : { storageState: session }),
  });
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await work(page);
  } finally {
    await context.close();
  }
}

/** Code evaluated in the page. */
const overflow = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
const tooSmall = `[...document.querySelectorAll('a, button, summary, select, textarea, input:not([type=hidden])')]
  .filter((one) => one.getBoundingClientRect().height > 0 && one.getBoundingClientRect().height < 44)
  // The label of a checkbox is its target.
  .filter((one) => !(one.type === 'checkbox' && one.closest('label')?.getBoundingClientRect().height >= 44))
  // Links within a sentence are exempt (WCAG 2.2, 2.5.8), and so is what only the keyboard sees.
  .filter((one) => !one.closest('p, dd, li:not(nav li), footer') && !one.classList.contains('skip'))
  .map((one) => one.outerHTML.slice(0, 120))`;

/** All problems of a page in every size and theme, from one load; tests expect none. */
export async function complaints(browser: Browser, url: string, session?: Session): Promise<string[]> {
  return visit(browser, url, { size: 'phone', theme: 'light', session, script: true }, async (page) => {
    const { pathname } = new URL(page.url());
    const found: string[] = [];
    for (const size of ['phone', 'desktop', 'small'] as const) {
      await page.setViewportSize(sizes[size]);
      const wide = Number(await page.evaluate(overflow));
      const small = (await page.evaluate(tooSmall)) as string[];
      if (wide > 0) found.push(`${pathname} ${size}: scrolls ${wide} px sideways`);
      found.push(...small.map((one) => `${pathname} ${size}: lower than 44 px: ${one}`));
      if (size === 'small') continue;
      found.push(...(await violations(page, 'light')).map((text) => `${pathname} ${size} light: ${text}`));
      // The dark theme differs in colours alone, and they are the same at every size.
      if (size === 'phone')
        found.push(...(await violations(page, 'dark')).map((text) => `${pathname} ${size} dark: ${text}`));
    }
    return found;
  });
}

/** Violations found by axe; in the dark theme its colours only. */
async function violations(page: Page, theme: Theme): Promise<string[]> {
  await page.emulateMedia({ colorScheme: theme });
  // The pages have no frames, so the slower mode is not needed.
  // Details of what passed are not read, and were half of the cost.
  const builder = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const axe = theme === 'light' ? builder : builder.withRules(['color-contrast']);
  const { violations: all } = await axe.analyze();
  return all.map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

const folder = join(import.meta.dirname, '..', '..', 'docs', 'screenshots');

/**
 * Takes a page's screenshot for the docs, only with TOCSIN_SCREENSHOTS=1: each run would change every file.
 */
export async function takePicture(browser: Browser, name: string, url: string, how: Visit): Promise<void> {
  if (process.env['TOCSIN_SCREENSHOTS'] !== '1') return;
  const picture = await visit(browser, url, how, (page) => page.screenshot());
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.png`), picture);
}
