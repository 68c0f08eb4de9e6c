/**
 * Sends events to subscriptions, apart from all paging: a receiver that hangs holds up nobody's page. Woken by the event's own
 * commit; a look every few seconds finds retries and what a lost notice left behind.
 */
import { Places } from '../config/places.js';
import { repeat } from '../config/repeat.js';
import type { LeasedDelivery } from '../domain/delivery/leased-delivery.js';

export interface EventSenderOptions {
  /** Leases what is due, at most so many. */
  take(limit: number): Promise<LeasedDelivery[]>;
  attempt(delivery: LeasedDelivery, timeoutMs: number): Promise<unknown>;
  onError(error: unknown): void;
}

const LOOK_EVERY_MS = 2_000;
/** As PagerDuty waits for a receiver. */
const TIMEOUT_MS = 5_000;
/** Attempts under way at once. */
const AT_ONCE = 20;

export class EventSender {
  private readonly places = new Places(AT_ONCE);
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
        // Its place is free, and the next event of the same incident may go.
        .finally(() => {
          if (!this.stopped) this.wake();
        });
    }
  }
}
