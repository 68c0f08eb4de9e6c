/**
 * Trigger of due work: polls the record for deadlines and has them acted on at once, because workflow timers fire one after the
 * other through the server's queues, which takes seconds in a burst. The workflow stays the guard: its own timer fires as well
 * and finds the work done (docs/adr/0006). Several workers may poll; the record lets one of them act.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Querying } from '../db/connection/querying.js';
import type { DueWorkRunner } from './run-due-work.js';

/** A deadline that is set and passes within this time is left to the workflow's timer. */
const LOOK_MS = 1_000;
const AT_ONCE = 16;
const BATCH = 200;
/** A deadline that is later than this is left to the workflow and the pager. */
const LOST_SENDER = '30 seconds';

export interface DeadlineWatchParts {
  db: Querying;
  dueWork: Pick<DueWorkRunner, 'lookAt'>;
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

  /** Acts on passed deadlines, each once; returns the ms until the next look. */
  private async turn(met: Map<string, string>): Promise<number> {
    const rows: { id: string; deadline: string; left_ms: number }[] = await this.parts.db.query(
      `SELECT id, next_deadline::text AS deadline,
              (extract(epoch FROM next_deadline - tocsin_now()) * 1000)::float8 AS left_ms
         FROM incident WHERE next_deadline BETWEEN tocsin_now() - $1::interval AND tocsin_now() + $2::int * interval '1 millisecond'
        ORDER BY next_deadline LIMIT $3`,
      [LOST_SENDER, LOOK_MS, BATCH],
    );
    const listed = new Map(rows.map((row) => [row.id, row.deadline]));
    for (const [id, deadline] of met) if (listed.get(id) !== deadline) met.delete(id);
    const due = rows.filter((row) => row.left_ms <= 0 && met.get(row.id) !== row.deadline);
    const coming = rows.find((row) => row.left_ms > 0);
    await this.onDeadlines(
      due.map(({ id, deadline }) => ({ id, deadline })),
      met,
    );
    // A full batch hides the rows behind it.
    if (due.length > 0 || rows.length === BATCH) return 0;
    return coming === undefined ? LOOK_MS : Math.ceil(coming.left_ms);
  }

  private async onDeadlines(
    due: { id: string; deadline: string }[],
    met: Map<string, string>,
  ): Promise<void> {
    const waiting = due.values();
    const take = async (): Promise<void> => {
      for (const { id, deadline } of waiting) {
        if (this.stopping.signal.aborted) return;
        met.set(id, deadline);
        await this.parts.dueWork.lookAt(id).catch((error: unknown) => this.parts.onError(error));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, take));
  }
}
