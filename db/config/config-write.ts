import type { ConfigDocument, ConfigKind } from '../../domain/config/specs.js';

/** One document of a change. `spec` null deletes it. */
export interface ConfigWrite {
  kind: ConfigKind;
  name: string;
  spec: ConfigDocument['spec'] | null;
}
