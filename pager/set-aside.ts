/**
 * What could not be done is left alone for a while, longer each time it fails: one that never can be done takes neither the time
 * nor the place of the others.
 */
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;
/** One that has not failed for so long after its rest has been done by somebody else. */
const FORGOTTEN_MS = 600_000;

export class SetAside {
  private readonly failures = new Map<string, { times: number; until: number }>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** For how long it is left alone, in ms. */
  failed(id: string): number {
    const times = (this.failures.get(id)?.times ?? 0) + 1;
    const restMs = Math.min(FIRST_REST_MS * 2 ** (times - 1), LONGEST_REST_MS);
    this.failures.set(id, { times, until: this.now() + restMs });
    return restMs;
  }

  worked(id: string): void {
    this.failures.delete(id);
  }

  /** What is to be left alone now. */
  resting(): string[] {
    const now = this.now();
    for (const [id, { until }] of this.failures) if (until < now - FORGOTTEN_MS) this.failures.delete(id);
    return [...this.failures].flatMap(([id, { until }]) => (until > now ? [id] : []));
  }
}
