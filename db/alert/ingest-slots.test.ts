import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { IngestBusy, IngestSlots } from './ingest-slots.js';

const limits = { ofSource: 2, ofAll: 3, waitingMax: 5, waitMs: 1_000 };

/** Work items that end on request, and the list of those that run now. */
function bench(slots: IngestSlots) {
  const running: string[] = [];
  const ends = new Map<string, () => void>();
  const start = (source: string, id: string) =>
    slots.run(source, async () => {
      running.push(id);
      await new Promise<void>((resolve) => ends.set(id, resolve));
      running.splice(running.indexOf(id), 1);
      return id;
    });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const end = async (id: string): Promise<void> => {
    ends.get(id)?.();
    await settle();
  };
  return { running, start, end, settle };
}

describe('transactions of sources', () => {
  it('run two of each source and some of all at once, in turn by source', async () => {
    const { running, start, end, settle } = bench(new IngestSlots(limits));
    const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((id) => start(id.charAt(0), id));
    await settle();
    expect(running).toEqual(['a1', 'a2', 'b1']);
    await end('a1');
    expect(running).toEqual(['a2', 'b1', 'a3']);
    await end('a2');
    // The other sources come before the first source's fourth item.
    expect(running).toEqual(['b1', 'a3', 'b2']);
    await end('b1');
    expect(running).toEqual(['a3', 'b2', 'c1']);
    for (const id of ['a3', 'a4', 'b2', 'c1']) await end(id);
    expect(await Promise.all(all)).toEqual(['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1']);
  });

  it('that fail give their slot back', async () => {
    const slots = new IngestSlots({ ...limits, ofAll: 1 });
    const failing = slots.run('a', () => Promise.reject(new Error('away')));
    const next = slots.run('a', () => Promise.resolve('taken'));
    await expect(failing).rejects.toThrow('away');
    expect(await next).toBe('taken');
  });

  it('that would wait behind too many are refused at once, and those of other sources are not', async () => {
    const { start, end, settle } = bench(new IngestSlots({ ...limits, waitingMax: 1 }));
    const taken = ['a1', 'a2', 'a3'].map((id) => start('a', id));
    await settle();
    await expect(start('a', 'a4')).rejects.toThrow(IngestBusy);
    const other = start('b', 'b1');
    await settle();
    for (const id of ['b1', 'a1', 'a2', 'a3']) await end(id);
    expect(await Promise.all([...taken, other])).toEqual(['a1', 'a2', 'a3', 'b1']);
  });

  it('whose turn does not come in time are refused, and hold nobody up', async () => {
    jest.useFakeTimers();
    try {
      const { running, start, end, settle } = bench(new IngestSlots({ ...limits, ofSource: 1 }));
      const first = start('a', 'a1');
      const late = expect(start('a', 'a2')).rejects.toThrow('did not come within 1000 ms');
      await jest.advanceTimersByTimeAsync(1_000);
      await late;
      await end('a1');
      await settle();
      expect(running).toEqual([]);
      await first;
    } finally {
      jest.useRealTimers();
    }
  });

  it('in any order stay within the limits, and each is done', async () => {
    const jobs = fc.array(
      fc.record({ source: fc.constantFrom('a', 'b', 'c', 'd'), turns: fc.nat({ max: 4 }) }),
      {
        maxLength: 30,
      },
    );
    await fc.assert(
      fc.asyncProperty(jobs, async (wanted) => {
        const slots = new IngestSlots({ ...limits, waitingMax: 100 });
        const now = new Map<string, number>();
        const done = await Promise.all(
          wanted.map(({ source, turns }, n) =>
            slots.run(source, async () => {
              now.set(source, (now.get(source) ?? 0) + 1);
              expect(now.get(source)).toBeLessThanOrEqual(limits.ofSource);
              expect([...now.values()].reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(limits.ofAll);
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              now.set(source, (now.get(source) ?? 0) - 1);
              return n;
            }),
          ),
        );
        expect(done).toEqual(wanted.map((_, n) => n));
      }),
      { numRuns: 100 },
    );
  });
});
