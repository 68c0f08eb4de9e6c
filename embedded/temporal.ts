/**
 * The Temporal dev server as a child: loopback only, no web UI, state in one SQLite file. The settings follow
 * docs/performance.md, Server limits: the stock limits cap a dev server at about 120 incidents a second whatever
 * the machine, and fire short timers up to a second late. The server authorises every client (ADR 27), so unused
 * features are off.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Backoff } from './backoff.js';
import { startChild, type Child, type ChildEvent } from './child.js';
import { freePort } from './ports.js';
import { hasNamespace } from './namespace-probe.js';
import { findTemporalCli } from './temporal-cli.js';

export type TemporalOptions = {
  /** Default: `findTemporalCli()`. */
  executable?: string;
  /** Used when free; otherwise any free port. */
  port?: number;
  /** State file; null keeps the state in memory, gone with the process. */
  dbFile: string | null;
  /** Created at the start, besides `default`. */
  namespaces?: readonly string[];
  /** `{name: 'Keyword'}`; registered in every namespace. */
  searchAttributes?: Readonly<
    Record<string, 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList'>
  >;
  /** false: the stock limits, for benchmarks that publish both. */
  isTuned?: boolean;
  /** Additional dynamic configuration; tests set limits that a run would otherwise reach after hours. */
  settings?: Readonly<Record<string, number | string | boolean>>;
  restart?: Backoff | null;
  /** Default null: the output is discarded. */
  logFile?: string | null;
  onLine?: (line: string) => void;
  onEvent?: (event: ChildEvent) => void;
  signal?: AbortSignal;
};

export type RunningTemporal = {
  /** `127.0.0.1:<port>`, for `TEMPORAL_ADDRESS`. */
  readonly address: string;
  readonly port: number;
  readonly pid: number | null;
  readonly restarts: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
};

const limit = 100_000;
const tuned: Readonly<Record<string, number | string>> = {
  'frontend.rps': limit,
  'frontend.namespaceRPS': limit,
  'frontend.namespaceRPS.visibility': limit,
  'frontend.namespaceCount': limit,
  'history.rps': limit,
  'matching.rps': limit,
  'frontend.persistenceMaxQPS': limit,
  'history.persistenceMaxQPS': limit,
  'matching.persistenceMaxQPS': limit,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
  'history.timerProcessorMaxTimeShift': '100ms',
  'history.timerProcessorMaxPollRPS': 200,
  'history.transferProcessorMaxPollRPS': 200,
  'history.visibilityProcessorMaxPollRPS': 200,
};

/**
 * The dev server cannot disable its HTTP API (CLI 1.9.1 gives it a random port): without an allowed host it answers
 * 403 to every request, so that no page in a browser can post to it. Activities without a workflow are not used.
 */
const shut: Readonly<Record<string, readonly string[] | boolean>> = {
  'frontend.httpAllowedHosts': [],
  'activity.enableStandalone': false,
};

/** Starts the server and resolves when every namespace exists. */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const port = await freePort(options.port);
  const namespaces = [...new Set(['default', ...(options.namespaces ?? [])])];
  if (options.dbFile !== null) mkdirSync(dirname(options.dbFile), { recursive: true, mode: 0o700 });
  const child = await startChild(
    {
      name: 'temporal',
      command: options.executable ?? findTemporalCli(),
      args: serverArgs(options, port, namespaces),
      // Client variables (TEMPORAL_ADDRESS, a profile file) must not reach the server.
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      logFile: options.logFile ?? null,
      onLine: options.onLine,
      isReady: async () => {
        const answers = namespaces.map((name) => hasNamespace(`127.0.0.1:${port}`, name));
        return (await Promise.all(answers)).every(Boolean);
      },
      readyTimeoutMs: 60_000,
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 10_000,
      restart: options.restart ?? null,
      signal: options.signal,
    },
    options.onEvent,
  );
  return runningTemporal(child, port);
}

function runningTemporal(child: Child, port: number): RunningTemporal {
  return {
    address: `127.0.0.1:${port}`,
    port,
    get pid() {
      return child.pid;
    },
    get restarts() {
      return child.restarts;
    },
    stop: () => child.stop(),
    kill: () => child.kill(),
  };
}

function serverArgs(
  { dbFile, searchAttributes = {}, isTuned = true, settings = {} }: TemporalOptions,
  port: number,
  namespaces: readonly string[],
): string[] {
  return [
    'server',
    'start-dev',
    '--headless',
    '--ip=127.0.0.1',
    `--port=${port}`,
    '--log-level=warn',
    ...namespaces.flatMap((name) => ['--namespace', name]),
    ...(dbFile === null ? [] : ['--db-filename', dbFile, '--sqlite-pragma', 'journal_mode=WAL']),
    ...Object.entries(searchAttributes).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries({ ...shut, ...(isTuned ? tuned : {}), ...settings }).flatMap(([key, value]) => [
      '--dynamic-config-value',
      `${key}=${JSON.stringify(value)}`,
    ]),
  ];
}
