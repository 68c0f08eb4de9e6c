import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { IngestBusy, IngestSlots } from './ingest-slots.js';
import { IntakeQueue } from './intake-queue.js';

const limits = { ofSource: 2, ofAll: 3, waitingMax: 5, waitMs: 1_000 };

/** Batches that end on request, in the order in which they began. */
function bench({ waitingMax = limits.waitingMax, bytes = 0, most = 100 } = {}) {
  const begun: { batch: string[]; end: (error?: unknown) => void }[] = [];
  const own = { ...limits, waitingMax };
  const queue = new IntakeQueue<string, string>(new IngestSlots(own), own, {
    take: (messages) =>
      new Promise((resolve, reject) => {
        const end = (error?: unknown): void =>
          error === undefined
            ? resolve(messages.slice(0, most).map((one) => one.toUpperCase()))
            : reject(error);
        begun.push({ batch: [...messages], end });
      }),
    sizeOf: (message) => ({ signals: 1, bytes, isAlone: message.startsWith('alone') }),
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  const batches = (): string[][] => begun.map(({ batch }) => batch);
  const end = async (n: number, error?: unknown): Promise<void> => {
    begun[n]?.end(error);
    await settle();
  };
  /** One after the other, so that the first of them do not share a transaction. */
  const addEach = async (...messages: string[]): Promise<Promise<string>[]> => {
    const answers: Promise<string>[] = [];
    for (const message of messages) {
      answers.push(queue.add('s', message));
      await settle();
    }
    return answers;
  };
  return { queue, batches, end, settle, addEach };
}

const broken = (): Error => Object.assign(new Error('invalid text'), { code: '22021' });

describe('messages of a source', () => {
  it('start at once while a transaction is free, and else share the next one', async () => {
    const { queue, batches, end, settle, addEach } = bench();
    const answers = await addEach('a', 'b');
    const later = Promise.all(['c', 'd', 'e'].map((one) => queue.add('s', one)));
    await settle();
    expect(batches()).toEqual([['a'], ['b']]);
    await end(0);
    expect(batches()).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
    await end(1);
    await end(2);
    expect([await Promise.all(answers), await later]).toEqual([
      ['A', 'B'],
      ['C', 'D', 'E'],
    ]);
  });

  it('that the transaction did not take are taken by the next one, before those that came later', async () => {
    const { queue, batches, end, settle } = bench({ most: 1 });
    const answers = Promise.all(['a', 'b', 'c'].map((one) => queue.add('s', one)));
    await settle();
    expect(batches()).toEqual([['a', 'b', 'c']]);
    const last = queue.add('s', 'd');
    await settle();
    await end(0);
    await end(1);
    expect(batches()).toEqual([['a', 'b', 'c'], ['d'], ['b', 'c']]);
    await end(2);
    await end(3);
    expect([await answers, await last]).toEqual([['A', 'B', 'C'], 'D']);
  });

  it('fail alone: the batch is taken again in halves', async () => {
    const { queue, batches, end, settle } = bench();
    const answers = ['a', 'b', 'bad', 'c'].map((one) => queue.add('s', one));
    const failing = expect(answers[2]).rejects.toThrow('invalid text');
    await settle();
    await end(0, broken());
    await end(1);
    await end(2, broken());
    await end(3, broken());
    await end(4);
    await failing;
    expect(batches()).toEqual([['a', 'b', 'bad', 'c'], ['a', 'b'], ['bad', 'c'], ['bad'], ['c']]);
    expect(await Promise.all([answers[0], answers[1], answers[3]])).toEqual(['A', 'B', 'C']);
  });

  it('fail together when the database is away, without a second attempt', async () => {
    const { queue, batches, end, settle } = bench();
    const answers = ['a', 'b'].map((one) =>
      expect(queue.add('s', one)).rejects.toThrow('Connection terminated'),
    );
    await settle();
    await end(0, new Error('Connection terminated unexpectedly'));
    await Promise.all(answers);
    expect(batches()).toHaveLength(1);
  });

  it('that end a group have a transaction of their own', async () => {
    const { queue, batches, end, settle } = bench();
    const all = Promise.all(['a', 'alone', 'b'].map((one) => queue.add('s', one)));
    await settle();
    expect(batches()).toEqual([['a'], ['alone']]);
    await end(0);
    expect(batches()[2]).toEqual(['b']);
    await end(1);
    await end(2);
    expect(await all).toEqual(['A', 'ALONE', 'B']);
  });

  it('are refused when too many or too large ones wait, and those of other sources are not', async () => {
    for (const { queue, end, settle, addEach } of [
      bench({ waitingMax: 1 }),
      bench({ bytes: 20 * 1024 * 1024 }),
    ]) {
      const running = await addEach('a', 'b');
      const waits = queue.add('s', 'c');
      await expect(queue.add('s', 'd')).rejects.toThrow(IngestBusy);
      const other = queue.add('t', 'e');
      await settle();
      for (const n of [0, 1, 2, 3]) await end(n);
      expect(await Promise.all([...running, waits, other])).toEqual(['A', 'B', 'C', 'E']);
    }
  });

  it('whose turn does not come in time are refused', async () => {
    jest.useFakeTimers();
    try {
      const { queue, end, addEach } = bench();
      const running = await addEach('a', 'b');
      const late = expect(queue.add('s', 'c')).rejects.toThrow('did not come within 1000 ms');
      await jest.advanceTimersByTimeAsync(1_000);
      await late;
      await end(0);
      await end(1);
      expect(await Promise.all(running)).toEqual(['A', 'B']);
    } finally {
      jest.useRealTimers();
    }
  });

  it('in any order and number are each answered once, with their own answer', async () => {
    const messages = fc.array(fc.record({ source: fc.constantFrom('s', 't'), bad: fc.boolean() }), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(messages, async (wanted) => {
        const own = { ...limits, waitingMax: 100 };
        const stored: number[] = [];
        const queue = new IntakeQueue<number, number>(new IngestSlots(own), own, {
          async take(batch) {
            await Promise.resolve();
            if (batch.some((n) => wanted[n]?.bad === true)) throw broken();
            const taken = batch.slice(0, 3);
            stored.push(...taken);
            return taken;
          },
          sizeOf: () => ({ signals: 1, bytes: 1, isAlone: false }),
        });
        const answers = await Promise.allSettled(wanted.map(({ source }, n) => queue.add(source, n)));
        expect(answers.map((one) => (one.status === 'fulfilled' ? one.value : 'bad'))).toEqual(
          wanted.map(({ bad }, n) => (bad ? 'bad' : n)),
        );
        expect(stored.toSorted((a, b) => a - b)).toEqual(wanted.flatMap(({ bad }, n) => (bad ? [] : [n])));
      }),
      { numRuns: 200 },
    );
  });
});
