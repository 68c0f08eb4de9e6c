/**
 * Sends from a queue of its own, beside paging, so that a hanging receiver delays no page: events to subscriptions, codes and test
 * pages. NOTIFY wakes it; a poll finds retries, what a rate limit has held, and lost notifications.
 */
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import { repeat } from '../shared/repeat.js';

export interface QueueSenderOptions<Leased> {
  lookEveryMs: number;
  /** Attempts at once. */
  atOnce: number;
  timeoutMs: number;
  /** Leases up to `limit` due rows. */
  take(limit: number): Promise<Leased[]>;
  /** Sends and records the outcome. After a failure the lease runs out, and the next attempt is marked as a possible repeat. */
  attempt(row: Leased, timeoutMs: number): Promise<unknown>;
  onError(error: unknown): void;
}

export class QueueSender<Leased> {
  private readonly attempts: ConcurrencyLimit;
  private readonly looking: ReturnType<typeof repeat>;
  private stopped = false;

  constructor(private readonly options: QueueSenderOptions<Leased>) {
    this.attempts = new ConcurrencyLimit(options.atOnce);
    this.looking = repeat(
      options.lookEveryMs,
      () => this.fill(),
      (error) => options.onError(error),
    );
  }

  wake(): void {
    this.looking.wake();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.looking.stop();
    await this.attempts.idle();
  }

  private async fill(): Promise<void> {
    if (this.attempts.free === 0 || this.stopped) return;
    for (const row of await this.options.take(this.attempts.free)) {
      void this.attempts
        .run(() => this.options.attempt(row, this.options.timeoutMs))
        .catch((error: unknown) => this.options.onError(error))
        // A slot is free, and the next row of the same receiver may be sent.
        .finally(() => {
          if (!this.stopped) this.wake();
        });
    }
  }
}
