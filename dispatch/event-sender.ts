/**
 * Sends events to subscriptions, separately from paging: a hanging receiver delays no page. An event's commit wakes
 * it by NOTIFY; a poll every few seconds finds retries and lost notifications.
 */
import { ConcurrencyLimit } from '../shared/concurrency-limit.js';
import { repeat } from '../shared/repeat.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';

export interface EventSenderOptions {
  /** Leases up to `limit` due rows. */
  take(limit: number): Promise<LeasedDelivery[]>;
  attempt(delivery: LeasedDelivery, timeoutMs: number): Promise<unknown>;
  onError(error: unknown): void;
}

const LOOK_EVERY_MS = 2_000;
/** The same timeout as PagerDuty's for webhook receivers. */
const TIMEOUT_MS = 5_000;
/** Attempts at once. */
const AT_ONCE = 20;

export class EventSender {
  private readonly places = new ConcurrencyLimit(AT_ONCE);
  private readonly looking: ReturnType<typeof repeat>;
  private stopped = false;

  constructor(private readonly options: EventSenderOptions) {
    this.looking = repeat(
      LOOK_EVERY_MS,
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
    await this.places.idle();
  }

  private async fill(): Promise<void> {
    if (this.places.free === 0 || this.stopped) return;
    for (const delivery of await this.options.take(this.places.free)) {
      void this.places
        .run(async () => void (await this.options.attempt(delivery, TIMEOUT_MS)))
        .catch((error: unknown) => this.options.onError(error))
        // A slot is free, and the next event of the same incident may be sent.
        .finally(() => {
          if (!this.stopped) this.wake();
        });
    }
  }
}
