/**
 * Parses inbound bodies: small ones directly, large ones in a worker thread, since the sender decides what a body costs. Sources
 * alternate in one thread; unknown senders have a separate thread, so that they delay no source.
 */
import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { builtModule, Thread } from '../../shared/thread.js';
import type { ReadSignal } from '../../domain/alert/complete-signal.js';
import type { ParseOutcome, SourceFormat, SourceHeaders } from '../../integrations/shared/alerts/format.js';
import type { ReadingAnswer, ReadingJob } from './reading-thread.js';

/** Largest body that is parsed directly; the most expensive one measured takes a third of a request's budget. */
export const READ_AT_ONCE = 64 * 1024;
/** Ten times the cost of the most expensive body of the largest size on an idle machine. */
const BUDGET_MS = 20_000;
/** Signals that are completed before the event loop runs other work. */
const CHUNK = 1_000;
/** Senders wait at least 10 s before they give up and retry. */
const WAIT_MS = 8_000;

export interface Body {
  format: SourceFormat;
  raw: Uint8Array;
  headers: SourceHeaders;
  keyInPath: boolean;
}

/** Sender whose large bodies are parsed one at a time. */
export interface BodyOwner {
  name: string;
  isKnown: boolean;
}

export class BodyReader {
  private readonly ofSources = readingThread(20);
  /** Limit of waiting bodies per unknown sender; small, because a waiting body is held in memory. */
  private readonly ofUnknownSenders = readingThread(4);

  /** Rejects with `TooManyJobs` when too many bodies wait, and with `OverBudget` when this one takes longer than any body may. */
  async read(owner: BodyOwner, { format, raw, headers, keyInPath }: Body): Promise<ParseOutcome> {
    const now = new Date().toISOString();
    if (raw.length <= READ_AT_ONCE) return format.parse(raw, headers, { now, newKey: randomUUID, keyInPath });
    const thread = owner.isKnown ? this.ofSources : this.ofUnknownSenders;
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
    await Promise.all([this.ofSources.close(), this.ofUnknownSenders.close()]);
  }
}

const readingThread = (waitingMax: number): Thread<ReadingJob, ReadingAnswer> =>
  new Thread({
    file: builtModule(import.meta.url, './reading-thread.js'),
    budgetMs: BUDGET_MS,
    waitMs: WAIT_MS,
    waitingMax,
  });

/** `map` that yields to the event loop between chunks. */
export async function mapInChunks<T, U>(items: readonly T[], map: (item: T) => U): Promise<U[]> {
  const mapped: U[] = [];
  for (let start = 0; start < items.length; start += CHUNK) {
    if (start > 0) await turn();
    for (const item of items.slice(start, start + CHUNK)) mapped.push(map(item));
  }
  return mapped;
}

/** The sender names the labels, so the object has no prototype: `constructor` is a label only when it was sent. */
const withOwnLabels = (signal: ReadSignal): ReadSignal => ({
  ...signal,
  labels: Object.assign(Object.create(null) as Record<string, string>, signal.labels),
});
