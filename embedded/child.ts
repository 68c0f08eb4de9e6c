/**
 * Keeps one child process alive: starts it, waits until it is ready, restarts it with back-off when it dies, stops it
 * by a signal, and by SIGKILL when the signal has no effect.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs, type Backoff } from './backoff.js';
import { openLog } from './child-log.js';
import { guardAgainstOrphaning } from './orphan-guard.js';
import { identityOf, type ProcessIdentity } from './process-identity.js';

export type ChildSpec = {
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  uid?: number;
  gid?: number;
  /** File to which its output is appended; null discards the output. */
  logFile: string | null;
  /** Gets every line of output as well, for `--verbose`. */
  onLine?: (line: string) => void;
  /** Runs before every start, restarts included. */
  prepare?: () => Promise<void>;
  /** Polled about every 50 ms until true. */
  isReady: () => Promise<boolean>;
  readyTimeoutMs: number;
  stopSignal: 'SIGTERM' | 'SIGINT';
  stopTimeoutMs: number;
  /** null: a dead child is not restarted. */
  restart: Backoff | null;
  /** Aborts a start that is not ready yet; afterwards use `stop`. */
  signal?: AbortSignal;
};

export type ChildEvent =
  | { kind: 'started'; name: string; identity: ProcessIdentity; restarts: number }
  | { kind: 'ready'; name: string; tookMs: number; restarts: number }
  | { kind: 'died'; name: string; how: string; delayMs: number | null };

export type Child = {
  readonly name: string;
  /** Pid of the running process; null between two runs and after the end. */
  readonly pid: number | null;
  readonly restarts: number;
  /** Stops the child and its restarts; safe to call twice. */
  stop(): Promise<void>;
  /** Kills the child and its restarts at once. */
  kill(): Promise<void>;
};

/**
 * Safety net: a process that exits without stopping its children (a failed test set-up, a bug) still signals them.
 * They are detached and would live on; waiting is no longer possible.
 */
const alive = new Map<ChildProcess, NodeJS.Signals>();
process.once('exit', () => {
  for (const [running, signal] of alive) running.kill(signal);
});

/** After this long alive the next death counts as the first. */
const settledMs = 30_000;

/** Starts the child and resolves when it is ready for the first time; otherwise throws with the end of its log. */
export async function startChild(
  spec: ChildSpec,
  onEvent: (event: ChildEvent) => void = () => {},
): Promise<Child> {
  const life: Life = { process: null, restarts: 0, isStopping: false, stopping: new AbortController() };
  const giveUp = (): void => {
    life.isStopping = true;
  };
  spec.signal?.addEventListener('abort', giveUp);
  if (spec.signal?.aborted === true) giveUp();
  const child: Child = {
    name: spec.name,
    get pid() {
      return life.process?.pid ?? null;
    },
    get restarts() {
      return life.restarts;
    },
    async stop() {
      life.isStopping = true;
      life.stopping.abort();
      if (life.process !== null) await endProcess(life.process, spec.stopSignal, spec.stopTimeoutMs);
    },
    async kill() {
      life.isStopping = true;
      life.stopping.abort();
      if (life.process === null || hasEnded(life.process)) return;
      const ended = endOf(life.process);
      signalGroup(life.process, 'SIGKILL');
      await ended;
    },
  };
  try {
    await begin(spec, life, onEvent);
  } finally {
    spec.signal?.removeEventListener('abort', giveUp);
  }
  void keepAlive(spec, life, onEvent);
  return child;
}

type Life = {
  process: ChildProcess | null;
  restarts: number;
  isStopping: boolean;
  stopping: AbortController;
};

/** One start, until ready. When this throws, the process is gone. */
async function begin(spec: ChildSpec, life: Life, onEvent: (event: ChildEvent) => void): Promise<void> {
  const startedMs = performance.now();
  await spec.prepare?.();
  if (life.isStopping) throw new Error(`${spec.name} was stopped while it started`);
  const log = openLog(spec.logFile, spec.onLine);
  const running = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env,
    uid: spec.uid,
    gid: spec.gid,
    stdio: ['ignore', log.stdio, log.stdio],
    // A process group of its own: Ctrl-C on the terminal reaches the supervisor alone, which then stops the children
    // in order.
    detached: true,
  });
  const spawnFailure = new Promise<Error>((resolve) => running.on('error', resolve));
  log.follow(running);
  life.process = running;
  if (running.pid !== undefined) alive.set(running, spec.stopSignal);
  const guard =
    running.pid === undefined
      ? null
      : guardAgainstOrphaning(running.pid, spec.stopSignal, spec.stopTimeoutMs);
  running.once('exit', () => {
    guard?.release();
    alive.delete(running);
    if (life.process === running) life.process = null;
  });
  const identity = running.pid === undefined ? null : identityOf(running.pid);
  if (identity !== null) onEvent({ kind: 'started', name: spec.name, identity, restarts: life.restarts });
  const outcome = await Promise.race([
    ...(running.pid === undefined ? [] : [untilReady(spec, running, life)]),
    spawnFailure.then((error) => `could not be started: ${error.message}`),
  ]);
  if (outcome === 'ready') {
    const tookMs = Math.round(performance.now() - startedMs);
    onEvent({ kind: 'ready', name: spec.name, tookMs, restarts: life.restarts });
    return;
  }
  if (running.pid !== undefined) await endProcess(running, spec.stopSignal, spec.stopTimeoutMs);
  life.process = null;
  throw new Error(`${spec.name} ${outcome}${log.tail()}`);
}

async function untilReady(spec: ChildSpec, running: ChildProcess, life: Life): Promise<string> {
  const deadline = performance.now() + spec.readyTimeoutMs;
  while (performance.now() < deadline) {
    if (hasEnded(running)) return `ended (${howItEnded(running)}) before it was ready`;
    if (life.isStopping) return 'was stopped while it started';
    // Checked again after the answer: another process on the same port may have given it.
    if ((await spec.isReady().catch(() => false)) && !hasEnded(running)) return 'ready';
    await wait(50);
  }
  return `was not ready after ${spec.readyTimeoutMs / 1000} s`;
}

/** Waits for each death and restarts the child until it is stopped. */
async function keepAlive(spec: ChildSpec, life: Life, onEvent: (event: ChildEvent) => void): Promise<void> {
  let deaths = 0;
  let failure = 'it did not become ready again';
  while (!life.isStopping) {
    const running = life.process;
    const bornMs = performance.now();
    let how = failure;
    if (running !== null) {
      if (!hasEnded(running)) await endOf(running);
      how = howItEnded(running);
    }
    if (life.isStopping) return;
    deaths = performance.now() - bornMs > settledMs ? 1 : deaths + 1;
    const delayMs = spec.restart === null ? null : backoffMs(spec.restart, deaths, Math.random());
    onEvent({ kind: 'died', name: spec.name, how, delayMs });
    if (delayMs === null) return;
    await wait(delayMs, undefined, { signal: life.stopping.signal }).catch(() => {});
    if (life.isStopping) return;
    life.restarts += 1;
    // A failed start is one more death: the loop repeats without a running process and waits longer.
    await begin(spec, life, onEvent).catch((error: unknown) => {
      failure = error instanceof Error ? error.message : String(error);
    });
  }
}

async function endProcess(running: ChildProcess, signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
  if (hasEnded(running) || running.pid === undefined) return;
  const ended = endOf(running);
  running.kill(signal);
  const patience = new AbortController();
  const overdue = wait(timeoutMs, 'overdue', { signal: patience.signal }).catch(() => 'ended');
  if ((await Promise.race([ended, overdue])) === 'overdue') signalGroup(running, 'SIGKILL');
  await ended;
  patience.abort();
}

/** Signals the whole group: processes started by a child must not outlive it. */
function signalGroup(running: ChildProcess, signal: NodeJS.Signals): void {
  if (running.pid === undefined) return;
  try {
    process.kill(-running.pid, signal);
  } catch {
    running.kill(signal);
  }
}

/** Not `events.once`, which also throws for an unrelated 'error' event (a signal that was not delivered). */
function endOf(running: ChildProcess): Promise<void> {
  return new Promise((resolve) => running.once('exit', () => resolve()));
}

function hasEnded(running: ChildProcess): boolean {
  return running.exitCode !== null || running.signalCode !== null;
}

function howItEnded(running: ChildProcess): string {
  return running.signalCode ?? `exit code ${running.exitCode ?? 'unknown'}`;
}
