/**
 * `npm start`: all of Tocsin on this machine, from nothing. `setup/start.mjs` builds it first and then calls `main`.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError } from '../config/environment.js';
import { markSeeded, planPractice, type PracticePlan } from './practice-marker.js';
import { seedPractice } from './practice/seed.js';
import { createScreen, type Screen } from './screen.js';
import { prepareSettings, type Settings } from './settings.js';
import { fetchSetupLink, hasOpenDrill, hasSource } from './welcome.js';
import { startSupervisor, type Supervisor } from './supervisor.js';

const help = `npm start [-- options]      Tocsin on this machine: PostgreSQL, Temporal, api, worker, pager

  --empty             a new data folder begins without the practice organisation
  --data-dir FOLDER   where everything is kept (or TOCSIN_DATA_DIR; default .tocsin)
  --verbose           show the log lines of every process
  --help              this text

  DATABASE_URL        use this PostgreSQL (14 or newer) instead of the embedded one; nothing is seeded
  TEMPORAL_ADDRESS    use this Temporal server instead of the embedded one
  PORT, TOCSIN_HOST   where to listen (default 3000 or the next free one, 127.0.0.1)
  TOCSIN_URL          how people reach it (default http://localhost:PORT)
  .env.example lists the rest.

Variables are also read from the file .env beside package.json; what the environment says wins over it.
A token for scripts: sign in as an admin and make an API key on the page /keys, or set TOCSIN_ADMIN_TOKEN
(32 characters or more: openssl rand -base64 32).
`;

/** Runs until it is stopped; returns the exit code. */
export async function main(args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const screen = createScreen(process.stdout);
  try {
    const { values } = parseArgs({
      args,
      options: {
        empty: { type: 'boolean', default: false },
        'data-dir': { type: 'string' },
        verbose: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) {
      process.stdout.write(help);
      return 0;
    }
    return await run(screen, env, values['data-dir'], values.empty, values.verbose);
  } catch (error) {
    const isPlain = error instanceof ConfigError || (error instanceof Error && error.message !== '');
    process.stderr.write(`\n${isPlain ? error.message : String(error)}\n`);
    return 1;
  }
}

async function run(
  screen: Screen,
  env: NodeJS.ProcessEnv,
  dataDirOption: string | undefined,
  isEmpty: boolean,
  isVerbose: boolean,
): Promise<number> {
  const settings = await prepareSettings(env, dataDirOption, screen.warn);
  const giveUp = new AbortController();
  let supervisor: Supervisor | null = null;
  const stopped = listenForTheEnd(screen, giveUp, () => supervisor);
  // A supplied database may contain a real organisation: nothing is ever seeded there.
  const practice: PracticePlan =
    settings.databaseUrl === null
      ? planPractice(settings.dataDir, !isEmpty)
      : { isPractice: false, mustSeed: false, sourceKey: null };
  try {
    supervisor = await startSupervisor({
      settings,
      env,
      appsDir: join(import.meta.dirname, '..'),
      isPractice: practice.isPractice,
      onEvent: screen.event,
      ...(isVerbose ? { onLine: screen.line } : {}),
      say: screen.warn,
      signal: giveUp.signal,
    });
  } catch (error) {
    if (giveUp.signal.aborted) return 0;
    throw error;
  }
  try {
    await welcome(screen, settings, supervisor, practice);
  } catch (error) {
    if (giveUp.signal.aborted) return stopped;
    await supervisor.stop();
    throw error;
  }
  return stopped;
}

/** Seeds a new folder and prints the addresses. */
async function welcome(
  screen: Screen,
  settings: Settings,
  { state }: Supervisor,
  practice: PracticePlan,
): Promise<void> {
  let { sourceKey } = practice;
  if (practice.mustSeed) {
    const seeded = await seedPractice({
      apiUrl: settings.apiUrl,
      adminToken: settings.adminToken,
      progress: screen.say,
    });
    sourceKey = seeded.sourceKey;
    markSeeded(settings.dataDir, sourceKey);
  }
  screen.ready({
    url: state.url,
    setupLink: await fetchSetupLink(state),
    mailboxUrl: practice.isPractice ? `${state.url}/mailbox` : null,
    isDrillOpen: practice.isPractice && (await hasOpenDrill(state)),
    // The source may have been deleted meanwhile.
    sourceKey: sourceKey !== null && (await hasSource(state, 'try-it')) ? sourceKey : null,
    dataDir: settings.dataDir,
  });
}

/** npm forwards Ctrl-C to a process that already got it from the terminal: one press, two signals. */
const samePressMs = 1_000;

/** A longer stop is forced: a person waits for the prompt, or a service manager for the exit. */
const stopWithinMs = 30_000;

/**
 * Stops in order at the first signal, at once at the second or when the stop takes too long; resolves with the exit
 * code.
 */
function listenForTheEnd(
  screen: Screen,
  giveUp: AbortController,
  supervisor: () => Supervisor | null,
): Promise<number> {
  return new Promise((resolve) => {
    let firstMs: number | null = null;
    const kill = (code: number): void =>
      void (supervisor()?.kill() ?? Promise.resolve()).finally(() => resolve(code));
    const stop = (code: number): void => {
      firstMs = performance.now();
      giveUp.abort();
      setTimeout(() => {
        screen.warn(`the stop took longer than ${stopWithinMs / 1000} s and is forced`);
        kill(code);
      }, stopWithinMs).unref();
      supervisor()
        ?.stop()
        .then(
          () => resolve(code),
          () => resolve(1),
        );
    };
    const onSignal = (): void => {
      if (firstMs === null) {
        screen.say('stopping; once more to force it');
        stop(0);
      } else if (performance.now() - firstMs > samePressMs) {
        kill(130);
      }
    };
    // A bug must not leave the children behind: they are detached. The first error stops in order, one during the
    // stop kills them.
    process.on('uncaughtException', (error) => {
      screen.warn(`unexpected: ${error.stack ?? error.message}`);
      if (firstMs === null) stop(1);
      else kill(1);
    });
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
