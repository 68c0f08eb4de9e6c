/**
 * Back-off for failed work: rests longer after each failure, so that work that never succeeds delays nothing else.
 */
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;
/** An item that has not failed for this long after its rest was done by another process. */
const FORGOTTEN_MS = 600_000;

export class BackOff {
  private readonly failures = new Map<string, { times: number; until: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Records a failure; returns the rest in ms. */
  failed(id: string): number {
    const times = (this.failures.get(id)?.times ?? 0) + 1;
    const restMs = Math.min(FIRST_REST_MS * 2 ** (times - 1), LONGEST_REST_MS);
    this.failures.set(id, { times, until: this.now() + restMs });
    return restMs;
  }

  worked(id: string): void {
    this.failures.delete(id);
  }

  /** Ids that are resting now. */
  resting(): string[] {
    const now = this.now();
    for (const [id, { until }] of this.failures) if (until < now - FORGOTTEN_MS) this.failures.delete(id);
    return [...this.failures].flatMap(([id, { until }]) => (until > now ? [id] : []));
  }
}
