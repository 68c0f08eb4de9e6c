/** What the checks of references work on, and what they find. */
import type { ConfigDocument, ConfigKind } from './specs.js';

export interface Problem {
  /** An error must stop the change; a warning is shown. */
  severity: 'error' | 'warning';
  kind: ConfigKind;
  name: string;
  /** `spec.steps[0].notify[1].person`; empty for the document as a whole. */
  path: string;
  message: string;
}

/** A document as far as references go; the parsed ones of `contracts/config` and those in force both fit. */
export type Referring = { [K in ConfigKind]: Pick<ConfigDocument<K>, 'kind' | 'name' | 'spec'> }[ConfigKind];
