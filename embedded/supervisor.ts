/**
 * The embedded default: PostgreSQL, the Temporal dev server, then pager, api and worker, each in a process of its
 * own. A dead child is restarted alone, on its old port; the stop runs in reverse order.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startChild, type Child, type ChildEvent, type ChildSpec } from './child.js';
import { acquireLock, LockedError, type Lock } from './lock.js';
import { startPostgres } from './postgres.js';
import { isHealthy } from './probe.js';
import { identityOf } from './process-identity.js';
import { appEnvironment, keepAppPassword, ownSecrets, type Settings } from './settings.js';
import { endLeftovers, readState, writeState, type EmbeddedState } from './state-file.js';
import { startTemporal } from './temporal.js';

export type SupervisorOptions = {
  settings: Settings;
  env: NodeJS.ProcessEnv;
  /** Contains `api/main.js`, `worker/main.js`, `pager/main.js`. */
  appsDir: string;
  isPractice: boolean;
  onEvent?: (event: ChildEvent) => void;
  /** Gets every output line of every child, `(name, line)`. */
  onLine?: (name: string, line: string) => void;
  say?: (text: string) => void;
  /** Aborts a start in progress. */
  signal?: AbortSignal;
};

export type Supervisor = {
  readonly state: EmbeddedState;
  /** Stops in order, the pager last of the apps; safe to call twice. */
  stop(): Promise<void>;
  /** Kills everything at once. */
  kill(): Promise<void>;
};

const run = promisify(execFile);

type Part = { stop(): Promise<void>; kill(): Promise<void> };

/**
 * Young objects get a quarter of V8's default space: three mostly idle processes need not keep 16 MB each for a
 * burst.
 */
const memoryFlags = ['--max-semi-space-size=4'];

const restart = { firstMs: 250, capMs: 10_000 };

/** Resolves when everything answers. Throws when a part does not start; the others are stopped by then. */
export async function startSupervisor(options: SupervisorOptions): Promise<Supervisor> {
  const { settings, say = () => {} } = options;
  const lock = lockDataDir(settings.dataDir);
  const parts: Part[] = [];
  const before = readState(settings.dataDir);
  const state = firstState(settings);
  let ending: Promise<void> | null = null;
  const end = async (how: 'stop' | 'kill'): Promise<void> => {
    for (const part of parts.toReversed()) await part[how]();
    writeState({ ...state, adminToken: null, processes: {}, supervisor: null });
    lock.release();
  };
  const supervisor: Supervisor = {
    state,
    stop: () => (ending ??= end('stop')),
    kill: async () => {
      // Works even when a stop hangs, and does not wait for it.
      await Promise.all(parts.map((part) => part.kill()));
      await (ending ??= end('kill'));
    },
  };
  try {
    await endLeftovers(before, say);
    await startParts({ ...options, say }, state, before?.ports ?? {}, parts);
    return supervisor;
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

async function startParts(
  options: SupervisorOptions & { say: (text: string) => void },
  state: EmbeddedState,
  portsBefore: Record<string, number>,
  parts: Part[],
): Promise<void> {
  const { settings, env, say, signal } = options;
  const onEvent = (event: ChildEvent): void => {
    if (event.kind === 'started') {
      state.processes[event.name] = event.identity;
      writeState(state);
    }
    options.onEvent?.(event);
  };
  const common = (name: string) => ({
    restart,
    onEvent,
    signal,
    logFile: join(settings.dataDir, 'logs', `${name}.log`),
    onLine: lineTaker(options, name),
  });
  if (settings.databaseUrl === null) {
    const postgres = await startPostgres({
      ...common('postgres'),
      dataDir: settings.dataDir,
      port: portsBefore['postgres'],
      say,
    });
    parts.push(postgres);
    state.databaseUrl = postgres.url;
    state.ports['postgres'] = postgres.port;
  }
  if (settings.temporalAddress === null) {
    const temporal = await startTemporal({
      ...common('temporal'),
      dbFile: join(settings.dataDir, 'temporal', 'temporal.db'),
      port: portsBefore['temporal'],
      namespaces: [settings.temporalNamespace],
    });
    parts.push(temporal);
    state.temporalAddress = temporal.address;
    state.ports['temporal'] = temporal.port;
  }
  const appUrl = settings.databaseUrl ?? asAppRole(state.databaseUrl, settings.dataDir);
  const appEnv = appEnvironment(env, settings, appUrl, state.temporalAddress, options.isPractice);
  await migrateAsOwner(options, state.databaseUrl, appEnv);
  const specs = [
    appSpec(options, 'pager', settings.pagerUrl, ownSecrets('pager', appEnv)),
    appSpec(options, 'api', settings.apiUrl, ownSecrets('api', appEnv)),
    appSpec(options, 'worker', settings.workerUrl, ownSecrets('worker', appEnv)),
  ];
  await startApps(specs, onEvent, signal, parts);
  writeState(state);
}

/** The URL of the role that may not rewrite the record; `migrate.js` creates the role. */
function asAppRole(ownerUrl: string, dataDir: string): string {
  const url = new URL(ownerUrl);
  url.username = 'tocsin_app';
  url.password = keepAppPassword(dataDir);
  return url.href;
}

/** Runs `api/migrate.js` to its end. Throws with its output when it fails. */
async function migrateAsOwner(
  { appsDir, settings, env }: SupervisorOptions,
  ownerUrl: string,
  appEnv: NodeJS.ProcessEnv,
): Promise<void> {
  const owner = settings.databaseUrl === null ? ownerUrl : env['DATABASE_OWNER_URL'];
  try {
    await run(process.execPath, [join(appsDir, 'api', 'migrate.js')], {
      env: { ...appEnv, DATABASE_OWNER_URL: owner },
    });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new Error(`The schema could not be made: ${said}`, { cause });
  }
}

/**
 * Starts all at once, because the schema exists by now and no app needs another; the first failure aborts the rest.
 */
async function startApps(
  specs: ChildSpec[],
  onEvent: (event: ChildEvent) => void,
  signal: AbortSignal | undefined,
  parts: Part[],
): Promise<void> {
  const giveUp = new AbortController();
  const either = signal === undefined ? giveUp.signal : AbortSignal.any([signal, giveUp.signal]);
  const failures: unknown[] = [];
  const starting = specs.map((spec) =>
    startChild({ ...spec, signal: either }, onEvent).catch((error: unknown) => {
      failures.push(error);
      giveUp.abort();
      return null;
    }),
  );
  const children = (await Promise.all(starting)).filter((child): child is Child => child !== null);
  parts.push(...children);
  if (failures.length > 0) throw failures[0];
}

function appSpec(
  { appsDir, settings, ...options }: SupervisorOptions,
  name: string,
  baseUrl: string,
  env: NodeJS.ProcessEnv,
): ChildSpec {
  return {
    name,
    command: process.execPath,
    args: [...memoryFlags, join(appsDir, name, 'main.js')],
    env,
    logFile: join(settings.dataDir, 'logs', `${name}.log`),
    onLine: lineTaker(options, name),
    isReady: () => isHealthy(`${baseUrl}/healthz`),
    readyTimeoutMs: 60_000,
    stopSignal: 'SIGTERM',
    stopTimeoutMs: 15_000,
    restart,
  };
}

function lineTaker(
  { onLine }: Pick<SupervisorOptions, 'onLine'>,
  name: string,
): ((line: string) => void) | undefined {
  return onLine === undefined ? undefined : (line) => onLine(name, line);
}

function firstState(settings: Settings): EmbeddedState {
  return {
    url: settings.publicUrl,
    apiUrl: settings.apiUrl,
    adminToken: settings.adminToken,
    databaseUrl: settings.databaseUrl ?? '',
    temporalAddress: settings.temporalAddress ?? '',
    temporalNamespace: settings.temporalNamespace,
    dataDir: settings.dataDir,
    startedAt: new Date().toISOString(),
    supervisor: identityOf(process.pid),
    ports: { api: settings.apiPort, worker: settings.workerPort, pager: settings.pagerPort },
    processes: {},
  };
}

function lockDataDir(dataDir: string): Lock {
  try {
    return acquireLock(join(dataDir, 'tocsin.lock'));
  } catch (cause) {
    if (!(cause instanceof LockedError)) throw cause;
    const url = readState(dataDir)?.url;
    throw new Error(
      `Tocsin already runs on ${dataDir} (process ${cause.owner.pid}${url === undefined ? '' : `, ${url}`}). ` +
        'Stop that one, or give this one a folder of its own: npm start -- --data-dir .tocsin-2',
      { cause },
    );
  }
}
