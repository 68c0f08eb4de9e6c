/**
 * `npm run end-access`: ends every session, every link in sent messages and every sign-in link, for when one of them
 * has leaked.
 */
import { readCommandLine } from '../../shared/command-line.js';
import { loadConfig } from '../../config/environment.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { endAccess } from '../../db/reply/link-life.js';
import { applyEmbedded } from '../reconcile/embedded-environment.js';

const HELP = `end-access --yes [--data-dir .tocsin]

Ends all sessions, all links in messages that are out (people who were paged sign in instead), all answers by mail to them, and all
sign-in links. Pages that are sent from now on have links of their own. API keys and ingest keys are left alone. Written into the
audit log. For a root key that is known to others: change TOCSIN_SECRET_KEY as well.

  --yes             do it
  --data-dir DIR    the folder of an embedded installation that runs; else DATABASE_URL is read
`;

const values = readCommandLine(HELP, {
  yes: { type: 'boolean', default: false },
  'data-dir': { type: 'string', default: '.tocsin' },
});
if (!values.yes) {
  process.stderr.write(`Nothing was changed: --yes is missing.\n\n${HELP}`);
  process.exit(2);
}
const config = loadConfig(applyEmbedded(process.env, values['data-dir']));
const dataSource = createDataSource({ url: config.databaseUrl, name: 'end-access', poolSize: 1 });
await dataSource.initialize();
const ended = await endAccess(dataSource, 'command line');
await dataSource.destroy();
process.stdout.write(
  `ended: ${ended.sessions} sessions, ${ended.links} links, ${ended.signInLinks} sign-in links\n`,
);
