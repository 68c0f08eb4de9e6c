/**
 * Slots for ingest transactions: a limit per source and one for all sources, so that a flood of one source leaves connections to
 * people and to the other sources. Sources alternate; a transaction that waited too long is refused with nothing stored, and its
 * sender is asked to retry.
 */
export interface SlotLimits {
  ofSource: number;
  ofAll: number;
  /** Waiting transactions of one source; a sender with more is asked to retry. */
  waitingMax: number;
  /** Shorter than the time that senders wait for a response. */
  waitMs: number;
}

/** Connections of a pool that sources leave to others. */
const RESERVED = 3;

export const slotLimits = (poolSize: number): SlotLimits => ({
  ofSource: 2,
  ofAll: Math.max(1, poolSize - RESERVED),
  waitingMax: 1_000,
  waitMs: 8_000,
});

export class IngestBusy extends Error {
  override readonly name = 'IngestBusy';
}

interface Source {
  running: number;
  waiting: Set<() => void>;
}

export class IngestSlots {
  /** Sources in rotation: a served source goes to the end. */
  private readonly sources = new Map<string, Source>();
  private running = 0;

  constructor(private readonly limits: SlotLimits) {}

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    await this.enter(name);
    try {
      return await work();
    } finally {
      this.leave(name);
    }
  }

  private enter(name: string): Promise<void> | void {
    const source = this.sources.get(name) ?? { running: 0, waiting: new Set() };
    this.sources.set(name, source);
    // No transaction is overtaken: while a slot is free, transactions wait only for the slots of their own source.
    if (this.isFree(source)) return this.take(source);
    if (source.waiting.size >= this.limits.waitingMax)
      throw new IngestBusy(`too much of ${name} waits already`);
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        clearTimeout(late);
        this.take(source);
        resolve();
      };
      const late = setTimeout(() => {
        source.waiting.delete(enter);
        reject(new IngestBusy(`the turn of ${name} did not come within ${this.limits.waitMs} ms`));
      }, this.limits.waitMs);
      source.waiting.add(enter);
    });
  }

  private leave(name: string): void {
    this.running -= 1;
    const own = this.sources.get(name);
    if (own !== undefined) {
      own.running -= 1;
      if (own.running === 0 && own.waiting.size === 0) this.sources.delete(name);
    }
    for (const [next, source] of this.sources) {
      const [enter] = source.waiting;
      if (enter === undefined || !this.isFree(source)) continue;
      source.waiting.delete(enter);
      this.sources.delete(next);
      this.sources.set(next, source);
      return enter();
    }
  }

  private take(source: Source): void {
    source.running += 1;
    this.running += 1;
  }

  private isFree(source: Source): boolean {
    return source.running < this.limits.ofSource && this.running < this.limits.ofAll;
  }
}
