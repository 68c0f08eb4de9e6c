/**
 * Ends a process whose event loop does not turn any more: such a process looks alive to whoever only asks whether it exists, and
 * answers nobody. A thread of its own watches, because nothing in the loop could; whoever started the process starts it again
 * (the supervisor of `npm start`, the restart policy of a container).
 */
import { once } from 'node:events';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { writeSync } from 'node:fs';
import { builtModule } from './thread.js';

const TURN_MS = 1_000;

interface Watched {
  turns: Int32Array;
  name: string;
  limitMs: number;
}

export interface LoopWatchdog {
  stop(): Promise<void>;
}

/** `limitMs`: null watches nothing. */
export async function watchLoop(name: string, limitMs: number | null): Promise<LoopWatchdog> {
  if (limitMs === null) return { stop: () => Promise.resolve() };
  const turns = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(builtModule(import.meta.url, './loop-watchdog.js'), {
    workerData: { turns, name, limitMs } satisfies Watched,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 },
  });
  await once(worker, 'online');
  worker.unref();
  const turning = setInterval(() => Atomics.add(turns, 0, 1), TURN_MS / 2).unref();
  return {
    async stop() {
      clearInterval(turning);
      await worker.terminate();
    },
  };
}

/** In the thread. Its own turns are counted, not the clock: a machine that slept has not hung. */
function watch({ turns, name, limitMs }: Watched): void {
  let [seen, since] = [-1, 0];
  setInterval(() => {
    const now = Atomics.load(turns, 0);
    since = now === seen ? since + 1 : 0;
    seen = now;
    if (since * TURN_MS < limitMs) return;
    const msg = `the event loop has not turned for ${limitMs / 1000} s: this process answers nobody, and is ended`;
    writeSync(2, `${JSON.stringify({ level: 60, time: Date.now(), pid: process.pid, name, msg })}\n`);
    process.kill(process.pid, 'SIGKILL');
  }, TURN_MS);
}

if (!isMainThread && isWatched(workerData)) watch(workerData);

function isWatched(data: unknown): data is Watched {
  return typeof data === 'object' && data !== null && 'turns' in data && 'limitMs' in data;
}
