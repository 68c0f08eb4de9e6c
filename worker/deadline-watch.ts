/**
 * Looks at the record for deadlines that have come, and does what is owed at once: the workflows' timers fire one after the
 * other through the server's queues, which in a burst takes seconds. The workflow stays the guard: its own timer fires all
 * the same and is told what has been done (ADR 0006). Several workers may look; the record lets one of them act.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

/** A deadline that is made and comes within this time is the workflow's timer's alone. */
const LOOK_MS = 1_000;
const AT_ONCE = 16;
const BATCH = 200;
/** What is late by more than this is not a deadline that has just come: the workflow and the pager are on it. */
const FORGOTTEN = '30 seconds';

export interface DeadlineWatchParts {
  dataSource: DataSource;
  /** Never rejects. */
  meet: (incidentId: string) => Promise<void>;
  onError: (error: unknown) => void;
}

export class DeadlineWatch {
  private readonly stopping = new AbortController();
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly parts: DeadlineWatchParts) {}

  start(): void {
    this.running = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async watch(): Promise<void> {
    const met = new Map<string, string>();
    while (!this.stopping.signal.aborted) {
      const leftMs = await this.turn(met).catch((error: unknown) => {
        this.parts.onError(error);
        return LOOK_MS;
      });
      await wait(leftMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  /** Meets what has come, each deadline once; answers for how long there is nothing to do. */
  private async turn(met: Map<string, string>): Promise<number> {
    const rows: { id: string; deadline: string; left_ms: number }[] = await this.parts.dataSource.query(
      `SELECT id, next_deadline::text AS deadline,
              (extract(epoch FROM next_deadline - tocsin_now()) * 1000)::float8 AS left_ms
         FROM incident WHERE next_deadline BETWEEN tocsin_now() - $1::interval AND tocsin_now() + $2::int * interval '1 millisecond'
        ORDER BY next_deadline LIMIT $3`,
      [FORGOTTEN, LOOK_MS, BATCH],
    );
    const listed = new Map(rows.map((row) => [row.id, row.deadline]));
    for (const [id, deadline] of met) if (listed.get(id) !== deadline) met.delete(id);
    const due = rows.filter((row) => row.left_ms <= 0 && met.get(row.id) !== row.deadline);
    const coming = rows.find((row) => row.left_ms > 0);
    await this.meetAll(
      due.map(({ id, deadline }) => ({ id, deadline })),
      met,
    );
    // A full page of rows hides what is behind it.
    if (due.length > 0 || rows.length === BATCH) return 0;
    return coming === undefined ? LOOK_MS : Math.ceil(coming.left_ms);
  }

  private async meetAll(due: { id: string; deadline: string }[], met: Map<string, string>): Promise<void> {
    const waiting = due.values();
    const take = async (): Promise<void> => {
      for (const { id, deadline } of waiting) {
        if (this.stopping.signal.aborted) return;
        met.set(id, deadline);
        await this.parts.meet(id);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, take));
  }
}
