/**
 * Ingest key → source document. Looked up by hash; a found source is cached for a second, so an alert storm costs few look-ups.
 */
import { tokenHash } from '../../shared/keys.js';
import type { Store } from '../../db/connection/store.js';
import type { ConfigDocument } from '../../domain/config/specs.js';

const KEPT_MS = 1_000;
const MOST_KEPT = 1_000;

export interface FormerKey {
  source: string;
  endedAt: string;
}

const hasShape = (key: string): boolean => /^[A-Za-z0-9_-]{16,128}$/.test(key);

export class SourceKeys {
  private readonly kept = new Map<string, { source: ConfigDocument<'Source'>; until: number }>();

  constructor(
    private readonly store: Pick<Store, 'dataSource' | 'snapshots'>,
    private readonly now: () => number = Date.now,
  ) {}

  async find(key: string): Promise<ConfigDocument<'Source'> | null> {
    // The shape is checked first: a scanner's guesses cost no query.
    if (!hasShape(key)) return null;
    const hash = tokenHash(key);
    const id = hash.toString('base64');
    const kept = this.kept.get(id);
    if (kept !== undefined && kept.until > this.now()) return kept.source;
    const { dataSource, snapshots } = this.store;
    const rows: { version: string; source: string | null }[] = await dataSource.query(
      'SELECT h.version + h.live AS version, k.source FROM config_head h LEFT JOIN source_key k ON k.hash = $1',
      [hash],
    );
    const row = rows[0];
    const name = row?.source ?? null;
    const source =
      name === null
        ? undefined
        : (await snapshots.at(dataSource, Number(row?.version ?? 0))).get('Source', name);
    if (source === undefined) return null;
    if (this.kept.size >= MOST_KEPT) this.kept.clear();
    this.kept.set(id, { source, until: this.now() + KEPT_MS });
    return source;
  }

  /** Source that had the key until it was deleted or got another one. For keys that `find` does not find. */
  async findFormer(key: string): Promise<FormerKey | null> {
    if (!hasShape(key)) return null;
    const rows: { source: string; ended_at: Date }[] = await this.store.dataSource.query(
      'SELECT source, ended_at FROM former_source_key WHERE hash = $1',
      [tokenHash(key)],
    );
    const [row] = rows;
    return row === undefined ? null : { source: row.source, endedAt: row.ended_at.toISOString() };
  }

  /** Called when the configuration has changed. */
  forget(): void {
    this.kept.clear();
  }
}
