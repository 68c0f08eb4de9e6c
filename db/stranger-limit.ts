/** Of what strangers send, so much is kept in a second: a flood must not fill the database. */
export class StrangerLimit {
  private second = 0;
  private kept = 0;

  constructor(
    private readonly perSecond = 20,
    private readonly now: () => number = Date.now,
  ) {}

  mayKeep(): boolean {
    const second = Math.floor(this.now() / 1000);
    if (second !== this.second) {
      this.second = second;
      this.kept = 0;
    }
    this.kept += 1;
    return this.kept <= this.perSecond;
  }
}
