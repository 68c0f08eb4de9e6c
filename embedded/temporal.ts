/**
 * The Temporal dev server as a child: loopback only, no web UI, state in one SQLite file. The settings are those of
 * performance.md 3.1: the stock limits cap a dev server at about 120 incidents a second whatever the machine, and fire short
 * timers up to a second late. It authorises nobody (ADR 27), so what is not needed is off.
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
  /** Taken when free; any free one otherwise. */
  port?: number;
  /** The file its state is kept in; null keeps it in memory, gone with the process. */
  dbFile: string | null;
  /** Made at the start, beside `default`. */
  namespaces?: readonly string[];
  /** `{name: 'Keyword'}`; registered in every namespace. */
  searchAttributes?: Readonly<
    Record<string, 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList'>
  >;
  /** false: the stock limits, for benchmarks that publish both. */
  isTuned?: boolean;
  /** Dynamic configuration on top; tests set limits that a run would otherwise meet after hours. */
  settings?: Readonly<Record<string, number | string | boolean>>;
  restart?: Backoff | null;
  /** Default null: its output is thrown away. */
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
 * The dev server has no way to leave its HTTP API out (CLI 1.9.1 gives it a random port): with no host allowed it answers 403 to
 * whatever comes, so that no page in a browser can post to it. Activities without a workflow are nothing we use.
 */
const shut: Readonly<Record<string, readonly string[] | boolean>> = {
  'frontend.httpAllowedHosts': [],
  'activity.enableStandalone': false,
};

/** Starts it and resolves when every namespace is there. */
export async function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const port = await freePort(options.port);
  const namespaces = [...new Set(['default', ...(options.namespaces ?? [])])];
  if (options.dbFile !== null) mkdirSync(dirname(options.dbFile), { recursive: true, mode: 0o700 });
  const child = await startChild(
    {
      name: 'temporal',
      command: options.executable ?? findTemporalCli(),
      args: serverArgs(options, port, namespaces),
      // Its own variables (TEMPORAL_ADDRESS, a profile file) are for clients and must not reach the server.
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
