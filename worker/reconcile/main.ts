/** `tocsin-reconcile`: lists where PostgreSQL and Temporal disagree, and repairs it on request. */
import { Runtime } from '@temporalio/worker';
import { readCommandLine, wrongUsage } from '../../shared/command-line.js';
import { loadConfig } from '../../config/environment.js';
import { createLogger } from '../../shared/logger.js';
import { ConcurrencyLimit } from '../../shared/concurrency-limit.js';
import { createDataSource } from '../../db/connection/data-source.js';
import { Outbox } from '../../db/incident/outbox.js';
import { createStore } from '../../db/connection/store.js';
import { applyEmbedded } from './embedded-environment.js';
import { connectTemporal } from '../temporal.js';
import { findDiverged } from './diverged.js';
import { findDrift } from './drift.js';
import { repair, rehydrate, settle } from './repair.js';
import { recoverDue } from './restored.js';

const HELP = `tocsin-reconcile [--repair] [--deep] [--rehydrate INC-42] [--restored] [--json] [--data-dir .tocsin]

Lists where the record (PostgreSQL) and Temporal disagree about what is open. Changes nothing unless told to.

  --repair            start missing workflows from the record, tell those that are behind, end orphans (one whose incident
                    is closed is told so first, and ended when it has not ended by itself after 10 s)
  --deep            ask each workflow what it knows (needs a running worker); with --repair, those that diverged
                    from the record are started anew from it
  --rehydrate NAME  end this incident's run and start a new one from the record
  --restored        after PostgreSQL was put back to an earlier time, before anything is started: plans the pages that are
                    overdue, and has everything due say that it may be a repeat. Needs DATABASE_URL and the worker's
                    TOCSIN_SECRET_KEY; then start everything, and --deep --repair
  --json            one JSON object a line
  --data-dir DIR    the folder of an embedded installation that runs; else DATABASE_URL and TEMPORAL_ADDRESS are read

Exit code: 0 nothing to repair, or all repaired and verified; 10 drift is left; 1 failed; 2 wrong usage.
`;

const values = readCommandLine(HELP, {
  repair: { type: 'boolean', default: false },
  deep: { type: 'boolean', default: false },
  rehydrate: { type: 'string' },
  restored: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  'data-dir': { type: 'string', default: '.tocsin' },
});

/** Changes younger than this may still be in the outbox. */
const GRACE_MS = 15_000;
/** Waits at once. */
const AT_ONCE = 20;

Runtime.install({ shutdownSignals: [] });
// A running embedded installation has sent its due deliveries by now, and its key is not known here.
if (values.restored && (process.env['DATABASE_URL'] ?? '') === '')
  wrongUsage('--restored needs DATABASE_URL, and TOCSIN_SECRET_KEY as the worker has it', HELP);
const config = loadConfig(applyEmbedded(process.env, values['data-dir']));
const log = createLogger({ ...config, logLevel: 'error' }, 'reconcile');
const dataSource = createDataSource({ url: config.databaseUrl, name: 'reconcile', poolSize: 2 });
await dataSource.initialize();
if (values.restored) process.exit(await recover());
const { client, connection } = await connectTemporal(config.rootKeys, log, AbortSignal.timeout(30_000));
const parts = { dataSource, client, outbox: new Outbox(dataSource) };
let exitCode = 0;
try {
  exitCode = values.rehydrate === undefined ? await reconcile() : await rebuild(values.rehydrate);
} finally {
  await connection.close();
  await dataSource.destroy();
}
process.exit(exitCode);

async function reconcile(): Promise<number> {
  const found = await findDrift(parts, { isDeep: values.deep, graceMs: GRACE_MS });
  const drifts = values.deep ? [...found, ...(await findDiverged(parts))] : found;
  // Repairs all first, then waits for all together: without a worker each wait takes its full time.
  const told: (string | null)[] = [];
  for (const drift of drifts) told.push(values.repair ? await repair(parts, drift) : null);
  const waiting = new ConcurrencyLimit(AT_ONCE);
  let left = 0;
  await Promise.all(
    drifts.map((drift, index) =>
      waiting.run(async () => {
        const settled = values.repair ? await settle(parts, drift) : { isLeft: true, did: null };
        if (settled.isLeft) left += 1;
        const did = [told[index], settled.did].filter((one) => one != null).join('; ') || null;
        say(
          { ...drift, did, left: settled.isLeft },
          `${drift.kind.padEnd(8)} ${drift.says}${did === null ? '' : ` → ${did}`}`,
        );
      }),
    ),
  );
  if (!values.json) {
    const hint = left > 0 && !values.repair ? '; --repair puts Temporal in step with the record' : '';
    process.stdout.write(
      `${drifts.length === 0 ? 'in step' : `${drifts.length} found, ${left} left`}${hint}\n`,
    );
  }
  return left === 0 ? 0 : 10;
}

async function recover(): Promise<number> {
  const { incidents, messages } = await recoverDue(createStore(dataSource, config.rootKeys));
  say(
    { recovered: { incidents, messages } },
    `${incidents} incidents had due work; ${messages} messages will go out and say that they may be repeats`,
  );
  return 0;
}

async function rebuild(name: string): Promise<number> {
  const rows: { id: string; number: string }[] = await dataSource.query(
    `SELECT id, 'INC-' || number AS number FROM incident WHERE 'INC-' || number = $1 AND status <> 'closed'`,
    [name.toUpperCase()],
  );
  const incident = rows[0];
  if (incident === undefined) {
    process.stderr.write(`${name} is not an open incident; it is written like INC-42\n`);
    return 1;
  }
  await rehydrate(parts, incident);
  say(
    { rehydrated: incident.number },
    `${incident.number}: its run was ended, a new one starts from the record`,
  );
  return 0;
}

function say(object: object, line: string): void {
  process.stdout.write(`${values.json ? JSON.stringify(object) : line}\n`);
}
