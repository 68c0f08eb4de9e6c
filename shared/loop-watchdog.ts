/**
 * Kills a process whose event loop is blocked: such a process looks alive to a check of its existence, but answers no
 * request. A separate thread watches, because nothing in the loop could; the parent restarts the process (the
 * supervisor of `npm start`, the restart policy of a container).
 */
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { writeSync } from 'node:fs';
import { builtModule } from './thread.js';

const TICK_MS = 1_000;

interface Watched {
  ticks: Int32Array;
  name: string;
  limitMs: number;
}

export interface LoopWatchdog {
  stop(): Promise<void>;
}

/** `limitMs`: null disables the watchdog. */
export async function watchLoop(name: string, limitMs: number | null): Promise<LoopWatchdog> {
  if (limitMs === null) return { stop: () => Promise.resolve() };
  const ticks = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(builtModule(import.meta.url, './loop-watchdog.js'), {
    workerData: { ticks, name, limitMs } satisfies Watched,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  // Without a listener, an error of this thread would end the process that it protects.
  worker.on('error', (error) => {
    const msg = `the watchdog of the event loop ended: ${error.message}`;
    writeSync(2, `${JSON.stringify({ level: 50, time: Date.now(), pid: process.pid, name, msg })}\n`);
  });
  await once(worker, 'online');
  worker.unref();
  const ticking = setInterval(() => Atomics.add(ticks, 0, 1), TICK_MS / 2).unref();
  return {
    async stop() {
      clearInterval(ticking);
      await worker.terminate();
    },
  };
}

/** Runs in the thread. Counts its own ticks instead of the clock: a machine that slept has not hung. */
function watch({ ticks, name, limitMs }: Watched): void {
  let [seen, since] = [-1, 0];
  setInterval(() => {
    const now = Atomics.load(ticks, 0);
    since = now === seen ? since + 1 : 0;
    seen = now;
    if (since * TICK_MS < limitMs) return;
    const msg = `the event loop has not turned for ${limitMs / 1000} s: this process answers nobody, and is ended`;
    writeSync(2, `${JSON.stringify({ level: 60, time: Date.now(), pid: process.pid, name, msg })}\n`);
    process.kill(process.pid, 'SIGKILL');
  }, TICK_MS);
}

if (!isMainThread && isWatched(workerData)) watch(workerData);

function isWatched(data: unknown): data is Watched {
  return typeof data === 'object' && data !== null && 'ticks' in data && 'limitMs' in data;
}
