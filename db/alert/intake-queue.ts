/**
 * Messages of each source that wait for a transaction. The next batch forms while the source's transactions run: a single message never
 * waits for others, and a flood shares transactions. Bounded by number, bytes and time; a sender that is refused is asked to retry.
 */
import { isDatabaseAway } from '../connection/database-away.js';
import { codeOf } from '../connection/retrying-transaction.js';
import { IngestBusy, type IngestSlots, type SlotLimits } from './ingest-slots.js';

/** Signals of one transaction. */
const SIGNALS_MAX = 500;
/** Bodies of one source that wait in memory. */
const BYTES_MAX = 32 * 1024 * 1024;

interface Size {
  signals: number;
  bytes: number;
  /** Shares its transaction with no other message. */
  isAlone: boolean;
}

export interface Taking<M, A> {
  /** Answers of the first messages, of one at least; the others are taken again. */
  take(messages: readonly M[]): Promise<A[]>;
  sizeOf(message: M): Size;
}

interface Waiting<M, A> {
  message: M;
  size: Size;
  since: number;
  done: (answer: A) => void;
  failed: (error: unknown) => void;
}

interface Line<M, A> {
  waiting: Waiting<M, A>[];
  bytes: number;
  /** A transaction of this source waits for its slot. */
  isCalled: boolean;
}

export class IntakeQueue<M, A> {
  private readonly lines = new Map<string, Line<M, A>>();

  constructor(
    private readonly slots: Pick<IngestSlots, 'run'>,
    private readonly limits: Pick<SlotLimits, 'waitingMax' | 'waitMs'>,
    private readonly taking: Taking<M, A>,
  ) {}

  add(source: string, message: M): Promise<A> {
    const line = this.lines.get(source) ?? { waiting: [], bytes: 0, isCalled: false };
    const size = this.taking.sizeOf(message);
    const isFull = line.waiting.length >= this.limits.waitingMax || line.bytes + size.bytes > BYTES_MAX;
    if (isFull && line.waiting.length > 0)
      return Promise.reject(new IngestBusy(`too much of ${source} waits already`));
    this.lines.set(source, line);
    return new Promise((done, failed) => {
      line.waiting.push({ message, size, since: performance.now(), done, failed });
      line.bytes += size.bytes;
      this.call(source, line);
    });
  }

  private call(source: string, line: Line<M, A>): void {
    const isIdle = line.waiting.length === 0 && !line.isCalled;
    if (isIdle && this.lines.get(source) === line) this.lines.delete(source);
    if (line.isCalled || line.waiting.length === 0) return;
    line.isCalled = true;
    const run = async (): Promise<void> => {
      line.isCalled = false;
      const batch = this.nextOf(line);
      this.call(source, line);
      await this.takeAll(batch, line);
    };
    this.slots.run(source, run).then(
      () => this.call(source, line),
      (error: unknown) => {
        // Its turn did not come in time.
        line.isCalled = false;
        this.refuseLate(line, error);
        this.call(source, line);
      },
    );
  }

  private nextOf(line: Line<M, A>): Waiting<M, A>[] {
    let [count, signals] = [0, 0];
    for (const { size } of line.waiting) {
      if (count > 0 && (size.isAlone || signals + size.signals > SIGNALS_MAX)) break;
      count += 1;
      signals += size.signals;
      if (size.isAlone) break;
    }
    const batch = line.waiting.splice(0, count);
    for (const { size } of batch) line.bytes -= size.bytes;
    return batch;
  }

  private refuseLate(line: Line<M, A>, error: unknown): void {
    const late = performance.now() - this.limits.waitMs / 4;
    const kept = line.waiting.filter(({ since }) => since > late);
    const refused = line.waiting.filter(({ since }) => since <= late);
    line.waiting = kept;
    for (const { size, failed } of refused) {
      line.bytes -= size.bytes;
      failed(error);
    }
  }

  /** A message whose values cannot be stored fails alone: a batch that failed is taken again in halves. */
  private async takeAll(batch: readonly Waiting<M, A>[], line: Line<M, A>): Promise<void> {
    if (batch.length === 0) return;
    try {
      const answers = await this.taking.take(batch.map(({ message }) => message));
      answers.forEach((answer, n) => batch[n]?.done(answer));
      const rest = batch.slice(Math.max(1, answers.length));
      line.waiting.unshift(...rest);
      for (const { size } of rest) line.bytes += size.bytes;
    } catch (error) {
      if (batch.length === 1 || isOfTheDatabase(error)) {
        for (const { failed } of batch) failed(error);
        return;
      }
      const half = Math.ceil(batch.length / 2);
      await this.takeAll(batch.slice(0, half), line);
      await this.takeAll(batch.slice(half), line);
    }
  }
}

/** No message is at fault, and its half would fail too: out of reach, too slow, out of space. */
const isOfTheDatabase = (error: unknown): boolean =>
  isDatabaseAway(error) || /^(08|40|53|55|57|58)/.test(codeOf(error) ?? '');
