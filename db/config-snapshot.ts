/** Everything in force, kept in memory and reloaded only when `config_head` has moved. */
import type { EntityManager } from 'typeorm';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../domain/config/specs.js';

type Querying = Pick<EntityManager, 'query'>;

/** Builds an immutable snapshot; also used for "what if" (a plan's outcome, the simulator). */
export function snapshotOf(version: number, documents: ConfigDocument[]): ConfigSnapshot {
  const byKind = new Map<ConfigKind, Map<string, ConfigDocument>>();
  for (const document of documents) {
    const named = byKind.get(document.kind) ?? new Map<string, ConfigDocument>();
    byKind.set(document.kind, named.set(document.name, document));
  }
  return {
    version,
    // The map is keyed by kind, so a document found under K is a document of K.
    get: <K extends ConfigKind>(kind: K, name: string) =>
      byKind.get(kind)?.get(name) as ConfigDocument<K> | undefined,
    list: <K extends ConfigKind>(kind: K) => [...(byKind.get(kind)?.values() ?? [])] as ConfigDocument<K>[],
  };
}

export class ConfigSnapshots {
  private current: ConfigSnapshot = snapshotOf(-1, []);

  /** The snapshot of `version` as read in the caller's transaction; one comparison when nothing changed. */
  async at(tx: Querying, version: number): Promise<ConfigSnapshot> {
    if (this.current.version === version) return this.current;
    // One statement sees one state: documents and version belong together even while somebody applies.
    const rows: { version: string; documents: ConfigDocument[] | null }[] = await tx.query(
      `SELECT h.version, (SELECT jsonb_agg(d) FROM (
          SELECT DISTINCT ON (kind, name) kind, name, revision, spec FROM config_object
           ORDER BY kind, name, revision DESC) d WHERE d.spec IS NOT NULL AND d.spec <> 'null'::jsonb) AS documents
         FROM config_head h`,
    );
    const snapshot = snapshotOf(Number(rows[0]?.version ?? 0), rows[0]?.documents ?? []);
    if (snapshot.version > this.current.version) this.current = snapshot;
    return snapshot;
  }

  async latest(tx: Querying): Promise<ConfigSnapshot> {
    const rows: { version: string }[] = await tx.query('SELECT version FROM config_head');
    return this.at(tx, Number(rows[0]?.version ?? 0));
  }
}
