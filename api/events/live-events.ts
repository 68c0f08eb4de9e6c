/**
 * One reader for all live streams of this process: woken by NOTIFY, it reads what has settled and hands it to every
 * subscriber in the same order. A slow poll is the safety net, a fast one waits for a transaction under way.
 */
import type { Logger } from '../../config/logger.js';
import { type Change, type ChangeFeed, isFullRead } from '../../db/change-feed.js';

const POLL_MS = 5_000;
const UNSETTLED_MS = 50;

export type Subscriber = (change: Change) => void;

export class LiveEvents {
  private readonly subscribers = new Set<Subscriber>();
  private position: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly feed: ChangeFeed,
    private readonly logger: Logger,
  ) {}

  /** Something may have happened. */
  wake(): void {
    if (this.subscribers.size === 0) return;
    this.again = true;
    this.reading ??= this.run().finally(() => {
      this.reading = null;
      if (this.again) this.wake();
    });
  }

  /**
   * Everything behind `after` (null: from now on), in order, without a gap between what was missed and what comes.
   * Returns how to stop.
   */
  async subscribe(after: number | null, subscriber: Subscriber): Promise<() => void> {
    const held: Change[] = [];
    let live = false;
    let last = after ?? 0;
    const pass = (change: Change): void => {
      if (change.id <= last) return;
      last = change.id;
      subscriber(change);
    };
    const gate: Subscriber = (change) => (live ? pass(change) : void held.push(change));
    this.subscribers.add(gate);
    try {
      const upTo = await this.feed.now();
      this.position ??= upTo;
      if (after === null) last = upTo;
      for (let full = last < upTo; full;) {
        const missed = await this.feed.read(last, upTo);
        missed.forEach(pass);
        full = isFullRead(missed);
      }
      held.forEach(pass);
      live = true;
    } catch (error) {
      this.subscribers.delete(gate);
      throw error;
    }
    this.wake();
    return () => {
      this.subscribers.delete(gate);
      if (this.subscribers.size === 0) {
        clearTimeout(this.timer);
        this.position = null;
      }
    };
  }

  stop(): void {
    clearTimeout(this.timer);
    this.subscribers.clear();
  }

  private async run(): Promise<void> {
    this.again = false;
    clearTimeout(this.timer);
    let waitMs = POLL_MS;
    try {
      const { upTo, isSettled } = await this.feed.settle();
      this.position ??= upTo;
      if (!isSettled) waitMs = UNSETTLED_MS;
      for (let full = true; full;) {
        const changes = await this.feed.read(this.position, upTo);
        for (const change of changes) {
          this.position = change.id;
          for (const subscriber of this.subscribers) subscriber(change);
        }
        full = isFullRead(changes);
      }
      this.position = Math.max(this.position, upTo);
    } catch (error) {
      this.logger.warn({ err: error }, 'live events wait for the database');
    }
    if (this.subscribers.size > 0) this.timer = setTimeout(() => this.wake(), waitMs);
  }
}
