/** The practice organisation with its drill under way, as `npm start` shows it, and a browser in front of it. */
import { chromium, type Browser } from 'playwright-core';
import { z } from 'zod';
import { findBrowser } from '../../embedded/browser.js';
import { practiceOrganisation } from '../../embedded/practice/organisation.js';
import { eventually } from '../harness/eventually.js';
import { startTocsin, type Tocsin } from '../harness/tocsin.js';

export type LetterType = 'page.requested' | 'approval.requested' | 'review.requested';

const Letters = z.object({
  items: z.array(z.looseObject({ id: z.string(), person: z.string(), type: z.string(), link: z.string() })),
});
const Incident = z.looseObject({
  number: z.string(),
  status: z.string(),
  seq: z.int(),
  commander: z.string().nullable(),
});
const Link = z.object({ url: z.string() });

/** Its drill is started by hand alone: Temporal would begin another one when its own hour strikes in the middle of a story. */
const organisation = practiceOrganisation.replace(/^ {2}schedule: \{cron: .*$/m, '  schedule: null');

/** Who the stories are told of: whatever week it is, they have the shift for a day. */
const ON_CALL = { 'checkout-primary': 'ana', 'platform-primary': 'faye' };

export interface Scenery {
  tocsin: Tocsin;
  browser: Browser;
  /** Number of the drill's incident. */
  number: string;
  incident(): Promise<z.output<typeof Incident>>;
  /** The newest link of that kind in somebody's mailbox, once it is there and is none of `known`. */
  letter(person: string, type: LetterType, known?: readonly string[]): Promise<string>;
  /** A one-time link: to the first admin, later to sign one in. */
  setupLink(): Promise<string>;
  end(): Promise<void>;
}

export async function startScenery(): Promise<Scenery> {
  const { executablePath, args } = await findBrowser();
  // One process for everything, as that build asks for, dies with the first page that is closed.
  const launching = chromium.launch({
    executablePath,
    args: args.filter((arg) => arg !== '--single-process'),
  });
  const [tocsin, browser] = await Promise.all([startTocsin(), launching]);
  await tocsin.ask(z.unknown(), 'POST', '/api/v1/config/apply', organisation);
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
  return {
    tocsin,
    browser,
    number,
    incident,
    letter: (person, type, known = []) =>
      eventually(
        async () => {
          const { items } = await tocsin.ask(Letters, 'GET', `/api/v1/mailbox?person=${person}&limit=200`);
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
