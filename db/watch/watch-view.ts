/** Watches as shown to people: where each stands, the past of its metric, and the alerts that it opened. */
import type { DataSource } from 'typeorm';
import type { ConfigSnapshot } from '../../domain/config/specs.js';
import type { Bucket } from '../../domain/watch/expected.js';
import type { WatchDocument } from '../../domain/watch/fold-watch.js';
import type { WatchState } from '../../domain/watch/watch-state.js';
import { watchSource } from '../../domain/watch/watched-facts.js';
import type { ConfigSnapshots } from '../config/config-snapshot.js';

const ALERTS_SHOWN = 20;

/** A document and what is remembered of it. Instants are epoch milliseconds. */
export interface WatchReading {
  document: WatchDocument;
  /** Null: never evaluated. */
  state: WatchState | null;
  /** When it is evaluated next; null: its row is not made yet. */
  nextAt: number | null;
}

export interface ValueSpan extends Bucket {
  low: number;
  high: number;
}

export interface WatchAlert {
  /** `band`, `no-data`, `not-judged`. */
  condition: string;
  status: 'open' | 'closed';
  title: string;
  /** Number of the incident; null: none was opened. */
  incident: string | null;
  firstAt: string;
  closedAt: string | null;
}

export class WatchView {
  constructor(
    private readonly dataSource: DataSource,
    private readonly snapshots: ConfigSnapshots,
  ) {}

  snapshot(): Promise<ConfigSnapshot> {
    return this.snapshots.latest(this.dataSource);
  }

  /** By name. */
  async list(snapshot: ConfigSnapshot, only?: readonly string[]): Promise<WatchReading[]> {
    const documents = snapshot.list('Watch').filter(({ name }) => only?.includes(name) ?? true);
    const rows: { name: string; state: WatchState | null; next_at: Date }[] = await this.dataSource.query(
      'SELECT name, state, next_at FROM watch_state WHERE name = ANY ($1)',
      [documents.map(({ name }) => name)],
    );
    const byName = new Map(rows.map((row) => [row.name, row]));
    return documents
      .map(({ name, revision, spec }) => {
        const row = byName.get(name);
        return {
          document: { name, revision, spec },
          state: row?.state ?? null,
          nextAt: row?.next_at.getTime() ?? null,
        };
      })
      .sort((a, b) => (a.document.name < b.document.name ? -1 : 1));
  }

  /** Oldest first. `width`: milliseconds. */
  async values(
    watch: string,
    { width, from, to }: { width: number; from: number; to: number },
  ): Promise<ValueSpan[]> {
    const rows: (Omit<ValueSpan, 'at'> & { at: Date })[] = await this.dataSource.query(
      `SELECT at, n, mean, m2, low, high FROM watch_bucket WHERE watch = $1 AND width = $2 AND at >= $3 AND at < $4 ORDER BY at`,
      [watch, width / 1000, new Date(from).toISOString(), new Date(to).toISOString()],
    );
    return rows.map((row) => ({ ...row, at: row.at.getTime() }));
  }

  /** Newest first. */
  async alerts(watch: string): Promise<WatchAlert[]> {
    const rows: (Omit<WatchAlert, 'firstAt' | 'closedAt'> & { firstAt: Date; closedAt: Date | null })[] =
      await this.dataSource.query(
        `SELECT a.dedup_key AS condition, a.status, coalesce(a.newest->>'title', a.title) AS title,
                'INC-' || i.number AS incident, a.first_at AS "firstAt", a.closed_at AS "closedAt"
           FROM alert a LEFT JOIN incident i ON i.id = a.incident_id
          WHERE a.source = $1 AND a.dedup_key = ANY ($2) ORDER BY a.first_at DESC LIMIT $3`,
        [watchSource(watch), ['band', 'no-data', 'not-judged'], ALERTS_SHOWN],
      );
    return rows.map((row) => ({
      ...row,
      firstAt: row.firstAt.toISOString(),
      closedAt: row.closedAt?.toISOString() ?? null,
    }));
  }
}
