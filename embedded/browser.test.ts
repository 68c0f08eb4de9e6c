import { expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import { findBrowser } from './browser.js';

it('finds a browser that opens a page', async () => {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args });
  try {
    const page = await browser.newPage();
    await page.setContent('<h1>Tocsin</h1>');
    expect(await page.locator('h1').textContent()).toBe('Tocsin');
  } finally {
    await browser.close();
  }
}, 60_000);
