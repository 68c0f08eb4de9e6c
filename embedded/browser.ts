/** Finds a Chromium for the tests that need a real browser. Finding none is an error, never a skipped test. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Browser = {
  executablePath: string;
  /** Launch arguments; without them the browser may not start here (root has no sandbox). */
  args: string[];
};

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const macPaths = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

let found: Promise<Browser> | undefined;

/**
 * Looks for `CHROME_PATH`, an installed Chrome or Chromium, the build inside `@sparticuz/chromium`, Playwright's own
 * download.
 */
export function findBrowser(env: NodeJS.ProcessEnv = process.env): Promise<Browser> {
  // Unpacking takes seconds: done once per process.
  found ??= search(env);
  return found;
}

async function search(env: NodeJS.ProcessEnv): Promise<Browser> {
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const named = env['CHROME_PATH'];
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return { executablePath: named, args };
    throw new Error(`CHROME_PATH: ${named} is not a program; for example CHROME_PATH=/usr/bin/chromium`);
  }
  const onPath = (env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const installed = [...onPath, ...macPaths].find(isProgram);
  if (installed !== undefined) return { executablePath: installed, args };
  return (await packaged()) ?? (await downloaded(args)) ?? refuse();
}

/** The package contains a build for Linux x64 alone. */
async function packaged(): Promise<Browser | null> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return null;
  try {
    const { default: chromium } = await import('@sparticuz/chromium');
    return { executablePath: await chromium.executablePath(), args: chromium.args };
  } catch {
    return null;
  }
}

async function downloaded(args: string[]): Promise<Browser | null> {
  const { chromium } = await import('playwright-core');
  const executablePath = chromium.executablePath();
  return isProgram(executablePath) ? { executablePath, args } : null;
}

function refuse(): never {
  throw new Error(
    'No browser for the tests. Ways out: CHROME_PATH=/path/to/chromium, or chromium or google-chrome on PATH, ' +
      'or npm ci with the development dependencies (@sparticuz/chromium), or npx playwright-core install chromium',
  );
}

function isProgram(file: string): boolean {
  if (!existsSync(file)) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
