/** So many things under way at once and no more; what comes beyond them waits for its turn, in order. */
export class Places {
  private readonly underWay = new Set<Promise<void>>();
  private readonly waiting: (() => void)[] = [];
  private taken = 0;

  constructor(private readonly most: number) {}

  /** How many could begin at once. */
  get free(): number {
    return this.most - this.taken;
  }

  /** Settles as the work does. */
  run(work: () => Promise<void>): Promise<void> {
    const done = this.begin(work);
    const kept: Promise<void> = done.then(
      () => undefined,
      // Told to whoever asked for it.
      () => undefined,
    );
    this.underWay.add(kept);
    void kept.then(() => this.underWay.delete(kept));
    return done;
  }

  /** Resolves when a place is free and nobody waits for it. */
  async room(): Promise<void> {
    await this.take();
    this.giveBack();
  }

  /** Resolves when all that was begun or waits has ended. */
  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
  }

  private async begin(work: () => Promise<void>): Promise<void> {
    await this.take();
    try {
      await work();
    } finally {
      this.giveBack();
    }
  }

  private async take(): Promise<void> {
    if (this.taken < this.most) {
      this.taken += 1;
      return;
    }
    // Whoever gives a place back hands it over: nobody who comes in between can take it.
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private giveBack(): void {
    const next = this.waiting.shift();
    if (next === undefined) this.taken -= 1;
    else next();
  }
}
