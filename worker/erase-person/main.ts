/** `npm run erase-person`: erases the personal data of a deleted person (right to erasure). */
import { readCommandLine } from '../../shared/command-line.js';
import { loadConfig } from '../../config/environment.js';
import { ConfigSnapshots } from '../../db/config/config-snapshot.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { PersonErasure } from '../../db/people/erase-person.js';
import { applyEmbedded } from '../reconcile/embedded-environment.js';

const HELP = `erase-person NAME --yes [--data-dir .tocsin]

Erases a person who was deleted (DELETE /api/v1/config/Person/NAME): display name, mail address, contacts, rules, sessions, links,
calendar addresses, browser push, messages to them and answers of theirs. It cannot be undone. The record and the audit log keep the
short name NAME, for which a pseudonym is shown. Refused while they are on call, have an open incident or a review, or are the only
one whom a step of a policy names. Written into the audit log.

  --yes             do it; without it, it is said what stands in the way
  --data-dir DIR    the folder of an embedded installation that runs; else DATABASE_URL is read
`;

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const [name = ''] = process.argv.slice(2);
const values = readCommandLine(
  HELP,
  {
    yes: { type: 'boolean', default: false },
    'data-dir': { type: 'string', default: '.tocsin' },
  },
  NAME.test(name) ? process.argv.slice(3) : process.argv.slice(2),
);
if (!NAME.test(name)) {
  process.stderr.write(`Nothing was erased: the short name of the person is missing.\n\n${HELP}`);
  process.exit(2);
}
const config = loadConfig(applyEmbedded(process.env, values['data-dir']));
const dataSource = createDataSource({ url: config.databaseUrl, name: 'erase-person', poolSize: 1 });
await dataSource.initialize();
try {
  process.exitCode = await run(new PersonErasure(dataSource, new ConfigSnapshots(config.rootKeys)));
} finally {
  await dataSource.destroy();
}

async function run(erasure: PersonErasure): Promise<number> {
  const refuse = (why: string): number => {
    process.stderr.write(`Nothing was erased: ${why}.\n`);
    return 1;
  };
  const person = await erasure.look(name);
  if (person === null) return refuse(`there is no person ${name}`);
  if (person.obstacles.length > 0) return refuse(`${name} ${person.obstacles.join('; ')}`);
  if (!values.yes) {
    process.stderr.write(
      `Nothing was erased: --yes is missing. ${name} is ${person.displayName}.\n\n${HELP}`,
    );
    return 2;
  }
  const outcome = await erasure.erase(name, 'command line');
  if (outcome.kind === 'refused') return refuse(`${name} ${outcome.obstacles.join('; ')}`);
  if (outcome.kind === 'not_found') return refuse(`there is no person ${name}`);
  process.stdout.write(`erased: ${name} is shown as "${outcome.displayName}"\n`);
  return 0;
}
