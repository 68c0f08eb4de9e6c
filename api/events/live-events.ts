/**
 * One reader for all live streams of this process: on NOTIFY it reads the settled changes and sends them to every stream that
 * keeps up. A stream that is behind (it resumed, or its client is slow) reads for itself, one page at a time and as fast as its
 * client reads, until it has caught up: no history is collected in memory.
 */
import type { Logger } from '../../shared/logger.js';
import { type Change, type ChangeFeed, isFullRead } from '../../db/audit/change-feed.js';

const POLL_MS = 5_000;
const UNSETTLED_MS = 50;
/** A stream further behind than this is refused; its client should read the lists again. */
const BEHIND_MAX = 10_000;

export interface Subscriber {
  /** False: the client's buffer is full; `drained` says when to go on. */
  send(change: Change): boolean;
  /** Resolves when the client has read what was sent, or has gone. */
  drained(): Promise<void>;
}

interface Stream {
  subscriber: Subscriber;
  /** Last change that was sent, or that is never sent, to this stream. */
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

  /** Called on NOTIFY and by the poll. */
  wake(): void {
    if (this.streams.size === 0) return;
    this.again = true;
    this.reading ??= this.run().finally(() => {
      this.reading = null;
      if (this.again) this.wake();
    });
  }

  /**
   * All changes after `after` (null: from now on), in order and without a gap between missed and new ones. Nothing is sent before
   * the promise resolves; its result begins and stops the stream.
   */
  async subscribe(
    after: number | null,
    subscriber: Subscriber,
  ): Promise<{ begin: () => void; stop: () => void }> {
    const upTo = await this.feed.now();
    if (after !== null && upTo - after > this.behindMax) throw new PositionTooOld();
    // A position ahead of ours belongs to another database (a restored backup): start from now.
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

  /** Reads for one stream until it is at the position of the shared reader, which feeds it from then on. */
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
