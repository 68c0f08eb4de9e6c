/**
 * A real installation, started like `npm start -- --empty` on a data folder of its own that is removed afterwards.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildEvent } from '../../embedded/child.js';
import { freePort } from '../../embedded/ports.js';
import { prepareSettings } from '../../embedded/settings.js';
import type { EmbeddedState } from '../../embedded/state-file.js';
import { startSupervisor } from '../../embedded/supervisor.js';

const built = join(import.meta.dirname, '..', '..');
/** On the project's own disk: many systems keep the temporary folder in memory, where fsync costs nothing. */
const folders = join(built, '..', '.cache', 'bench');

export type Engine = {
  readonly state: EmbeddedState;
  /** Calls the api as admin; returns the parsed body. Throws on anything but 2xx. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  stop(): Promise<void>;
};

export async function startEngine(
  say: (text: string) => void,
  watch: (event: ChildEvent) => void = () => {},
): Promise<Engine> {
  mkdirSync(folders, { recursive: true });
  const dataDir = mkdtempSync(join(folders, 'data-'));
  const env = {
    ...ownEnvironment(process.env),
    PORT: String(await freePort()),
    // The sink listens on loopback, which egress refuses unless it is allowed.
    TOCSIN_EGRESS_ALLOW: '127.0.0.0/8,::1/128',
    TOCSIN_EGRESS_ALLOW_CONTACTS: '127.0.0.0/8,::1/128',
    TOCSIN_LOG_LEVEL: process.env['TOCSIN_LOG_LEVEL'] ?? 'warn',
  };
  const settings = await prepareSettings(env, dataDir, say);
  const giveUp = new AbortController();
  const starting = startSupervisor({
    settings,
    signal: giveUp.signal,
    env,
    appsDir: built,
    isPractice: false,
    say,
    onEvent: (event) => {
      watch(event);
      if (event.kind === 'died') say(`${event.name} died: ${event.how}; see ${dataDir}/logs`);
    },
  });
  // The children are in process groups of their own: without this they would outlive an interrupted benchmark.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      say('interrupted');
      giveUp.abort();
      void starting
        .then((running) => running.kill())
        .catch(() => undefined)
        .finally(() => {
          rmSync(dataDir, { recursive: true, force: true });
          process.exit(130);
        });
    });
  }
  const supervisor = await starting;
  return {
    state: supervisor.state,
    call: (method, path, body) => callApi(settings.apiUrl, settings.adminToken, method, path, body),
    async stop() {
      await supervisor.stop();
      if (process.env['BENCH_KEEP'] === undefined) rmSync(dataDir, { recursive: true, force: true });
      else say(`kept: ${dataDir}`);
    },
  };
}

/** Removes the caller's own settings: the benchmark would fill the caller's database with its incidents. */
function ownEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const theirs = /^(TOCSIN_|TEMPORAL_(?!CLI$)|DATABASE_URL$|SMTP_URL$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !theirs.test(name)));
}

async function callApi<T>(
  apiUrl: string,
  adminToken: string,
  method: string,
  path: string,
  body: unknown,
): Promise<T> {
  const isText = typeof body === 'string';
  const response = await fetch(new URL(path, apiUrl), {
    method,
    headers: {
      authorization: `Bearer ${adminToken}`,
      ...(body === undefined ? {} : { 'content-type': isText ? 'text/yaml' : 'application/json' }),
    },
    ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as T;
}
