/** Unknown tokens and credentials of each client within a minute. Valid ones are not counted. */
const MINUTE_MS = 60_000;
/** Most clients remembered; an attacker with more addresses is not stopped by counting. */
const CLIENTS_MAX = 50_000;

export class Misses {
  /** In the order in which their minutes end. */
  private readonly byClient = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly most: number,
    private readonly now: () => number = Date.now,
  ) {}

  count(client: string): void {
    const own = this.current(client);
    if (own !== undefined) own.count += 1;
    else if (this.byClient.size < CLIENTS_MAX)
      this.byClient.set(client, { count: 1, until: this.now() + MINUTE_MS });
  }

  isOver(client: string): boolean {
    return (this.current(client)?.count ?? 0) >= this.most;
  }

  private current(client: string): { count: number; until: number } | undefined {
    for (const [known, { until }] of this.byClient) {
      if (until > this.now()) break;
      this.byClient.delete(known);
    }
    return this.byClient.get(client);
  }
}
