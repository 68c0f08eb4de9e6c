import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { builtModule, OverBudget, Thread, TooManyJobs } from './thread.js';

const folder = mkdtempSync(join(tmpdir(), 'tocsin-thread-'));
afterEach(() => thread.close());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Job = { do: 'say' | 'spin' | 'throw' | 'fill'; word?: string };
let thread: Thread<Job, string>;

function start(
  options: { budgetMs?: number; waitingMax?: number; waitMs?: number } = {},
): Thread<Job, string> {
  const file = join(folder, 'work.mjs');
  writeFileSync(
    file,
    `import { answerJobs } from ${JSON.stringify(builtModule(import.meta.url, './thread.js').href)};
     answerJobs((job) => {
       if (job.do === 'throw') throw new Error('no such word');
       if (job.do === 'spin') for (;;);
       if (job.do === 'fill') for (const all = []; ; ) all.push(new Array(100_000).fill(all.length));
       return job.word + process.env.PATH;
     });`,
  );
  thread = new Thread({ file: pathToFileURL(file), budgetMs: 30_000, memoryMax: 32, ...options });
  return thread;
}

describe('work in a thread', () => {
  it('answers, and holds nothing of the environment', async () => {
    expect(await start().run('ana', { do: 'say', word: 'hello ' })).toBe('hello undefined');
  });

  it('fails as its work does, and goes on', async () => {
    start();
    await expect(thread.run('ana', { do: 'throw' })).rejects.toThrow('no such word');
    expect(await thread.run('ana', { do: 'say', word: '' })).toBe('undefined');
  });

  it('that does not end is ended, and whoever waited is answered', async () => {
    start({ budgetMs: 300 });
    const endless = expect(thread.run('ana', { do: 'spin' })).rejects.toBeInstanceOf(OverBudget);
    const next = thread.run('bo', { do: 'say', word: 'b ' });
    await endless;
    expect(await next).toBe('b undefined');
  });

  it('that fills the memory is ended, and whoever waited is answered', async () => {
    start();
    const greedy = expect(thread.run('ana', { do: 'fill' })).rejects.toBeInstanceOf(OverBudget);
    const next = thread.run('bo', { do: 'say', word: 'b ' });
    await greedy;
    expect(await next).toBe('b undefined');
  });

  it('that fills the memory while it is being ended does not end the process', async () => {
    start({ budgetMs: 300 });
    const endless = thread.run('ana', { do: 'spin' });
    const worker: unknown = Reflect.get(thread, 'worker');
    if (!(worker instanceof Worker)) throw new Error('the job runs in no thread');
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      // As Node reports it; without a listener this is an uncaught exception.
      worker.emit('error', Object.assign(new Error('full'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }));
      return terminate();
    };
    await expect(endless).rejects.toBeInstanceOf(OverBudget);
    expect(await thread.run('ana', { do: 'say', word: 'a ' })).toBe('a undefined');
  });

  it('gets another thread when its own ended between two jobs', async () => {
    start();
    expect(await thread.run('ana', { do: 'say', word: 'a ' })).toBe('a undefined');
    const worker: unknown = Reflect.get(thread, 'worker');
    if (!(worker instanceof Worker)) throw new Error('there is no thread');
    await worker.terminate();
    expect(await thread.run('ana', { do: 'say', word: 'b ' })).toBe('b undefined');
  });

  it('is done in turn: one of each owner, however many somebody asks for', async () => {
    start();
    const order: string[] = [];
    const ask = async (owner: string, word: string): Promise<void> => {
      await thread.run(owner, { do: 'say', word });
      order.push(word);
    };
    await Promise.all([ask('ana', 'a1'), ask('ana', 'a2'), ask('ana', 'a3'), ask('bo', 'b1')]);
    expect(order).toEqual(['a1', 'a2', 'b1', 'a3']);
  });

  it('is refused to whoever has too much of it waiting', async () => {
    start({ waitingMax: 2 });
    const asked = ['1', '2', '3'].map((word) => thread.run('ana', { do: 'say', word }));
    await expect(thread.run('ana', { do: 'say', word: '4' })).rejects.toBeInstanceOf(TooManyJobs);
    expect(await Promise.all([...asked, thread.run('bo', { do: 'say', word: 'b' })])).toHaveLength(4);
  });

  it('is refused when its turn does not come in time', async () => {
    start({ budgetMs: 300, waitMs: 100 });
    const endless = expect(thread.run('ana', { do: 'spin' })).rejects.toBeInstanceOf(OverBudget);
    const late = expect(thread.run('bo', { do: 'say', word: 'b ' })).rejects.toBeInstanceOf(TooManyJobs);
    await Promise.all([endless, late]);
    expect(await thread.run('bo', { do: 'say', word: 'b ' })).toBe('b undefined');
  });
});
