/**
 * One reader for all live streams of this process: woken by NOTIFY, it reads what has settled and hands it to every stream that
 * keeps up. A stream that is behind (it resumed, or its client is slow) reads for itself, a page at a time and only as fast as
 * its client takes it, until it has caught up: no history is ever collected in memory.
 */
import type { Logger } from '../../config/logger.js';
import { type Change, type ChangeFeed, isFullRead } from '../../db/change-feed.js';

const POLL_MS = 5_000;
const UNSETTLED_MS = 50;
/** Behind this many, lists are asked for sooner than every change since. */
const BEHIND_MAX = 10_000;

export interface Subscriber {
  /** False: more than its client has taken already; `drained` says when to go on. */
  send(change: Change): boolean;
  /** Resolves when the client has taken what was sent, or has gone. */
  drained(): Promise<void>;
}

interface Stream {
  subscriber: Subscriber;
  /** The last change that it was sent, or will never be. */
  last: number;
  keepsUp: boolean;
  ended: boolean;
}

/** The position is older than a stream goes back. */
export class PositionTooOld extends Error {
  override readonly name = 'PositionTooOld';
}

export class LiveEvents {
  private readonly streams = new Set<Stream>();
  private position: number | null = null;
  private timer: NodeJS.Timeout | undefined;
  private reading: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly feed: ChangeFeed,
    private readonly logger: Logger,
    private readonly behindMax: number = BEHIND_MAX,
  ) {}

  /** Something may have happened. */
  wake(): void {
    if (this.streams.size === 0) return;
    this.again = true;
    this.reading ??= this.run().finally(() => {
      this.reading = null;
      if (this.again) this.wake();
    });
  }

  /**
   * Everything behind `after` (null: from now on), in order, without a gap between what was missed and what comes. Nothing is
   * sent before this has answered; the answer says how to begin, and how to stop.
   */
  async subscribe(
    after: number | null,
    subscriber: Subscriber,
  ): Promise<{ begin: () => void; stop: () => void }> {
    const upTo = await this.feed.now();
    if (after !== null && upTo - after > this.behindMax) throw new PositionTooOld();
    // A position ahead of us is one of another database (a backup was put back): from now on.
    const last = Math.min(after ?? upTo, upTo);
    const stream: Stream = { subscriber, last, keepsUp: false, ended: false };
    return {
      begin: () => {
        if (stream.ended) return;
        this.position ??= upTo;
        this.streams.add(stream);
        void this.catchUp(stream);
        this.wake();
      },
      stop: () => {
        stream.ended = true;
        this.streams.delete(stream);
        if (this.streams.size > 0) return;
        clearTimeout(this.timer);
        this.position = null;
      },
    };
  }

  stop(): void {
    clearTimeout(this.timer);
    for (const stream of this.streams) stream.ended = true;
    this.streams.clear();
  }

  /** Reads for one stream until it is where the reader of all is; from then on that one feeds it. */
  private async catchUp(stream: Stream): Promise<void> {
    try {
      for (;;) {
        await stream.subscriber.drained();
        const upTo = this.position;
        if (stream.ended || upTo === null) return;
        if (stream.last >= upTo) break;
        const missed = await this.feed.read(stream.last, upTo);
        for (const change of missed) this.send(stream, change);
        if (!isFullRead(missed)) stream.last = Math.max(stream.last, upTo);
      }
      stream.keepsUp = true;
    } catch (error) {
      this.logger.warn({ err: error }, 'a live stream waits for the database');
      setTimeout(() => void this.catchUp(stream), POLL_MS).unref();
    }
  }

  private send(stream: Stream, change: Change): boolean {
    if (stream.ended || change.id <= stream.last) return true;
    stream.last = change.id;
    return stream.subscriber.send(change);
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
          for (const stream of this.streams) {
            if (!stream.keepsUp || this.send(stream, change)) continue;
            stream.keepsUp = false;
            void this.catchUp(stream);
          }
        }
        full = isFullRead(changes);
      }
      this.position = Math.max(this.position, upTo);
    } catch (error) {
      this.logger.warn({ err: error }, 'live events wait for the database');
    }
    if (this.streams.size > 0) this.timer = setTimeout(() => this.wake(), waitMs);
  }
}
