/** Limits the number of jobs at once; further jobs wait in order. */
export class ConcurrencyLimit {
  private readonly underWay = new Set<Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly most: number) {}

  /** Number of jobs that could begin at once. */
  get free(): number {
    return this.most - this.taken;
  }

  /** Settles as the job does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.begin(work);
    const kept: Promise<void> = done.then(
      () => undefined,
      // The caller of `run` gets the rejection.
      () => undefined,
    );
    this.underWay.add(kept);
    void kept.then(() => this.underWay.delete(kept));
    return done;
  }

  /** Resolves when a slot is free and no job waits for it. */
  async whenFree(): Promise<void> {
    await this.take();
    this.release();
  }

  /** Resolves when all running and waiting jobs have ended. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private async begin<T>(work: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      return await work();
    } finally {
      this.release();
    }
  }

  private async take(): Promise<void> {
    if (this.taken < this.most) {
      this.taken += 1;
      return;
    }
    // A finished job hands its slot to the first waiting one: a job that arrives in between cannot take it.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private release(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }
}
