/** Input and output types of the reference checks. */
import type { ConfigDocument, ConfigKind } from './specs.js';

export interface Problem {
  /** An error stops the change; a warning is shown. */
  severity: 'error' | 'warning';
  kind: ConfigKind;
  name: string;
  /** `spec.steps[0].notify[1].person`; empty for the whole document. */
  path: string;
  message: string;
}

/** A document reduced to its references; both parsed documents (`contracts/config`) and those in force fit. */
export type Referring = { [K in ConfigKind]: Pick<ConfigDocument<K>, 'kind' | 'name' | 'spec'> }[ConfigKind];
