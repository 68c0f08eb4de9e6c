/** The configuration in force, cached in memory and reloaded only when `config_head` has moved. */
import { CANARY, canaryDocuments } from '../../domain/canary/canary.js';
import { type LiveData, NO_LIVE_DATA } from '../../domain/config/live-data.js';
import type { ConfigDocument, ConfigKind, ConfigSnapshot } from '../../domain/config/specs.js';
import type { RootKeys } from '../../shared/keys.js';
import { openedDocument } from './document-secrets.js';
import { readLiveData } from './live-data.js';
import type { Querying } from '../connection/querying.js';

/** Builds an immutable snapshot; also used for "what if" (the outcome of a plan, the simulator). */
export function snapshotOf(
  version: number,
  documents: ConfigDocument[],
  live: LiveData = NO_LIVE_DATA,
): ConfigSnapshot {
  const byKind = new Map<ConfigKind, Map<string, ConfigDocument>>();
  for (const document of documents) {
    const named = byKind.get(document.kind) ?? new Map<string, ConfigDocument>();
    byKind.set(document.kind, named.set(document.name, document));
  }
  return {
    version,
    live,
    // The map is keyed by kind, so a document found under K is a document of K.
    get: <K extends ConfigKind>(kind: K, name: string) =>
      (byKind.get(kind)?.get(name) ?? ownDocument(kind, name)) as ConfigDocument<K> | undefined,
    list: <K extends ConfigKind>(kind: K) => [...(byKind.get(kind)?.values() ?? [])] as ConfigDocument<K>[],
  };
}

/** The canary's documents: found by name but in no list, so that no team or plan includes them. */
const ownDocument = (kind: ConfigKind, name: string): ConfigDocument | undefined =>
  name === CANARY ? canaryDocuments.find((document) => document.kind === kind) : undefined;

/** SQL: the stamp in `config_head`, which changes with every change of a document or of live data. */
export const CONFIG_STAMP = 'version + live';

export class ConfigSnapshots {
  constructor(private readonly rootKeys: RootKeys) {}

  private current: { stamp: number; snapshot: ConfigSnapshot } = { stamp: -1, snapshot: snapshotOf(-1, []) };

  /**
   * The snapshot of `stamp` (`CONFIG_STAMP`) as read in the caller's transaction; one comparison when nothing
   * changed.
   */
  async at(tx: Querying, stamp: number): Promise<ConfigSnapshot> {
    if (this.current.stamp === stamp) return this.current.snapshot;
    // One statement reads one state: documents and version belong together even while another transaction applies
    // changes.
    const rows: { stamp: string; version: string; documents: ConfigDocument[] | null }[] = await tx.query(
      `SELECT h.version, ${CONFIG_STAMP} AS stamp, (SELECT jsonb_agg(d) FROM (
          SELECT DISTINCT ON (kind, name) kind, name, revision, spec FROM config_object
           ORDER BY kind, name, revision DESC) d WHERE d.spec IS NOT NULL AND d.spec <> 'null'::jsonb) AS documents
         FROM config_head h`,
    );
    // Read after the stamp, so the live data are never older than the stamp.
    const live = await readLiveData(tx);
    const read = Number(rows[0]?.stamp ?? 0);
    const snapshot = snapshotOf(
      Number(rows[0]?.version ?? 0),
      (rows[0]?.documents ?? []).map((document) => openedDocument(this.rootKeys, document)),
      live,
    );
    if (read > this.current.stamp) this.current = { stamp: read, snapshot };
    return snapshot;
  }

  async latest(tx: Querying): Promise<ConfigSnapshot> {
    const rows: { stamp: string }[] = await tx.query(`SELECT ${CONFIG_STAMP} AS stamp FROM config_head`);
    return this.at(tx, Number(rows[0]?.stamp ?? 0));
  }
}
