/**
 * Audit entries in an order that never changes afterwards. An id is taken before its commit, so of two transactions
 * the later id may become visible first, and a reader that resumes after it would miss the other. The feed therefore
 * reads only up to the id before which nothing can still be committed; waiting for that usually takes no time.
 */
import { setTimeout } from 'node:timers/promises';
import type { DataSource } from 'typeorm';

export interface Change {
  /** Position; a reader resumes after it. */
  id: number;
  at: string;
  actor: string;
  action: string;
  /** `incident/<uuid>`, `config`, … */
  subject: string;
  data: unknown;
}

/** One observation: the newest visible id, and the first transaction that had not begun. */
interface Mark {
  top: number;
  nextTransaction: bigint;
  takenAt: number;
}

const MOST = 500;
/**
 * Transactions of this application take milliseconds; an endless foreign transaction in the same database must not
 * stop the stream.
 */
const LONGEST_WAIT_MS = 10_000;

export class ChangeFeed {
  private marks: Mark[] = [];
  private settledAt = 0;

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: () => number = Date.now,
  ) {}

  /** The newest position, once everything before it is final. */
  async now(): Promise<number> {
    for (;;) {
      const { upTo, isSettled } = await this.settle();
      if (isSettled) return upTo;
      await setTimeout(20);
    }
  }

  /**
   * Everything up to `upTo` is final. `isSettled` is false while a transaction may still add an entry before `top`.
   */
  async settle(): Promise<{ upTo: number; isSettled: boolean }> {
    const rows: { top: string; xmin: string; xmax: string }[] = await this.dataSource.query(
      `SELECT coalesce((SELECT max(id) FROM audit_entry), 0) AS top,
              pg_snapshot_xmin(pg_current_snapshot())::text AS xmin, pg_snapshot_xmax(pg_current_snapshot())::text AS xmax`,
    );
    const row = rows[0];
    if (row === undefined) return { upTo: this.settledAt, isSettled: true };
    const top = Number(row.top);
    if (top > (this.marks.at(-1)?.top ?? this.settledAt)) {
      this.marks.push({ top, nextTransaction: BigInt(row.xmax), takenAt: this.clock() });
    }
    const oldestRunning = BigInt(row.xmin);
    const waitedFor = this.clock() - LONGEST_WAIT_MS;
    const settled = this.marks.findLast(
      ({ nextTransaction, takenAt }) => nextTransaction <= oldestRunning || takenAt < waitedFor,
    );
    if (settled !== undefined) {
      this.settledAt = settled.top;
      this.marks = this.marks.filter((mark) => mark.top > settled.top);
    }
    return { upTo: this.settledAt, isSettled: this.marks.length === 0 };
  }

  /** Changes of incidents and of the configuration after `after` up to `upTo`, at most 500, in order. */
  async read(after: number, upTo: number): Promise<Change[]> {
    const rows: (Omit<Change, 'id' | 'at'> & { id: string; at: Date })[] = await this.dataSource.query(
      `SELECT id, at, actor, action, subject, data FROM audit_entry
        WHERE id > $1 AND id <= $2 AND (subject LIKE 'incident/%' OR subject = 'config') ORDER BY id LIMIT $3`,
      [after, upTo, MOST],
    );
    return rows.map((row) => ({ ...row, id: Number(row.id), at: row.at.toISOString() }));
  }
}

export const isFullRead = (changes: readonly Change[]): boolean => changes.length === MOST;
