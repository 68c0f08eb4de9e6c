/**
 * Runs jobs whose cost the sender chooses in a separate thread: the process keeps answering, and a job that exceeds
 * its budget is ended with the thread. One job at a time; owners alternate, so that one owner's jobs do not delay
 * another's. The thread starts with the first job and ends after a while without jobs.
 */
import { existsSync } from 'node:fs';
import { parentPort, Worker } from 'node:worker_threads';

export interface ThreadOptions {
  /** The built module that calls `answerJobs`. */
  file: URL;
  /** Maximum time of a job, without the start of its thread. */
  budgetMs: number;
  /** Maximum number of waiting jobs per owner. */
  waitingMax?: number;
  /** A job that waited longer is refused: its caller may have gone. */
  waitMs?: number;
  /** Idle time after which the thread ends. */
  idleMs?: number;
  /** Heap limit of the thread, in MiB. */
  memoryMax?: number;
}

/** The job exceeded its time budget or its memory. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget';
}

/** The owner has too many waiting jobs, or the job waited too long. */
export class TooManyJobs extends Error {
  override readonly name = 'TooManyJobs';
}

interface Waiting<Job, Result> {
  job: Job;
  since: number;
  resolve: (result: Result) => void;
  reject: (error: unknown) => void;
}

type Answer<Result> = { started: true } | { result: Result } | { error: string };

export class Thread<Job, Result> {
  /** Owners in rotation, each with its jobs in order. */
  private readonly waiting = new Map<string, Waiting<Job, Result>[]>();
  private worker: Worker | null = null;
  private isBusy = false;
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: ThreadOptions) {}

  run(owner: string, job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      const own = this.waiting.get(owner) ?? [];
      if (own.length >= (this.options.waitingMax ?? 20)) throw new TooManyJobs();
      own.push({ job, since: performance.now(), resolve, reject });
      this.waiting.set(owner, own);
      void this.work();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    // Detached first: a job that arrives while the thread ends gets a new thread.
    const { worker } = this;
    this.worker = null;
    await worker?.terminate();
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    clearTimeout(this.idle);
    for (let next = this.next(); next !== null; next = this.next()) {
      if (performance.now() - next.since > (this.options.waitMs ?? Infinity)) next.reject(new TooManyJobs());
      else await this.answer(next.job).then(next.resolve, next.reject);
    }
    this.isBusy = false;
    this.idle = setTimeout(() => void this.close(), this.options.idleMs ?? 60_000).unref();
  }

  /**
   * The first job of the owner that has waited longest; that owner's other jobs come after those of all other owners.
   */
  private next(): Waiting<Job, Result> | null {
    for (const [owner, jobs] of this.waiting) {
      const job = jobs.shift();
      this.waiting.delete(owner);
      if (jobs.length > 0) this.waiting.set(owner, jobs);
      if (job !== undefined) return job;
    }
    return null;
  }

  private async answer(job: Job): Promise<Result> {
    const { budgetMs } = this.options;
    const worker = (this.worker ??= this.start());
    let late: NodeJS.Timeout | undefined;
    const { promise, resolve, reject } = promiseOf<Result>();
    const onMessage = (answer: Answer<Result>): void => {
      if ('result' in answer) resolve(answer.result);
      else if ('error' in answer) reject(new Error(answer.error));
      else late = setTimeout(() => reject(new OverBudget()), budgetMs);
    };
    const onError = (error: NodeJS.ErrnoException): void => {
      this.worker = null;
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new OverBudget() : error);
    };
    const onExit = (): void => reject(new Error('the thread ended'));
    worker.ref();
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    try {
      worker.postMessage(job);
      return await promise;
    } catch (error) {
      if (error instanceof OverBudget) {
        this.worker = null;
        await worker.terminate();
      }
      throw error;
    } finally {
      clearTimeout(late);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
      worker.unref();
    }
  }

  private start(): Worker {
    const worker = new Worker(this.options.file, {
      resourceLimits: { maxOldGenerationSizeMb: this.options.memoryMax ?? 256 },
      // The thread only computes: no credential of the process may be readable there.
      env: {},
    });
    // A thread that ends between two jobs answers none, and the next job would wait for ever.
    worker.once('exit', () => {
      if (this.worker === worker) this.worker = null;
    });
    // A thread may run out of memory while it is being ended. Without a listener, the process would end with it.
    return worker.on('error', () => {});
  }
}

/** `Promise.withResolvers`, until the oldest supported Node has it. */
function promiseOf<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (error: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((onDone, onFailed) => {
    resolve = onDone;
    reject = onFailed;
  });
  return { promise, resolve, reject };
}

/** Runs in the thread: answers each job, one after the other. */
export function answerJobs<Job, Result>(work: (job: Job) => Result | Promise<Result>): void {
  const answer = async (job: Job): Promise<void> => {
    // The budget begins here: the first job waits for the thread's own start.
    parentPort?.postMessage({ started: true });
    try {
      parentPort?.postMessage({ result: await work(job) });
    } catch (error) {
      parentPort?.postMessage({ error: error instanceof Error ? error.message : String(error) });
    }
  };
  parentPort?.on('message', (job: Job) => void answer(job));
}

/** The built module next to `from`; for unbuilt sources (in tests) the one below `dist/`. */
export function builtModule(from: string, name: string): URL {
  const beside = new URL(name, from);
  if (existsSync(beside)) return beside;
  for (let root = new URL('.', from); root.pathname !== '/'; root = new URL('..', root)) {
    if (!existsSync(new URL('package.json', root))) continue;
    return new URL(`dist/${beside.href.slice(root.href.length)}`, root);
  }
  return beside;
}
