/** Terminal output of `npm start`: short lines during the start, then the addresses. Colours only on a terminal. */
import { relative } from 'node:path';
import type { ChildEvent } from './child.js';
import type { SetupLink } from './welcome.js';

export type Screen = {
  say: (text: string) => void;
  warn: (text: string) => void;
  event: (event: ChildEvent) => void;
  line: (name: string, line: string) => void;
  ready: (what: Ready) => void;
};

type Ready = {
  url: string;
  /** null when none could be created. */
  setupLink: SetupLink | null;
  /** null without the practice organisation. */
  mailboxUrl: string | null;
  /** An incident of a practice drill is not closed yet. */
  isDrillOpen: boolean;
  /** The ingest key of the practice organisation's source `try-it`; null without it. */
  sourceKey: string | null;
  dataDir: string;
};

const titles: Readonly<Record<string, string>> = { postgres: 'PostgreSQL', temporal: 'Temporal' };
const titleOf = (name: string): string => titles[name] ?? name;

const linkTitle = ({ person }: SetupLink): string =>
  person === null
    ? 'Make yourself the first admin; this link works once'
    : `Sign in as ${person}; this link works once, for 24 hours`;

/** The generic format, see docs/wire.md. */
const tryIt = (url: string, key: string): string =>
  `curl ${url}/in/${key} -H 'content-type: application/json' -d '{"title": "Disk almost full", "severity": "critical"}'`;

export function createScreen(out: NodeJS.WriteStream): Screen {
  const paint = (code: number, text: string): string =>
    out.isTTY && process.env['NO_COLOR'] === undefined ? `\u001B[${code}m${text}\u001B[0m` : text;
  // A terminal or a reader may be gone. Output that cannot be written is dropped: the product goes on without it.
  out.on('error', () => {});
  const print = (text: string): void => void out.write(`${text}\n`);
  const isUp = new Set<string>();
  return {
    say: (text) => print(`  ${paint(2, '·')} ${text}`),
    warn: (text) => print(`  ${paint(33, '!')} ${text}`),
    event(event) {
      const title = titleOf(event.name);
      if (event.kind === 'ready') {
        const took = paint(2, `${(event.tookMs / 1000).toFixed(1)} s`);
        print(`  ${paint(32, '✓')} ${title} ${isUp.has(event.name) ? 'is back' : 'ready'} ${took}`);
        isUp.add(event.name);
      }
      if (event.kind === 'died') {
        const next =
          event.delayMs === null ? '' : `; it starts again in ${(event.delayMs / 1000).toFixed(1)} s`;
        print(`  ${paint(33, '!')} ${title} ended: ${event.how}${next}`);
      }
    },
    line: (name, line) => print(`${paint(2, name.padEnd(8))} ${line}`),
    ready({ url, setupLink, mailboxUrl, isDrillOpen, sourceKey, dataDir }) {
      const folder = relative(process.cwd(), dataDir) || dataDir;
      const shown = folder.startsWith('..') ? dataDir : folder;
      const sections = [
        ['Tocsin is ready', url],
        ...(setupLink === null ? [] : [[linkTitle(setupLink), setupLink.url]]),
        ...(mailboxUrl === null
          ? []
          : [
              [
                isDrillOpen
                  ? 'A practice incident is under way; its pages arrive here'
                  : 'Pages to the practice organisation arrive here',
                mailboxUrl,
              ],
            ]),
        ['A token for scripts and curl: sign in, make an API key here', `${url}/keys`],
        ...(sourceKey === null ? [] : [['Raise an alert of your own', tryIt(url, sourceKey)]]),
      ];
      for (const [title = '', link = ''] of sections) print(`\n  ${paint(1, title)}\n    ${paint(36, link)}`);
      print(`\n  ${paint(2, `Data in ${shown}, logs in ${shown}/logs. Ctrl-C stops it.`)}\n`);
    },
  };
}
