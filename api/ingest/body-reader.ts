/**
 * Reads inbound bodies: small ones at once, large ones in a thread, since what a body costs is its sender's choice. Each source
 * has its turn, and strangers wait in a thread of their own, behind nobody but strangers.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { builtModule, Thread } from '../../config/thread.js';
import type { ReadSignal } from '../../domain/alert/complete-signal.js';
import type { ParseOutcome, SourceFormat, SourceHeaders } from '../../sources/format.js';
import type { ReadingAnswer, ReadingJob } from './reading-thread.js';

/** Read at once: the most that any body of this length was seen to cost is a third of what a request may. */
export const READ_AT_ONCE = 64 * 1024;
/** Ten times what the most expensive body of the largest size takes where nothing else runs. */
const BUDGET_MS = 20_000;
/** Signals that are made from what was read before others have their turn. */
const IN_A_TURN = 1_000;
/** Senders wait for 10 s and more before they give a request up and come again. */
const WAIT_MS = 8_000;

export interface Body {
  format: SourceFormat;
  raw: Uint8Array;
  headers: SourceHeaders;
  keyInPath: boolean;
}

/** Whose bodies are read one at a time. */
export interface BodyOwner {
  name: string;
  isKnown: boolean;
}

export class BodyReader {
  private readonly ofSources = readingThread(20);
  /** Each body of theirs is held in memory until its turn. */
  private readonly ofStrangers = readingThread(4);

  /** Fails with `TooManyJobs` when there is no time for it now, with `OverBudget` when it takes more than any body may. */
  async read(owner: BodyOwner, { format, raw, headers, keyInPath }: Body): Promise<ParseOutcome> {
    const now = new Date().toISOString();
    if (raw.length <= READ_AT_ONCE) return format.parse(raw, headers, { now, newKey: randomUUID, keyInPath });
    const thread = owner.isKnown ? this.ofSources : this.ofStrangers;
    const answer = await thread.run(owner.name, { format: format.name, raw, headers, now, keyInPath });
    if (answer.kind === 'rejected') return answer;
    const signals: ReadSignal[] = [];
    for (const text of answer.signals) {
      for (const signal of JSON.parse(text) as ReadSignal[]) signals.push(withOwnLabels(signal));
      await turn();
    }
    return { ...answer.about, signals };
  }

  async close(): Promise<void> {
    await Promise.all([this.ofSources.close(), this.ofStrangers.close()]);
  }
}

const readingThread = (waitingMax: number): Thread<ReadingJob, ReadingAnswer> =>
  new Thread({
    file: builtModule(import.meta.url, './reading-thread.js'),
    budgetMs: BUDGET_MS,
    waitMs: WAIT_MS,
    waitingMax,
  });

/** As `map`, with others answered in between. */
export async function mapInTurns<T, U>(items: readonly T[], map: (item: T) => U): Promise<U[]> {
  const mapped: U[] = [];
  for (let start = 0; start < items.length; start += IN_A_TURN) {
    if (start > 0) await turn();
    for (const item of items.slice(start, start + IN_A_TURN)) mapped.push(map(item));
  }
  return mapped;
}

/** The names of labels are the sender's: `constructor` is none unless it was sent. */
const withOwnLabels = (signal: ReadSignal): ReadSignal => ({
  ...signal,
  labels: Object.assign(Object.create(null) as Record<string, string>, signal.labels),
});
