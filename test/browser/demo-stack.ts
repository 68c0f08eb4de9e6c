/** The practice organisation with its running drill, as `npm start` shows it, and a browser. */
import { chromium, type Browser } from 'playwright-core';
import { z } from 'zod';
import { findBrowser } from '../../embedded/browser.js';
import { practiceOrganisation } from '../../embedded/practice/organisation.js';
import { seedSamples } from '../../embedded/practice/samples.js';
import { eventually } from '../harness/eventually.js';
import { startTocsin, type Tocsin } from '../harness/tocsin.js';

export type MailType = 'page.requested' | 'approval.requested' | 'review.requested';

const Mails = z.object({
  items: z.array(z.looseObject({ id: z.string(), person: z.string(), type: z.string(), link: z.string() })),
});
const Incident = z.looseObject({
  number: z.string(),
  status: z.string(),
  seq: z.int(),
  commander: z.string().nullable(),
});
const Applied = z.looseObject({ secrets: z.array(z.looseObject({ name: z.string(), key: z.string() })) });
const Link = z.object({ url: z.string() });

/** Without the drill's schedule: Temporal would start another drill if its hour came in the middle of a test. */
const organisation = practiceOrganisation.replace(/^ {2}schedule: \{cron: .*$/m, '  schedule: null');

/** People on call in the tests: an override gives them the shift for a day, whatever the week. */
const ON_CALL = { 'checkout-primary': 'ana', 'platform-primary': 'faye' };

export interface DemoStack {
  tocsin: Tocsin;
  browser: Browser;
  /** Number of the drill's incident. */
  number: string;
  incident(): Promise<z.output<typeof Incident>>;
  /** The newest link of that type in a person's mailbox; waits for one that is not in `known`. */
  letter(person: string, type: MailType, known?: readonly string[]): Promise<string>;
  /** A one-time link: for the first admin, later to sign that admin in. */
  setupLink(): Promise<string>;
  end(): Promise<void>;
}

export async function startDemoStack(): Promise<DemoStack> {
  const { executablePath, args } = await findBrowser();
  // The single-process mode of that build dies with the first page that is closed.
  const launching = chromium.launch({
    executablePath,
    args: args.filter((arg) => arg !== '--single-process'),
  });
  const [tocsin, browser] = await Promise.all([startTocsin(), launching]);
  const { secrets } = await tocsin.ask(Applied, 'POST', '/api/v1/config/apply', organisation);
  const [from, to] = [new Date(), new Date(Date.now() + 86_400_000)].map((at) => at.toISOString());
  for (const [schedule, person] of Object.entries(ON_CALL))
    await tocsin.ask(z.unknown(), 'POST', `/api/v1/schedules/${schedule}/overrides`, { person, from, to });
  const drill = await tocsin.ask(
    z.object({ incident: z.string() }),
    'POST',
    '/api/v1/drills/replica-loss/start',
  );
  const incident = () => tocsin.ask(Incident, 'GET', `/api/v1/incidents/${drill.incident}`);
  const { number } = await incident();
  const probes = secrets.find(({ name }) => name === 'search-probes')?.key ?? '';
  await seedSamples({ apiUrl: tocsin.url, adminToken: tocsin.adminToken }, probes);
  return {
    tocsin,
    browser,
    number,
    incident,
    letter: (person, type, known = []) =>
      eventually(
        async () => {
          const { items } = await tocsin.ask(Mails, 'GET', `/api/v1/mailbox?person=${person}&limit=200`);
          return items.find((item) => item.type === type && !known.includes(item.link))?.link;
        },
        { what: `${type} in the mailbox of ${person}`, timeoutMs: 20_000 },
      ),
    setupLink: async () => (await tocsin.ask(Link, 'POST', '/api/v1/setup-link', {})).url,
    async end() {
      await browser.close();
      await tocsin.end();
    },
  };
}
