/** A snapshot without its functions, which cannot pass between threads. */
import { CONFIG_KINDS } from '../../domain/config/specs.js';
import type { LiveData } from '../../domain/config/live-data.js';
import type { ConfigDocument, ConfigSnapshot } from '../../domain/config/specs.js';
import { snapshotOf } from '../../db/config/config-snapshot.js';

export interface PlainSnapshot {
  version: number;
  documents: ConfigDocument[];
  live: LiveData;
}

export const plainSnapshot = (snapshot: ConfigSnapshot): PlainSnapshot => ({
  version: snapshot.version,
  documents: CONFIG_KINDS.flatMap((kind): ConfigDocument[] => snapshot.list(kind)),
  live: snapshot.live,
});

export const fromPlain = ({ version, documents, live }: PlainSnapshot): ConfigSnapshot =>
  snapshotOf(version, documents, live);
