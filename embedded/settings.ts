/** Settings of an embedded start: its folder, its ports, its keys. Checked before the first process is started. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../config/environment.js';
import { HOSTS_SUFFIX, secretVariables } from '../config/secret-variables.js';
import { freePort, isPortFree, nextFreePort } from './ports.js';
import { isRunning } from './process-identity.js';
import { type EmbeddedState, readState } from './state-file.js';

export type Settings = {
  dataDir: string;
  apiPort: number;
  /** Addresses on this machine. */
  apiUrl: string;
  workerUrl: string;
  pagerUrl: string;
  publicUrl: string;
  workerPort: number;
  pagerPort: number;
  secretKey: string;
  adminToken: string;
  /** Set: used as given, and nothing is embedded for it. */
  databaseUrl: string | null;
  temporalAddress: string | null;
  temporalNamespace: string;
};

/** Creates the data folder and the root key when missing. Throws `ConfigError` for a bad variable. */
export async function prepareSettings(
  env: NodeJS.ProcessEnv,
  dataDirOption: string | undefined,
  say: (text: string) => void,
): Promise<Settings> {
  const databaseUrl = given(env, 'DATABASE_URL');
  const adminToken = given(env, 'TOCSIN_ADMIN_TOKEN') ?? randomBytes(32).toString('base64url');
  // Checked with placeholders for the values created below, so that a typing error is reported before anything is
  // written.
  const config = loadConfig({
    ...env,
    DATABASE_URL: databaseUrl ?? 'postgres://127.0.0.1/tocsin',
    TOCSIN_SECRET_KEY: given(env, 'TOCSIN_SECRET_KEY') ?? 'made below, once the folder is there',
  });
  const dataDir = makeDataDir(dataDirOption ?? given(env, 'TOCSIN_DATA_DIR') ?? '.tocsin');
  const before = readState(dataDir) ?? {};
  const apiPort = isLeftBehind(before, config.port)
    ? config.port
    : await chooseApiPort(env, config.port, config.host, say);
  const workerPort = await freePort(config.workerHealthPort ?? before.ports?.['worker']);
  const pagerPort = await freePort(config.pagerHealthPort ?? before.ports?.['pager']);
  const host = reachable(config.host);
  return {
    dataDir,
    apiPort,
    workerPort,
    pagerPort,
    apiUrl: `${config.tls === null ? 'http' : 'https'}://${host}:${apiPort}`,
    workerUrl: `http://${host}:${workerPort}`,
    pagerUrl: `http://${host}:${pagerPort}`,
    publicUrl:
      given(env, 'TOCSIN_URL') === null
        ? `${config.tls === null ? 'http' : 'https'}://localhost:${apiPort}`
        : config.publicUrl,
    secretKey: given(env, 'TOCSIN_SECRET_KEY') ?? keepSecretKey(dataDir),
    adminToken,
    databaseUrl,
    temporalAddress: given(env, 'TEMPORAL_ADDRESS'),
    temporalNamespace: config.temporalNamespace,
  };
}

/** Environment of api, worker and pager. */
export function appEnvironment(
  env: NodeJS.ProcessEnv,
  settings: Settings,
  databaseUrl: string,
  temporalAddress: string,
  isPractice: boolean,
): NodeJS.ProcessEnv {
  return {
    ...(settings.temporalAddress === null ? withoutTemporal(env, settings.dataDir) : env),
    NODE_ENV: env['NODE_ENV'] ?? 'production',
    // glibc gives every thread an arena of its own and keeps freed memory there; the worker has many threads.
    MALLOC_ARENA_MAX: env['MALLOC_ARENA_MAX'] ?? '2',
    DATABASE_URL: databaseUrl,
    DATABASE_OWNER_URL: undefined,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_NAMESPACE: settings.temporalNamespace,
    TOCSIN_SECRET_KEY: settings.secretKey,
    TOCSIN_ADMIN_TOKEN: settings.adminToken,
    TOCSIN_URL: settings.publicUrl,
    PORT: String(settings.apiPort),
    TOCSIN_WORKER_PORT: String(settings.workerPort),
    TOCSIN_PAGER_PORT: String(settings.pagerPort),
    TOCSIN_PRACTICE: isPractice ? '1' : '0',
  };
}

/**
 * Removes secrets that a process does not need: secrets of runbooks from the api, the admin token from the worker.
 * The pager keeps both, because its auditor looks for them in the record.
 */
export function ownSecrets(app: 'api' | 'worker' | 'pager', env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const useless: string[] = {
    api: secretVariables(env).flatMap((name) => [name, `${name}${HOSTS_SUFFIX}`]),
    worker: ['TOCSIN_ADMIN_TOKEN'],
    pager: [],
  }[app];
  return Object.fromEntries(Object.entries(env).filter(([name]) => !useless.includes(name)));
}

/** A profile, key or certificate for another server would be sent to the embedded one, which would refuse it. */
function withoutTemporal(env: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  // A file that does not exist: without this the SDK would look for one in the home folder.
  return { ...Object.fromEntries(kept), TEMPORAL_CONFIG_FILE: join(dataDir, 'temporal-profile.toml') };
}

function makeDataDir(folder: string): string {
  try {
    mkdirSync(resolve(folder), { recursive: true, mode: 0o700 });
    return realpathSync(resolve(folder));
  } catch (cause) {
    throw new Error(
      `The data folder ${folder} cannot be made; name another: npm start -- --data-dir /srv/tocsin`,
      {
        cause,
      },
    );
  }
}

/**
 * The api of a killed supervisor still listens there and is ended before the new one starts: every sent link names
 * this port. If that supervisor lives, the folder's lock refuses this start.
 */
function isLeftBehind({ ports, processes }: Partial<EmbeddedState>, port: number): boolean {
  const api = processes?.['api'];
  return ports?.['api'] === port && api !== undefined && isRunning(api);
}

async function chooseApiPort(
  env: NodeJS.ProcessEnv,
  wanted: number,
  host: string,
  say: (text: string) => void,
): Promise<number> {
  if (given(env, 'PORT') === null) {
    const port = await nextFreePort(wanted, host);
    if (port !== wanted) say(`port ${wanted} is taken; ${port} is used`);
    return port;
  }
  if (await isPortFree(wanted, host)) return wanted;
  throw new Error(
    `PORT: ${wanted} is taken on ${host}; stop what listens there or name another, for example PORT=8080`,
  );
}

/** Password of the role of api, worker and pager; the file grants that role alone. */
export function keepAppPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres.app-password');
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Every link and signature depends on this key: losing the file ends all sent links. */
function keepSecretKey(dataDir: string): string {
  const file = join(dataDir, 'secret.key');
  if (!existsSync(file)) writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 });
  const key = readFileSync(file, 'utf8').trim();
  if (key.length < 32) throw new Error(`${file} holds fewer than 32 characters; restore it from a backup`);
  return key;
}

function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

function given(env: NodeJS.ProcessEnv, name: string): string | null {
  const value = env[name]?.trim() ?? '';
  return value === '' ? null : value;
}
