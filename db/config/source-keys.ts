/** Ingest keys of sources: hashes, and those of former keys, so that a sender with an old key is told so. */
import { tokenHash } from '../../shared/keys.js';
import type { ConfigWrite } from './config-write.js';
import type { Querying } from '../connection/querying.js';

/** A Source's ingest key; replaces the keys the source had. */
export interface SourceKey {
  source: string;
  key: string;
}

/** The key is in use by another source. */
class SourceKeyTaken extends Error {
  override readonly name = 'SourceKeyTaken';
  constructor(readonly source: string) {
    super(`The key of source ${source} is in use by another source`);
  }
}

/** The source that owns this key; documents never contain keys. */
export async function sourceOfKey(tx: Querying, key: string): Promise<string | null> {
  const rows: { source: string }[] = await tx.query('SELECT source FROM source_key WHERE hash = $1', [
    tokenHash(key),
  ]);
  return rows[0]?.source ?? null;
}

/** Deletes the keys of deleted sources, and replaces those of sources with a new one. */
export async function syncKeys(
  tx: Querying,
  writes: readonly ConfigWrite[],
  keys: readonly SourceKey[],
): Promise<void> {
  const gone = writes.filter(({ kind, spec }) => kind === 'Source' && spec === null).map(({ name }) => name);
  const renewed = keys.map(({ source }) => source);
  if (gone.length + renewed.length > 0)
    await tx.query(
      `WITH ended AS (DELETE FROM source_key WHERE source = ANY ($1) RETURNING hash, source)
       INSERT INTO former_source_key (hash, source, ended_at) SELECT hash, source, tocsin_now() FROM ended
       ON CONFLICT (hash) DO UPDATE SET source = EXCLUDED.source, ended_at = EXCLUDED.ended_at`,
      [[...gone, ...renewed]],
    );
  for (const { source, key } of keys) {
    const rows: unknown[] = await tx.query(
      `INSERT INTO source_key (hash, source, hint, created_at) VALUES ($1, $2, $3, tocsin_now()) ON CONFLICT (hash) DO NOTHING RETURNING source`,
      [tokenHash(key), source, `…${key.slice(-4)}`],
    );
    if (rows.length === 0) throw new SourceKeyTaken(source);
    await tx.query('DELETE FROM former_source_key WHERE hash = $1', [tokenHash(key)]);
  }
}
