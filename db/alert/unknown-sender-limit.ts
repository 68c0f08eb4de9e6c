/**
 * Rate limit for storing requests from unknown senders, per second and per hour: neither a burst nor a steady flood
 * may fill the database. The hourly limit at 2 KiB each is some 50 MB a day.
 */
export class UnknownSenderLimit {
  private readonly second: Window;
  private readonly hour: Window;

  constructor(
    { perSecond = 20, perHour = 1_000 }: { perSecond?: number; perHour?: number } = {},
    private readonly now: () => number = Date.now,
  ) {
    this.second = new Window(1_000, perSecond);
    this.hour = new Window(3_600_000, perHour);
  }

  mayKeep(): boolean {
    const now = this.now();
    // A request refused by the limit per second does not count towards the hour.
    return this.second.take(now) && this.hour.take(now);
  }
}

class Window {
  private current = 0;
  private taken = 0;

  constructor(
    private readonly lengthMs: number,
    private readonly most: number,
  ) {}

  take(now: number): boolean {
    const window = Math.floor(now / this.lengthMs);
    if (window !== this.current) {
      this.current = window;
      this.taken = 0;
    }
    this.taken += 1;
    return this.taken <= this.most;
  }
}
