/**
 * Of what strangers send, so much is kept in a second and in an hour: a flood must not fill the database, neither at once nor by
 * lasting. An hour's worth of 2 KiB each is some 50 MB a day.
 */
export class StrangerLimit {
  private readonly second: Spell;
  private readonly hour: Spell;

  constructor(
    { perSecond = 20, perHour = 1_000 }: { perSecond?: number; perHour?: number } = {},
    private readonly now: () => number = Date.now,
  ) {
    this.second = new Spell(1_000, perSecond);
    this.hour = new Spell(3_600_000, perHour);
  }

  mayKeep(): boolean {
    const now = this.now();
    // What the second refuses takes nothing of the hour.
    return this.second.take(now) && this.hour.take(now);
  }
}

class Spell {
  private current = 0;
  private taken = 0;

  constructor(
    private readonly lengthMs: number,
    private readonly most: number,
  ) {}

  take(now: number): boolean {
    const spell = Math.floor(now / this.lengthMs);
    if (spell !== this.current) {
      this.current = spell;
      this.taken = 0;
    }
    this.taken += 1;
    return this.taken <= this.most;
  }
}
